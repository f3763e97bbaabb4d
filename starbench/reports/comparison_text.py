"""A comparison for people and machines: tables in the terminal, Markdown for a pull request, JSON.

Example of the first line::

    tuned against base: 4.75 points up (95 % interval 1.42 to 8.10), 31 fixed, 12 broken, p = 0.0054
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from starbench.reports.comparison import Change, CodeChange, Comparison, Group
from starbench.reports.text import percent, safe
from starbench.statistics import Difference

WIDE = 100
"""From so many columns on, the interval of every category stands in the table."""
LISTED = 10
"""How many fixed and how many broken cases are named in the terminal."""
LISTED_MARKDOWN = 50
CODES = 8
"""How many error codes are shown."""


def headline(found: Comparison) -> str:
    """The whole comparison in a line."""
    total = found.total
    return (
        f"{found.labels[1]} against {found.labels[0]}: {moved(total.accuracy.value)} "
        f"(95 % interval {points(total.accuracy.low)} to {points(total.accuracy.high)}), "
        f"{total.fixed} fixed, {total.broken} broken, {chance(total.p)}"
    )


def comparison_report(found: Comparison, width: int) -> RenderableType:
    """The comparison for a terminal of ``width`` columns."""
    parts: list[RenderableType] = [Text(safe(headline(found)), style="bold"), _group_table(found, width >= WIDE)]
    if found.codes:
        parts.append(_code_table(found.codes[:CODES]))
    parts += [Text(safe(line)) for line in _lines(found)]
    for title, changes, style in (("fixed", found.fixed, "green"), ("broken", found.broken, "red")):
        if changes:
            parts += [Text(f"\n{title}", style=f"bold {style}"), _change_table(changes)]
    parts.append(Text(f"\n{safe(_meaning(found))}", style="dim"))
    return Padding(Stack(*parts), (0, 1))


def comparison_markdown(found: Comparison) -> str:
    """The comparison for a pull request: the line, the tables, the changed cases folded away."""
    lines = [f"**{cell(headline(found))}**", ""]
    lines += ["| category | n | before | after | change | 95 % interval | fixed | broken | p |"]
    lines += ["|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    lines += [_markdown_row(group) for group in (*found.categories, found.total)]
    if found.codes:
        lines += ["", "| error | before | after | fixed | broken |", "|---|---:|---:|---:|---:|"]
        lines += [
            f"| {cell(row.code)} | {row.before} | {row.after} | {row.fixed} | {row.broken} |" for row in found.codes
        ]
    lines += ["", *(f"* {cell(line)}" for line in _lines(found))]
    for title, changes in (("fixed", found.fixed), ("broken", found.broken)):
        if changes:
            lines += ["", f"<details><summary>{len(changes)} {title}</summary>", ""]
            lines += [f"* {cell(line)}" for line in _named(changes, LISTED_MARKDOWN)]
            lines += ["", "</details>"]
    return "\n".join([*lines, "", f"<sub>{cell(_meaning(found))}</sub>", ""])


def comparison_record(found: Comparison) -> dict[str, Any]:
    """The comparison as a JSON object; all of it. A bound that one cluster alone cannot give is None."""
    record = dataclasses.asdict(found)
    for group in (record["total"], *record["categories"]):
        for figure in (group["accuracy"], group["similarity"]):
            figure.update({end: None for end in ("low", "high") if abs(figure[end]) == float("inf")})
    return record


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return "unknown" if abs(share) == float("inf") else f"{100 * share:+.2f}".replace("-", "−")


def moved(share: float) -> str:
    """A difference of shares in words."""
    return "no change" if share == 0 else f"{abs(100 * share):.2f} points {'up' if share > 0 else 'down'}"


def chance(p: float) -> str:
    """A p-value with as many digits as mean something."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"


def cell(text: str) -> str:
    """Text of unknown origin inside Markdown: it cannot end its cell, and nothing in it is markup."""
    plain = html.escape(safe(text).replace("\n", " "), quote=False)
    return "".join(f"\\{c}" if c in "|`*_[]~#\\@" else c for c in plain)


