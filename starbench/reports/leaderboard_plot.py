"""Accuracy against size as an inline SVG: a point a model, a bar for its interval, sizes on a logarithmic scale.

Example of the shapes that the template draws::

    Plot(points=(Point(x=120.5, y=80.2, low=95.0, high=66.1, …),), ticks_x=((54.0, "0.6 B"), …), …)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from starbench.reports.leaderboard import Entry
from starbench.reports.leaderboard_table import Board
from starbench.reports.leaderboard_text import heading
from starbench.reports.text import interval, percent

WIDTH, HEIGHT = 860, 430
LEFT, RIGHT, TOP, BOTTOM = 48, 24, 16, 48
SIZES = (0.1, 0.3, 0.6, 1, 2, 4, 8, 16, 32, 70, 150, 400, 1000, 2000)
"""Where the axis of sizes may have a mark, in billions of parameters."""
LONGEST_LABEL = 30
LETTER = 7
"""About how wide a letter of a label is, in pixels."""
NEAR = 14
"""Labels closer than this to each other, in pixels, are moved apart."""


@dataclass(frozen=True, slots=True)
class Point:
    """One model in the picture; ``low`` and ``high`` are the ends of its interval, or None."""

    x: float
    y: float
    low: float | None
    high: float | None
    label: str
    label_x: float
    label_y: float
    anchor: str
    told: str
    measured: bool
    id: str


@dataclass(frozen=True, slots=True)
class Plot:
    """All that is drawn; marks are (place, label)."""

    figure: str
    points: tuple[Point, ...]
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def size_plot(board: Board, ids: Mapping[tuple[str, str, str, str], str]) -> Plot | None:
    """The picture of a table by its ranking figure; None where fewer than two models have a size and that figure.

    ``ids`` are the entries' places in the page, by their keys.
    """
    entries = [line.entry for line in board.lines if line.entry.size and line.entry.figure(board.by).value is not None]
    if len(entries) < 2:
        return None
    sizes = [math.log(entry.size) for entry in entries if entry.size]
    left, right = min(sizes) - 0.25, max(sizes) + 0.45
    ends = [bound for entry in entries for bound in entry.figure(board.by).bounds]
    low, high = math.floor(min(ends) * 10) / 10, math.ceil(max(ends) * 10) / 10
    high = max(high, low + 0.1)

    def across(size: float) -> float:
        return round(LEFT + (math.log(size) - left) / (right - left) * (WIDTH - LEFT - RIGHT), 1)

    def up(share: float) -> float:
        return round(HEIGHT - BOTTOM - (share - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    marks = [low + step / 10 for step in range(round((high - low) * 10) + 1)]
    return Plot(
        figure=heading(board, board.by),
        points=_apart([_point(entry, board.by, ids[entry.key], across(entry.size or 1), up) for entry in entries]),
        ticks_x=tuple((across(size), f"{size:g} B") for size in _sizes(entries, left, right)),
        ticks_y=tuple((up(share), f"{100 * share:.0f} %") for share in marks),
    )


def _sizes(entries: Sequence[Entry], left: float, right: float) -> list[float]:
    """The marks of the axis of sizes; where it is too short for two round ones, the smallest and the largest model."""
    inside = [size for size in SIZES if left <= math.log(size) <= right]
    own = [entry.size for entry in entries if entry.size]
    return inside if len(inside) > 1 else sorted({min(own), max(own)})


def _point(entry: Entry, name: str, id: str, x: float, up: Callable[[float], float]) -> Point:
    figure = entry.figure(name)
    low, high = (up(end) for end in figure.bounds)
    bare = figure.interval is None
    label = _label(entry.model)
    end = x + 8 + LETTER * len(label) > WIDTH
    told = f"{entry.model}, {entry.size:g} billion parameters: {percent(figure.value)}, {entry.provenance['kind']}"
    if not bare:
        told += f", 95 % interval {interval(list(figure.bounds))}"
    y = up(figure.value or 0)
    return Point(
        x, y, None if bare else low, None if bare else high, label, x - 8 if end else x + 8, y + 4,
        "end" if end else "start", told, entry.is_measured, id,
    )  # fmt: skip


def _label(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[:LONGEST_LABEL]}…"


def _apart(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points with labels that do not lie on each other: the lower of two near ones moves down."""
    placed: list[Point] = []
    for point in sorted(points, key=lambda one: one.y):
        y = point.label_y
        for other in placed:
            if abs(other.x - point.x) < 130 and y - other.label_y < NEAR:
                y = max(y, other.label_y + NEAR)
        placed.append(replace(point, label_y=round(y, 1)))
    return tuple(placed)
