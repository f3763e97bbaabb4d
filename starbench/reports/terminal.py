"""The summary of a run as tables, one a model, with what every figure means.

Example, cut::

     mine
     category          n    correct   95 % interval   similarity   most frequent errors
     simple_python   400   86.25 %     82.5–89.3        0.9412     value_error:others 21
     overall v4: –, as answers are missing (9.13 % if missing counts as wrong)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from starbench.reports.text import interval, percent, safe, shortened

WIDE = 110
"""From so many columns on, error codes fit into the table; below, they stand in a line under it."""

BORDER, GAP = 2, 3
"""Columns that the table leaves free on each side, and between its own columns."""
HEADINGS = ("category", "n", "correct", "95 % interval", "similarity")


def print_summary(summary: Mapping[str, Any], console: Console) -> None:
    """Print the tables of all models, then what the figures rest on."""
    for name, model in summary["models"].items():
        console.print(model_report(name, model, console.width))
    console.print(Padding(Text(_meaning(summary), style="dim"), (0, 1)))


def model_report(name: str, model: Mapping[str, Any], width: int) -> RenderableType:
    """One model: a row a category, then the lines about all of them; at most ``width`` columns wide."""
    wide = width >= WIDE
    answered = {category: row for category, row in model["categories"].items() if row["n"] or row["infrastructure"]}
    rows = [_cells(category, row) for category, row in answered.items()]
    total = _cells("all answers", model["total"], whole=False)
    table = Table(title=Text(safe(name), style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, total, strict=True)]
    names = width - 2 * BORDER - sum(widths[1:]) - GAP * (len(widths) - 1)  # they give way, figures do not
    table.add_column(HEADINGS[0], no_wrap=True, max_width=max(names, len(HEADINGS[0])))
    for heading in HEADINGS[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    if wide:
        left = width - 2 * BORDER - sum(widths) - GAP * len(widths)
        table.add_column("most frequent errors", overflow="ellipsis", no_wrap=True, max_width=left)
    for cells, row in zip(rows, answered.values(), strict=True):
        table.add_row(*cells, *_errors(row, wide))
    if len(answered) > 1:
        table.add_section()
        table.add_row(*total, *_errors(model["total"], wide), style="bold")
    lines = [Text(safe(line)) for line in _lines(model, wide)]
    return Padding(Group(table, *lines, Text()), (0, 1))


def _cells(name: str, row: Mapping[str, Any], whole: bool = True) -> list[Text]:
    """One row under :data:`HEADINGS`."""
    count = f"{row['n']}/{row['cases']}" if whole and row["n"] != row["cases"] else str(row["n"])
    similarity = "–" if row["similarity"] is None else f"{row['similarity']:.4f}"
    return [Text(safe(cell)) for cell in (name, count, percent(row["accuracy"]), interval(row["interval"]), similarity)]


def _errors(row: Mapping[str, Any], wide: bool) -> list[Text]:
    codes = ", ".join(f"{count} {code}" for code, count in list(row["errors"].items())[:2])
    return [Text(safe(codes))] if wide else []


def _lines(model: Mapping[str, Any], wide: bool) -> Iterator[str]:
    if model["total"]["errors"] and not wide:
        yield f"most frequent errors: {shortened(_counts(model['total']['errors']), 4)}"
    overall = model["overall"]
    headlines = [name for name in overall if f"{name}_zero_filled" in overall]
    for name in headlines:
        heading = name if "overall" in overall else f"overall {name}"
        bounds = model.get("intervals", {}).get(name)
        yield f"{heading}: {_headline(overall[name], overall[f'{name}_zero_filled'], bounds)}"
    figures = {name: share for name, share in overall.items() if headlines and not _is_headline(name, headlines)}
    if known := [f"{name} {percent(share)}" for name, share in figures.items() if share is not None]:
        yield f"made of: {', '.join(known)}"
    if unknown := [name for name, share in figures.items() if share is None]:
        yield f"without: {', '.join(unknown)}"
    processes = {
        name: row["process_accuracy"] for name, row in model["categories"].items() if "process_accuracy" in row
    }
    if known := [f"{name} {percent(share)}" for name, share in processes.items() if share is not None]:
        yield f"process accuracy: {', '.join(known)}"
    missing = {name: row["missing"] for name, row in model["categories"].items() if row["missing"]}
    if missing:
        yield f"missing: {shortened(_counts(missing), 6)}"
    if failures := model["total"]["infrastructure"]:
        yield f"{failures} answers are error messages of the serving side, not the model's answers"
    if errata := list(model["errata"]):
        yield f"errata: {len(errata)} of these cases fail a right answer as published ({shortened(errata, 3)})"
    yield f"dialects: {shortened(_counts(model['dialects']), 6)}"


def _is_headline(name: str, headlines: list[str]) -> bool:
    return name.removesuffix("_zero_filled") in headlines


def _counts(counted: Mapping[str, int]) -> list[str]:
    return [f"{name} {count}" for name, count in counted.items()]


def _headline(share: float | None, zero_filled: float, bounds: list[float] | None) -> str:
    """An overall figure; where answers are missing, the official one that counts them as wrong stands beside it."""
    if share is not None:
        return f"{percent(share)} ({interval(bounds)})" if bounds else percent(share)
    return f"{percent(None)}, as answers are missing ({percent(zero_filled)} if missing counts as wrong)"


def _meaning(summary: Mapping[str, Any]) -> str:
    """What the figures are figures of, in one line."""
    options = "".join(f"{name.replace('_', ' ')} {value} · " for name, value in summary.get("options", {}).items())
    return (
        f"{summary['benchmark']} {summary['version']} · data {summary['data_sha256'][:12]} · {options}"
        f"grading {summary['grading']} · profile {summary['profile']} · starbench {summary['starbench']}"
    )
