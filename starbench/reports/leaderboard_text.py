"""A leaderboard in the terminal, as CSV, as Markdown, as JSON.

Example of the terminal's first lines, cut::

    bfcl, ranked by v3
    rank  model          size  v3      95 % interval  source
       1  Watt-Tool-8B   8     67.79 %  –             reported by STAR (arXiv 2602.03022), table 3
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from starbench.reports.comparison_text import cell
from starbench.reports.leaderboard import Entry
from starbench.reports.leaderboard_table import Board, Line
from starbench.reports.text import interval, percent, safe

LONGEST_VERSION = 12
SLIM = 76
"""Below so many columns version and source are left out."""
NARROW = 96
"""Columns that rank, model, version, size, the ranking figure, its interval and the source take."""
FIGURE = 13
"""Columns that one more figure takes."""


def board_report(board: Board, width: int) -> RenderableType:
    """A table for a terminal of ``width`` columns: the ranking figure, and as many others as fit."""
    others = [name for name in board.figures if name != board.by][: max(0, (width - NARROW) // FIGURE)]
    title = Text(f"{board.benchmark}, ranked by {board.by}", style="bold")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("model", overflow="fold")
    if width >= SLIM:
        table.add_column("version", no_wrap=True)
    for heading in ("size", board.by, "95 % interval", *others):
        table.add_column(heading.replace("_", " "), justify="right", no_wrap=heading not in others)
    if width >= SLIM:
        table.add_column("source", no_wrap=True)
    for line in board.lines:
        table.add_row(*(Text(safe(text)) for text in _cells(line, board.by, others, width >= SLIM)))
    return Padding(Group(table, *(Text(safe(line), style="dim") for line in notes(board)), Text()), (0, 1))


def _cells(line: Line, by: str, others: Sequence[str], whole: bool) -> Iterator[str]:
    entry = line.entry
    yield rank_text(line.rank)
    yield entry.model
    if whole:
        yield version_text(entry)
    yield size_text(entry)
    yield percent(entry.figure(by).value)
    yield interval_text(entry, by)
    yield from (percent(entry.figure(name).value) for name in others)
    if whole:
        yield entry.provenance["kind"]


def notes(board: Board) -> Iterator[str]:
    """What a reader must know of the ranks and the sources."""
    yield "entries of one rank cannot be told apart: no interval lies wholly above the other; – is missing"
    if board.has_bare_values:
        yield "figures without an interval are ranked by their value alone"
    sources = dict.fromkeys(line.entry.source for line in board.lines if not line.entry.is_measured)
    yield from sources
    if len({line.entry.version for line in board.lines}) > 1:
        yield "figures of different versions of a benchmark are not of the same cases"


def boards_csv(boards: Sequence[Board]) -> str:
    """All tables as one CSV: figures as fractions, each with the ends of its interval, empty where missing."""
    names = list(dict.fromkeys(name for board in boards for name in board.figures))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ["benchmark", "version", "grading", "ranked_by", "rank", "model", "size", "date", "provenance", "source"]
    writer.writerow(head + [f"{name}{end}" for name in names for end in ("", "_low", "_high")])
    for board in boards:
        for line in board.lines:
            entry = line.entry
            row = [
                entry.benchmark,
                entry.version,
                entry.grading,
                board.by,
                line.rank,
                entry.model,
                entry.size,
                entry.date,
            ]
            row += [entry.provenance["kind"], entry.source]
            for name in names:
                figure = entry.figure(name)
                row += [figure.value, *(figure.interval or (None, None))]
            writer.writerow([_inert(value) for value in row])
    return out.getvalue()


def boards_markdown(boards: Sequence[Board]) -> str:
    """The tables in Markdown."""
    return "\n".join(line for board in boards for line in _markdown(board))


def boards_record(boards: Sequence[Board]) -> list[dict[str, Any]]:
    """The tables as JSON."""
    return [
        {
            "benchmark": board.benchmark,
            "ranked_by": board.by,
            "entries": [{"rank": line.rank, **_record(line.entry)} for line in board.lines],
        }
        for board in boards
    ]


def rank_text(rank: int | None) -> str:
    """A rank, or a dash where the figure is missing."""
    return "–" if rank is None else str(rank)


def size_text(entry: Entry) -> str:
    """A size in billions of parameters."""
    return "–" if entry.size is None else f"{entry.size:g} B"


def version_text(entry: Entry) -> str:
    """A version; of a commit as many digits as one names it by."""
    return entry.version if len(entry.version) <= LONGEST_VERSION else entry.version[:LONGEST_VERSION]


def interval_text(entry: Entry, name: str) -> str:
    """The interval of a figure, or a dash."""
    bounds = entry.figure(name).interval
    return interval(list(bounds) if bounds else None)


def _record(entry: Entry) -> dict[str, Any]:
    figures = {
        name: {"value": figure.value, "interval": figure.interval} | ({"note": figure.note} if figure.note else {})
        for name, figure in entry.figures.items()
    }
    names = ("model", "size", "date", "version", "grading", "provenance", "categories")
    return {name: getattr(entry, name) for name in names} | {"figures": figures}


def _markdown(board: Board) -> Iterator[str]:
    yield f"### {cell(board.benchmark)}, ranked by {cell(board.by)}\n"
    columns = [board.by, *(name for name in board.figures if name != board.by)]
    yield f"| rank | model | version | size | {' | '.join(map(cell, columns))} | source |"
    yield f"|---:|---|---|---:|{'---:|' * len(columns)}---|"
    for line in board.lines:
        entry = line.entry
        shares = [f"{percent(entry.figure(name).value)}{_brackets(entry, name)}" for name in columns]
        cells = [rank_text(line.rank), cell(entry.model), cell(version_text(entry)), size_text(entry), *shares]
        yield f"| {' | '.join(cells)} | {cell(entry.source)} |"
    yield ""
    yield from (f"* {cell(line)}" for line in notes(board))
    yield ""


def _brackets(entry: Entry, name: str) -> str:
    return f" ({interval_text(entry, name)})" if entry.figure(name).interval else ""


def _inert(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets a quote in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
