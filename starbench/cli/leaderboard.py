"""``starbench leaderboard``: reported and measured results side by side, with ranks that know what is not known.

Example::

    $ starbench leaderboard --benchmark bfcl --max-size 4
    $ starbench leaderboard add scores --name STAR-0.6B --size 0.6
    $ starbench leaderboard --html leaderboard.html
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from starbench.reports.leaderboard_table import Board

FOLDER = Path("leaderboards")
"""Where one's own entries are, beside those that come with starbench."""

folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Your own entries, shown beside those that come with starbench.",
)


def _date(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A year, a month or a day; anything else would choose entries that nobody meant."""
    if value is not None and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
        raise click.BadParameter(f"{value!r} is not a date; write it as 2026, 2026-02 or 2026-02-28")
    return value


@click.group(invoke_without_command=True)
@folder_option
@click.option("--benchmark", metavar="NAME", help="Only this benchmark.")
@click.option("--version", metavar="NAME", help="Only this version of it.")
@click.option("--model", metavar="TEXT", help="Only models whose name holds this.")
@click.option("--provenance", type=click.Choice(["measured", "reported"]), help="Only such entries.")
@click.option("--min-size", type=click.FloatRange(min=0), metavar="B", help="At least so many billion parameters.")
@click.option("--max-size", type=click.FloatRange(min=0), metavar="B", help="At most so many billion parameters.")
@click.option("--since", callback=_date, metavar="DATE", help="Not older than this (2026, 2026-02 or 2026-02-28).")
@click.option("--until", callback=_date, metavar="DATE", help="Not newer than this.")
@click.option("--by", metavar="FIGURE", help="Rank by this figure (default: the one that most entries have).")
@click.option("--csv", "form", flag_value="csv", help="Print CSV.")
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write one self-contained page here.")
@click.pass_context
def leaderboard(
    ctx: click.Context, /, folder: Path, by: str | None, form: str | None, html: Path | None, **wanted: Any
) -> None:
    """Show results side by side: reported ones, and those that were measured with starbench.

    There is a table for each version of a benchmark, as other cases give other figures. Models that cannot be
    told apart share a rank ("2="). What is missing is shown as missing.
    """
    if ctx.invoked_subcommand is not None:
        return
    from starbench.reports.leaderboard import read_entries
    from starbench.reports.leaderboard_table import Wanted, boards

    found = boards(read_entries(folder if folder.is_dir() else None), Wanted(**wanted), by)
    if html is not None:
        _write(found, html)
    else:
        _print(found, form)


@leaderboard.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help="The model in RUN, where it holds several.")
@click.option("--name", metavar="NAME", help="What to call it (default: its name in RUN).")
@click.option("--size", type=click.FloatRange(min=0, min_open=True), metavar="B", help="Billions of parameters.")
@click.option("--date", callback=_date, metavar="DATE", help="When it was measured, as 2026-02-28 (default: today).")
@click.option(
    "--answers", metavar="TEXT", help="Whose answers were scored, where others made them, such as a published run's."
)
@click.option("--note", metavar="TEXT", help="What a reader must know of the run.")
@click.option(
    "--language", type=click.Choice(["en", "zh"]), help="The language of an ACEBench run whose summary does not say it."
)
@folder_option
def add(
    run: Path,
    model: str | None,
    name: str | None,
    size: float | None,
    date: str | None,
    answers: str | None,
    note: str | None,
    language: str | None,
    folder: Path,
) -> None:
    """Add the scored RUN as a measured entry, unless something about it does not agree.

    RUN is a folder that starbench score --out has written. Refused are a second entry of a model, and
    a run on other data than that version of the benchmark has.
    """
    import datetime

    from starbench import store
    from starbench.reports.leaderboard_add import add_entry, entry_record
    from starbench.reports.scored_run import read_run

    scored = read_run(run)
    date = date or datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    record = entry_record(
        scored, scored.model(model), name=name, size=size, date=date, language=language, answers=answers, note=note
    )
    known = store.datasets().get(record["benchmark"])
    pinned = known.data_sha256 if known is not None and known.version == record["version"] else None
    click.echo(f"written: {add_entry(record, folder, pinned)}", err=True)


def _write(boards: list[Board], path: Path) -> None:
    from starbench.reports.leaderboard_page import leaderboard_page
    from starbench.scoring import written_whole

    with written_whole(path) as file:
        file.write(leaderboard_page(boards))
    click.echo(f"written: {path}", err=True)


def _print(boards: list[Board], form: str | None) -> None:
    from starbench.reports import leaderboard_text as text

    if form == "csv":
        click.echo(text.boards_csv(boards), nl=False)
    elif form == "markdown":
        click.echo(text.boards_markdown(boards), nl=False)
    elif form == "json":
        click.echo(json.dumps(text.boards_record(boards), ensure_ascii=False, indent=2))
    else:
        from rich.console import Console

        console = Console()
        for board in boards:
            console.print(text.board_report(board, console.width))