def _group_table(found: Comparison, wide: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1) if wide else (0, 1, 0, 0))
    table.add_column("category", overflow="fold")  # the only one that may shrink: figures stay whole
    headings = ("n", "before", "after", "change", *(("95 % interval",) if wide else ()), "fixed", "broken", "p")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for group in found.categories:
        table.add_row(*_cells(group, wide))
    if len(found.categories) > 1:
        table.add_section()
        table.add_row(*_cells(found.total, wide), style="bold")
    return table


def _cells(group: Group, wide: bool) -> Iterator[Text]:
    style = "green" if group.accuracy.value > 0 else "red" if group.accuracy.value < 0 else "dim"
    before, after = group.shares
    yield Text(safe(group.name))
    yield Text(str(group.n))
    yield Text(f"{100 * before:.2f}")
    yield Text(f"{100 * after:.2f}")
    yield Text(points(group.accuracy.value), style=style)
    if wide:
        yield Text(_bounds(group.accuracy))
    yield Text(str(group.fixed))
    yield Text(str(group.broken))
    yield Text(_bare(group.p), style="bold" if group.p < 0.05 else "dim")


def _code_table(codes: Sequence[CodeChange]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("error", overflow="fold")
    for heading in ("before", "after", "fixed", "broken"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in codes:
        table.add_row(Text(safe(row.code)), *(str(count) for count in (row.before, row.after, row.fixed, row.broken)))
    return table


def _change_table(changes: Sequence[Change]) -> Table:
    """The first cases whose verdict changed, with code and similarity."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    table.add_column(justify="right", no_wrap=True)
    for change in changes[:LISTED]:
        before, after = change.similarity
        table.add_row(Text(safe(change.id)), Text(safe(_code(change))), f"{before:.2f} → {after:.2f}")
    if len(changes) > LISTED:
        table.add_row(f"… and {len(changes) - LISTED:,} more")
    return table


def _lines(found: Comparison) -> Iterator[str]:
    total = found.total
    yield (
        f"similarity: {_signed(total.similarity.value)} on average (95 % interval {_signed(total.similarity.low)} to "
        f"{_signed(total.similarity.high)}, {chance(found.similarity_p)} by permutation)"
    )
    ratio = f", {found.odds_ratio:.2f} fixed for each broken" if found.odds_ratio is not None else ""
    yield f"effect: Cohen's h {_signed(found.cohens_h)}{ratio}"
    if total.clusters < total.n:
        yield f"{total.n:,} cases in {total.clusters:,} dialogues: the intervals draw whole dialogues"
    for name, (before, after) in found.figures.items():
        yield f"{name}: {percent(before)} to {percent(after)}"
    yield from found.notes


def _signed(number: float) -> str:
    return "unknown" if abs(number) == float("inf") else f"{number:+.4f}".replace("-", "−")


def _bounds(change: Difference) -> str:
    return f"{points(change.low)} to {points(change.high)}"


def _named(changes: Sequence[Change], limit: int) -> Iterator[str]:
    for change in changes[:limit]:
        before, after = change.similarity
        yield f"{change.id}  {_code(change)}  similarity {before:.2f} to {after:.2f}"
    if len(changes) > limit:
        yield f"… and {len(changes) - limit:,} more"


def _code(change: Change) -> str:
    """The error code that a case got, or lost."""
    return change.after or change.before or "no code"


def _markdown_row(group: Group) -> str:
    before, after = group.shares
    cells = [cell(group.name), str(group.n), f"{100 * before:.2f}", f"{100 * after:.2f}", points(group.accuracy.value)]
    cells += [_bounds(group.accuracy), str(group.fixed), str(group.broken), cell(_bare(group.p))]
    return f"| {' | '.join(cells)} |"


def _bare(p: float) -> str:
    """A p-value for a column that says p already."""
    return chance(p).removeprefix("p ").removeprefix("= ")


def _meaning(found: Comparison) -> str:
    meaning = {name: value or "unknown" for name, value in found.meaning.items()}
    return (
        f"{meaning['benchmark']} {meaning['version']} · data {meaning['data_sha256'][:12]} · grading "
        f"{meaning['grading']} · profile {meaning['profile']} · McNemar's exact test · starbench {meaning['starbench']}"
    )
