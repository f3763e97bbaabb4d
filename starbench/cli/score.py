"""``starbench score``: judge models' answers and print, write or hand on the figures.

Example::

    $ starbench score result/ --out scores
    $ vllm-answers | starbench score - --json | jq .models
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from starbench.cli.options import answers_options

if TYPE_CHECKING:
    from starbench.predictions import BadRow, Source
    from starbench.scoring import Run
    from starbench.scoring.unfinished import Unfinished

YOUNG_OBJECTS = 200_000
"""How many new objects make Python look for garbage; at its usual 700 that took a fifth of the time of a run, for the
cases are many and stay."""
SHOWN = 20
"""How many unusable rows are printed; the number of all of them always is."""


@click.command(
    epilog="Exit code 1 says that something in the input could not be used; the rest is scored all the same."
)
@click.argument("preds", nargs=-1, type=click.Path(allow_dash=True, path_type=Path))
@answers_options
@click.option("--grading", metavar="NAME", help="official, strict, … (default: official where there is one).")
@click.option("--keep-reasoning", is_flag=True, help="ACEBench: grade answers with their reasoning, as upstream does.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes (default: 1, or all processors for many rows).")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write scores.jsonl and summary.json here."
)
@click.option(
    "--bfcl-csv", type=click.Path(file_okay=False, path_type=Path), help="Write BFCL's data_*.csv files here."
)
@click.option("--explain/--no-explain", default=True, help="Explain failed rows in scores.jsonl (default: yes).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON instead of tables.")
def score(
    preds: tuple[Path, ...],
    sample: bool,
    out: Path | None,
    bfcl_csv: Path | None,
    explain: bool,
    as_json: bool,
    **choices: Any,
) -> None:
    """Score the answers in PREDS: official verdicts, and a similarity beside each.

    PREDS are JSON lines of {id, output | message | result}, a result file of BFCL or ACEBench or a whole
    result directory, self-contained rows with {tools, messages, expected} beside, or - for standard input.
    Benchmark and dialect are found by themselves, and said. Without --out nothing is written.
    A run with --out that was broken off goes on where it was when it is started again.
    """
    if bool(preds) == sample:
        raise click.UsageError("give the files to score, or --sample (and not both)")
    gc.set_threshold(YOUNG_OBJECTS)
    atexit.register(gc.freeze)  # else Python would look through all cases for garbage once more when it ends
    from starbench.scoring import Run

    with opened(preds, sample) as sources:
        run = Run.plan(sources, lines=out is not None, explained=explain, **choices)
        for note in run.notes:
            click.echo(note, err=True)
        _score(run, out, bfcl_csv)
    summary = run.summary()
    if out is not None:
        _write_summary(summary, out)
    _print(summary, as_json)
    if run.bad_rows:
        sys.exit(1)


@contextmanager
def opened(preds: Sequence[Path], sample: bool) -> Iterator[Sequence[Source | BadRow]]:
    """The files of the command line; what can be read only once is kept beside while the command runs."""
    from importlib.resources import as_file

    from starbench.benchmarks.custom import SAMPLE
    from starbench.predictions import Source, find_sources, rereadable

    with ExitStack() as stack:
        if sample:
            folder = stack.enter_context(as_file(SAMPLE))
            yield [Source(folder / f"{model}.jsonl", f"{model}.jsonl", model) for model in ("good", "bad")]
            return
        sources: list[Source | BadRow] = []
        for path in preds:
            if str(path) == "-":
                copy = stack.enter_context(rereadable(sys.stdin.buffer))
                sources.append(Source(copy, "standard input", "stdin"))
            elif path.is_fifo():
                copy = stack.enter_context(rereadable(stack.enter_context(path.open("rb"))))
                sources.append(Source(copy, str(path), path.name))
        files = [path for path in preds if str(path) != "-" and not path.is_fifo()]
        yield [*sources, *find_sources(files)]


def _score(run: Run, out: Path | None, bfcl_csv: Path | None) -> None:
    """Judge every row; write it where asked to, and say which could not be used."""
    from starbench.predictions import BadRow

    board = None
    if bfcl_csv is not None:
        from starbench.reports import bfcl_csv as csv

        board = csv.leaderboard(run)
    with _kept(run, out) as part:
        for row in _progress(run):
            usable = not isinstance(row, BadRow)
            if part is not None:
                part.add(row.line if usable else b"")
            if not usable and run.bad_rows <= SHOWN:
                click.secho(row.sentence, err=True, fg="yellow")
            elif usable and board is not None:
                board.count(row.model, row.id, row.category, row.valid)
    if board is not None and bfcl_csv is not None:
        csv.write(board, bfcl_csv)
        click.echo(f"written: {bfcl_csv / 'data_overall.csv'} and its sections", err=True)
    if run.bad_rows > SHOWN:
        click.secho(f"… and {run.bad_rows - SHOWN:,} more that could not be used", err=True, fg="yellow")


@contextmanager
def _kept(run: Run, out: Path | None) -> Iterator[Unfinished | None]:
    """Where the lines of ``scores.jsonl`` go; ``run`` is told of those that an earlier run left there."""
    if out is None:
        yield None
        return
    from starbench.scoring.unfinished import unfinished

    with unfinished(out / "scores.jsonl", run.key) as part:
        if part.known:
            click.echo(f"going on behind {part.known:,} answers that were judged before", err=True)
            run.stored = part.stored()
        yield part


def _progress(run: Run) -> Iterator[Any]:
    """The rows, with a bar in the terminal where there is one and the run is long enough to need it."""
    if not sys.stderr.isatty() or run.found.rows < 5000:
        yield from run
        return
    with click.progressbar(run, run.found.rows, label="scoring", file=sys.stderr, update_min_steps=100) as rows:
        yield from rows


def _write_summary(summary: dict[str, Any], out: Path) -> None:
    import json

    from starbench.scoring import written_whole

    with written_whole(out / "summary.json") as file:
        file.write(json.dumps(summary, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    click.echo(f"written: {out / 'scores.jsonl'} and {out / 'summary.json'}", err=True)


def _print(summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    from starbench.reports.terminal import print_summary

    print_summary(summary, Console())
