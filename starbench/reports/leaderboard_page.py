"""The leaderboards as one HTML file: sortable tables, accuracy against size, categories by colour, a section a model.

Example::

    page = leaderboard_page(boards(read_entries(), Wanted()))      # bytes of a file that needs no network

Tables stand in the file as they are, so that it can be read without JavaScript; that adds sorting and filtering.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from starbench.reports.leaderboard import Entry
from starbench.reports.leaderboard_plot import size_plot
from starbench.reports.leaderboard_table import Board
from starbench.reports.leaderboard_text import interval_text, notes, rank_text, size_text, version_text
from starbench.reports.page import render_page
from starbench.reports.text import interval, percent, safe

ERRORS = 12
"""How many error codes a model's section names."""


def leaderboard_page(boards: Sequence[Board], title: str = "Function-calling leaderboards") -> bytes:
    """The whole page."""
    return render_page("leaderboard", title=title, index={}, boards=[_board(board) for board in boards])


def _board(board: Board) -> dict[str, Any]:
    entries = [line.entry for line in board.lines]
    columns = [board.by, *(name for name in board.figures if name != board.by)]
    return {
        "id": _id(board.benchmark),
        "name": safe(board.benchmark),
        "by": safe(board.by),
        "columns": [safe(name.replace("_", " ")) for name in columns],
        "rows": [_row(line.rank, line.entry, columns) for line in board.lines],
        "notes": [safe(note) for note in notes(board)],
        "plot": size_plot(board),
        "heat": _heat(board),
        "models": [_model(entry) for entry in entries],
    }


def _row(rank: int | None, entry: Entry, columns: Sequence[str]) -> dict[str, Any]:
    return {
        "id": _anchor(entry),
        "rank": rank_text(rank),
        "rank_key": rank if rank is not None else 10**6,
        "model": safe(entry.model),
        "version": safe(version_text(entry)),
        "size": size_text(entry),
        "size_key": entry.size or -1,
        "date": entry.date or "–",
        "kind": entry.provenance["kind"],
        "shares": [_share(entry, name) for name in columns],
    }


def _share(entry: Entry, name: str) -> dict[str, Any]:
    figure = entry.figure(name)
    bounds = interval_text(entry, name) if figure.interval else ""
    return {"text": percent(figure.value), "key": -1 if figure.value is None else figure.value, "interval": bounds}


def _heat(board: Board) -> dict[str, Any] | None:
    """Categories by models, each cell with how far it lies between 0 and 1; None where no entry tells of any."""
    if not board.categories:
        return None
    entries = [line.entry for line in board.lines if line.entry.categories]
    rows = [
        (
            safe(name),
            [(percent(share), None if share is None else round(100 * share)) for share in _shares(entries, name)],
        )
        for name in board.categories
    ]
    return {"models": [safe(entry.model) for entry in entries], "rows": rows}


def _shares(entries: Sequence[Entry], category: str) -> list[float | None]:
    return [entry.categories.get(category, {}).get("accuracy") for entry in entries]


def _model(entry: Entry) -> dict[str, Any]:
    errors: dict[str, int] = {}
    for row in entry.categories.values():
        for code, count in row.get("errors", {}).items():
            errors[code] = errors.get(code, 0) + count
    return {
        "id": _anchor(entry),
        "model": safe(entry.model),
        "facts": [safe(fact) for fact in _facts(entry)],
        "where": entry.provenance.get("where", ""),
        "figures": [
            (safe(name), percent(figure.value), interval_text(entry, name), safe(figure.note))
            for name, figure in entry.figures.items()
        ],
        "categories": [
            (safe(name), row["n"], row["cases"], percent(row["accuracy"]), interval(row.get("interval")))
            for name, row in entry.categories.items()
        ],
        "errors": [(safe(code), count) for code, count in sorted(errors.items(), key=lambda item: -item[1])[:ERRORS]],
    }


def _facts(entry: Entry) -> list[str]:
    facts = [f"{entry.benchmark} {entry.version}", f"{entry.grading} grading", f"size {size_text(entry)}", entry.source]
    if entry.date:
        facts.append(entry.date)
    if entry.is_measured:
        facts.append(f"data {entry.provenance['data_sha256'][:12]}, profile {entry.provenance['profile']}")
    if note := entry.provenance.get("note"):
        facts.append(note)
    return facts


def _id(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def _anchor(entry: Entry) -> str:
    return _id("-".join(entry.key))
