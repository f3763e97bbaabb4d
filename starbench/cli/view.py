"""``starbench view``: every case of a scored run on one page.

Example::

    $ starbench view scores                      # writes scores/view.html
    $ starbench view scores --serve              # and shows it at http://127.0.0.1:8765/
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from starbench.benchmarks import Benchmark
    from starbench.reports.scored_run import ScoredRun


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--model", "models", multiple=True, metavar="NAME", help="Only this model (may be given several times).")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it (default: view.html in RUN)."
)
@click.option(
    "--cases",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own cases, for their prompts and tools.",
)
@click.option("--language", metavar="NAME", help="The language of the benchmark's cases (acebench: en or zh).")
@click.option("--serve", is_flag=True, help="Show the page on this machine instead of writing it.")
@click.option("--port", default=8765, show_default=True, help="The port for --serve; 0 picks a free one.")
def view(
    run: Path,
    models: tuple[str, ...],
    out: Path | None,
    cases: Path | None,
    language: str | None,
    serve: bool,
    port: int,
) -> None:
    """Make one HTML page of the scored RUN: every case with prompt, tools, answer, calls and verdict.

    RUN is a folder that starbench score --out has written. The page needs no network and no server; --serve
    shows it at 127.0.0.1 for machines without a browser, behind a tunnel.
    """
    from starbench.reports.scored_run import read_run
    from starbench.reports.viewer import case_records
    from starbench.reports.viewer_page import viewer_page

    scored = read_run(run)
    chosen = [scored.model(name) for name in models] or list(scored.models)
    benchmark, notes = _benchmark(scored, cases, language)
    for note in notes:
        click.echo(note, err=True)
    rows = (row for model in chosen for row in scored.models[model].values())
    page = viewer_page(list(case_records(rows, benchmark)), scored.meaning, notes)
    if serve:
        _serve(page, port)
        return
    from starbench.scoring import written_whole

    target = out or (run if run.is_dir() else run.parent) / "view.html"
    with written_whole(target) as file:
        file.write(page)
    click.echo(
        f"written: {target} ({len(page) / 1e6:.1f} MB, {sum(len(scored.models[m]) for m in chosen):,} cases)", err=True
    )


def _benchmark(run: ScoredRun, cases: Path | None, language: str | None) -> tuple[Benchmark | None, list[str]]:
    """The benchmark with the prompts, or None and a sentence that says why there is none."""
    from starbench.benchmarks import load_benchmark
    from starbench.errors import StarbenchError

    meaning = run.meaning
    options: dict[str, str] = {"language": language} if language else {}
    if meaning["benchmark"] == "acebench" and not language and _both_languages(run):
        options = {"language": "both"}
    name = "custom" if cases else str(meaning["benchmark"])
    if name == "custom" and not cases:
        return None, ["prompts and tools are not shown: give the cases with --cases"]
    try:
        benchmark = load_benchmark(name, **({"path": str(cases)} if cases else options))
    except StarbenchError as problem:
        return None, [f"prompts and tools are not shown: {problem}"]
    if meaning["data_sha256"] not in (None, benchmark.data_sha256):
        return None, ["prompts and tools are not shown: the run was scored on other data than is here now"]
    return benchmark, []


def _both_languages(run: ScoredRun) -> bool:
    return all(id.startswith(("en:", "zh:")) for rows in run.models.values() for id in rows)


def _serve(page: bytes, port: int) -> None:
    """Show the page, and nothing else of this machine, until interrupted."""
    from starbench.reports.page_server import page_server

    with page_server(page, port) as server:
        click.echo(f"the page is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
