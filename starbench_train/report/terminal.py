"""The report in the terminal: stages, models, the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starbench_train.report.collect import Report
from starbench_train.report.tables import STAGE_HEAD, model_table, stage_table, verdict

if TYPE_CHECKING:
    from rich.console import Console


def print_report(report: Report, console: Console) -> None:
    """Print what a person looks for first."""
    print_table(console, *without(1, STAGE_HEAD, stage_table(report)))  # what a stage does is for the pages
    head, rows = model_table(report)
    if rows:
        print_table(console, head, rows)
    if said := verdict(report):
        from rich.text import Text

        console.print(Text(said), soft_wrap=True)


def without(column: int, head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """A table that lacks a column."""
    cut = [[cell for place, cell in enumerate(row) if place != column] for row in (head, *rows)]
    return cut[0], cut[1:]


def print_table(console: Console, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table; texts are printed as they are, and only the last column is folded."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for number, name in enumerate(head):
        made.add_column(name, overflow="fold", no_wrap=number < len(head) - 1)
    for row in rows:
        made.add_row(*map(Text, row))
    console.print(made)
