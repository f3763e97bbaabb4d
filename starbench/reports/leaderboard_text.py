"""A leaderboard in the terminal, as CSV, as Markdown, as JSON.

Example of the terminal's first lines, cut::

    BFCL v3, ranked by overall, v3
    rank  model          size  overall, v3  95 % interval  source
       1  Watt-Tool-8B   8 B       67.79 %              –  reported
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
from starbench.reports.leaderboard_names import board_name, figure_name
from starbench.reports.leaderboard_table import Board, Line
from starbench.reports.text import interval, percent, safe, shortened

SLIM = 76
"""Below so many columns the source is left out, and how much was answered."""
FULL = 92
"""From so many columns on, there is room for both."""
NARROW = 84
"""Columns that rank, model, size, the ranking figure, its interval and the source take."""
FIGURE = 15
"""Columns that one more figure takes."""
RANKS = "entries of one rank (2=) cannot be told apart: no interval of theirs lies wholly above another's; – is missing"


def board_report(board: Board, width: int) -> RenderableType:
    """A table for a terminal of ``width`` columns: the ranking figure, and as many others as fit."""
    answered = board.has_partial and width >= SLIM
    source = width >= (FULL if answered else SLIM)
    others = board.columns[1:][: max(0, (width - NARROW - 11 * answered) // FIGURE)]
    table = Table(title=Text(safe(title(board)), style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("model", overflow="fold", min_width=10)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column(heading(board, board.by), justify="right")
    table.add_column("95 % interval", justify="right", overflow="fold")
    for name in others:
        table.add_column(heading(board, name), justify="right")
    if answered:
        table.add_column("answered", justify="right", no_wrap=True)
    if source:
        table.add_column("source", no_wrap=True)
    for line in board.lines:
        ends = ([answered_share(line.entry)] if answered else []) + ([line.entry.provenance["kind"]] if source else [])
        table.add_row(*(Text(safe(text)) for text in (*_cells(line, board, others), *ends)))
    return Padding(Group(table, *(Text(safe(line), style="dim") for line in notes(board)), Text()), (0, 1))


def title(board: Board) -> str:
    """What a table is of, and what ranks."""
    return f"{name_of(board)}, ranked by {heading(board, board.by)}"


def name_of(board: Board) -> str:
    """What a table is of; the grading is said where it is not the usual one."""
    name = board_name(board.benchmark, board.version)
    return name if board.grading == "official" else f"{name}, {board.grading} grading"


def heading(board: Board, name: str) -> str:
    """The heading of one of a table's figures."""
    return figure_name(board.benchmark, name)


def _cells(line: Line, board: Board, others: Sequence[str]) -> Iterator[str]:
    entry = line.entry
    yield rank_text(line)
    yield entry.model
    yield size_text(entry)
    yield percent(entry.figure(board.by).value)
    yield interval_text(entry, board.by)
    yield from (percent(entry.figure(name).value) for name in others)


def answered_share(entry: Entry) -> str:
    """How much was answered, never 100 % where a case is missing."""
    answered, cases = entry.coverage or (0, 0)
    return f"{100 * answered // cases} %" if cases else "–"


def notes(board: Board) -> Iterator[str]:
    """What a reader must know of the ranks and the sources."""
    yield RANKS
    if board.has_bare_values:
        yield "figures without an interval are ranked by their value alone"
    if board.has_partial:
        yield "a figure is missing where a case that it needs has no answer"
    sources: dict[str, list[str]] = {}
    for line in board.lines:
        sources.setdefault(_origin(line.entry), []).append(line.entry.model)
    for source, models in sources.items():
        yield source if len(sources) == 1 else f"{shortened(models, 3)}: {source}"


def _origin(entry: Entry) -> str:
    """Where figures are from, alike for all entries of one kind; the entry itself says it to the last digit."""
    if not entry.is_measured:
        return entry.source
    answers = ", from answers that others published" if "answers" in entry.provenance else ""
    return f"measured by starbench {entry.provenance['starbench']}{answers}"


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
            "version": board.version,
            "grading": board.grading,
            "ranked_by": board.by,
            "entries": [{"rank": line.rank, "tied": line.tied, **_record(line.entry)} for line in board.lines],
        }
        for board in boards
    ]


def rank_text(line: Line) -> str:
    """A rank, as 2= where others share it; a dash where the figure is missing."""
    return "–" if line.rank is None else f"{line.rank}{'=' if line.tied else ''}"


def size_text(entry: Entry) -> str:
    """A size in billions of parameters."""
    return "–" if entry.size is None else f"{entry.size:g} B"


def coverage_text(entry: Entry) -> str:
    """How many cases were answered of how many, where it is known; "all" where none is missing."""
    if entry.coverage is None:
        return "–"
    return f"{entry.coverage[0]:,} of {entry.coverage[1]:,}" if entry.is_partial else "all"


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
    yield f"### {cell(title(board))}\n"
    headings = [cell(heading(board, name)) for name in board.columns]
    answered = board.has_partial
    yield f"| rank | model | size | {' | '.join(headings)} |{' answered |' if answered else ''} source |"
    yield f"|---:|---|---:|{'---:|' * (len(headings) + answered)}---|"
    for line in board.lines:
        entry = line.entry
        shares = [f"{percent(entry.figure(name).value)}{_brackets(entry, name)}" for name in board.columns]
        cells = [rank_text(line), cell(entry.model), size_text(entry), *shares]
        cells += [coverage_text(entry)] if answered else []
        yield f"| {' | '.join(cells)} | {entry.provenance['kind']} |"
    yield ""
    yield from (f"* {cell(line)}" for line in notes(board))
    yield ""


def _brackets(entry: Entry, name: str) -> str:
    return f" ({interval_text(entry, name)})" if entry.figure(name).interval else ""


def _inert(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets a quote in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
