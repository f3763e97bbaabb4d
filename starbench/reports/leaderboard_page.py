"""The leaderboards as one HTML file: sortable tables, accuracy against size, categories by colour, a page a model.

Example::

    page = leaderboard_page(boards(read_entries(), Wanted()))      # bytes of a file that needs no network

Tables stand in the file as they are, and the page of a model is the part of the file that a link points to, so that all
can be read without JavaScript; that adds sorting and filtering.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from starbench.reports.leaderboard import Entry, Figure
from starbench.reports.leaderboard_model import model_page
from starbench.reports.leaderboard_plot import size_plot
from starbench.reports.leaderboard_table import Board, Line
from starbench.reports.leaderboard_text import (
    answered_share,
    coverage_text,
    heading,
    interval_text,
    name_of,
    notes,
    rank_text,
    size_text,
)
from starbench.reports.page import render_page
from starbench.reports.text import percent, safe

Names = dict[tuple[str, str, str, str], str]
"""The fragment of each entry's page, by the entry's key."""


def leaderboard_page(boards: Sequence[Board], title: str = "Function-calling leaderboards") -> bytes:
    """The whole page."""
    names = _anchors([line.entry for board in boards for line in board.lines])
    return render_page(
        "leaderboard",
        title=title,
        index={},
        boards=[_board(board, names) for board in boards],
        models=_models(boards, names),
    )


def _board(board: Board, names: Names) -> dict[str, Any]:
    return {
        "id": _board_id(board),
        "name": safe(name_of(board)),
        "by": safe(heading(board, board.by)),
        "columns": [safe(heading(board, name)) for name in board.columns[1:]],
        "grading": safe(board.grading),
        "has_partial": board.has_partial,
        "rows": [_row(line, board, names) for line in board.lines],
        "notes": [safe(note[:1].upper() + note[1:]) for note in notes(board)],
        "plot": size_plot(board, names),
        "heat": _heat(board, names),
    }


def _row(line: Line, board: Board, names: Names) -> dict[str, Any]:
    entry = line.entry
    answered, cases = entry.coverage or (0, 0)
    return {
        "id": names[entry.key],
        "rank": rank_text(line),
        "rank_key": line.rank if line.rank is not None else -1,
        "model": safe(entry.model),
        "size": size_text(entry),
        "size_key": entry.size or -1,
        "date": entry.date or "–",
        "kind": entry.provenance["kind"],
        "answered": answered_share(entry),
        "coverage": coverage_text(entry),
        "coverage_key": answered / cases if cases else -1,
        "first": {**_share(entry, board.by), "bar": bar(entry.figure(board.by))},
        "shares": [_share(entry, name) for name in board.columns[1:]],
    }


def _share(entry: Entry, name: str) -> dict[str, Any]:
    figure = entry.figure(name)
    bounds = interval_text(entry, name) if figure.interval else ""
    return {"text": percent(figure.value), "key": -1 if figure.value is None else figure.value, "interval": bounds}


def bar(figure: Figure) -> tuple[float, float, float] | None:
    """Where a bar ends and between which places its interval lies, in percent; None for a missing figure."""
    if figure.value is None:
        return None
    low, high = figure.bounds
    return (round(100 * figure.value, 2), round(100 * low, 2), round(100 * high, 2))


def _heat(board: Board, names: Names) -> dict[str, Any] | None:
    """Models by categories, each cell with its level of colour and its words; None where no entry tells of any."""
    entries = [line.entry for line in board.lines if line.entry.categories]
    categories = [
        name for name in board.categories if any(name in e.categories and e.categories[name]["n"] for e in entries)
    ]
    if not categories:
        return None
    rows = [
        {"id": names[entry.key], "model": safe(entry.model), "cells": [_cell(entry, name) for name in categories]}
        for entry in entries
    ]
    return {"categories": [safe(name.replace("_", " ")) for name in categories], "rows": rows}


def _cell(entry: Entry, category: str) -> dict[str, Any]:
    row = entry.categories.get(category)
    if not row or row["accuracy"] is None:
        return {"text": "–", "level": None, "told": safe(f"{category}: no answers"), "partial": False}
    told = f"{category}: {percent(row['accuracy'])}, {row['n']:,} of {row['cases']:,} cases answered"
    share = round(100 * row["accuracy"])
    return {"text": str(share), "level": share, "told": safe(told), "partial": row["n"] < row["cases"]}


def _models(boards: Sequence[Board], names: Names) -> list[dict[str, Any]]:
    """The page of every entry, with links to the other entries of its model."""
    lines = [(board, line) for board in boards for line in board.lines]
    pages = []
    for board, line in lines:
        others = [
            (names[other.entry.key], safe(name_of(there)))
            for there, other in lines
            if other.entry.model == line.entry.model and other.entry is not line.entry
        ]
        back = _board_id(board)
        pages.append(model_page(board, line) | {"id": names[line.entry.key], "others": others, "back": back})
    return pages


def _anchors(entries: Sequence[Entry]) -> Names:
    """A fragment for every entry, each there once though names may differ in signs alone."""
    found: Names = {}
    for entry in entries:
        wanted, number = f"m-{_id('-'.join(entry.key))}", 1
        while (name := wanted if number == 1 else f"{wanted}-{number}") in found.values():
            number += 1
        found[entry.key] = name
    return found


def _board_id(board: Board) -> str:
    return _id(f"{board.benchmark}-{board.version}-{'' if board.grading == 'official' else board.grading}")


def _id(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
