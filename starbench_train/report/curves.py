"""Metrics of a stage as small pictures: lines over steps, drawn as SVG that needs no script.

    charts(metrics)    [Chart(title="Reward", series=[Series("reward", [(1, 0.2), (2, 0.3), …])])]
    svg(chart)         '<svg viewBox="0 0 360 190" role="img">…</svg>'

The faint line is what was measured, the strong one a running mean over a twentieth of the steps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360, 190, 46, 10, 12, 24

WANTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Held-out rows", ("held_out/accuracy", "held_out/similarity", "held_out/format")),
    ("Reward", ("reward",)),
    ("Parts of the reward", ("starbench/format", "starbench/calls", "starbench/reply", "starbench/exact")),
    ("Groups that teach", ("filter/kept", "filter/format", "filter/low", "filter/high")),
    ("Similarity by category", ("similarity/*",)),
    ("Loss", ("loss",)),
    ("Distance to the teacher", ("kl_above_least", "cross_entropy")),
    ("Entropy (nats a token)", ("entropy",)),
    ("Where the student's mass lies", ("mass_k", "mass_m", "mass_deep", "teacher_mass")),
    ("Agreement with the teacher", ("agreement",)),
    ("Length of answers (tokens)", ("completions/mean_length",)),
    ("Divergence from the start (KL)", ("kl",)),
    ("Tokens a second", ("tokens_per_second",)),
)
"""What is drawn, in this order, of whatever a stage measured; ``*`` stands for any end of a name."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line: (step, value) in order."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines that share an axis."""

    title: str
    series: Sequence[Series]


def charts(metrics: Sequence[Mapping[str, Any]]) -> list[Chart]:
    """The charts of a stage; those with fewer than two points are left out."""
    names = sorted({name for line in metrics for name in line})
    found = []
    for title, patterns in WANTED:
        chosen = [name for pattern in patterns for name in names if _fits(name, pattern)]
        series = [one for name in dict.fromkeys(chosen) for one in _series(metrics, name) if len(one.points) > 1][:6]
        if series:
            found.append(Chart(title, series))
    return found


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _series(metrics: Sequence[Mapping[str, Any]], name: str) -> list[Series]:
    """The line of a figure; one for each model where a stage trains several."""
    models = dict.fromkeys(line.get("model") for line in metrics if name in line)
    return [
        Series(
            name if model is None else f"{name} ({model})",
            _points([m for m in metrics if m.get("model") == model], name),
        )
        for model in models
    ]


def _points(metrics: Sequence[Mapping[str, Any]], name: str) -> list[tuple[float, float]]:
    found = [(line.get("step"), line.get(name)) for line in metrics]
    return [(float(x), float(y)) for x, y in found if isinstance(x, (int, float)) and isinstance(y, (int, float))]


def smoothed(values: Sequence[float]) -> list[float]:
    """A running mean over the last twentieth of the points, at least 5; the values themselves where there are few."""
    if len(values) < 25:
        return list(values)
    window = max(5, len(values) // 20)
    found, total = [], 0.0
    for place, value in enumerate(values):
        total += value - (values[place - window] if place >= window else 0.0)
        found.append(total / min(place + 1, window))
    return found


def svg(chart: Chart) -> Markup:
    """The picture, with a text for those who do not see it."""
    every = [point for one in chart.series for point in one.points]
    (x0, x1), (y0, y1) = (_bounds([point[axis] for point in every], axis) for axis in (0, 1))

    def place(x: float, y: float) -> str:
        across = LEFT + (x - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT)
        return f"{across:.1f},{HEIGHT - BOTTOM - (y - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM):.1f}"

    told = "; ".join(f"{one.name} from {one.points[0][1]:.4g} to {one.points[-1][1]:.4g}" for one in chart.series)
    parts = [
        Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, f"{chart.title}: {told}"),
        *_axes(x0, x1, y0, y1),
    ]
    for number, one in enumerate(chart.series):
        raw = " ".join(place(x, y) for x, y in one.points)
        mean = zip((x for x, _ in one.points), smoothed([y for _, y in one.points]), strict=True)
        if len(one.points) >= 25:
            parts.append(Markup('<polyline class="raw s{}" points="{}"/>').format(number, raw))
        parts.append(
            Markup('<polyline class="s{}" points="{}"/>').format(number, " ".join(place(x, y) for x, y in mean))
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _axes(x0: float, x1: float, y0: float, y1: float) -> list[Markup]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    lines = [Markup('<path class="axis" d="M{} {}V{}H{}"/>').format(LEFT, TOP, bottom, right)]
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - TOP)
        if share:
            lines.append(Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(LEFT, y, right))
        lines.append(_text(LEFT - 5, y + 4, f"{y0 + share * (y1 - y0):.3g}", "end"))
    return [*lines, _text(LEFT, bottom + 16, f"{x0:g}", "start"), _text(right, bottom + 16, f"step {x1:g}", "end")]


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, escape(text))


def _bounds(values: Sequence[float], axis: int) -> tuple[float, float]:
    low, high = min(values), max(values)
    if axis == 0:
        return (low, high if high > low else low + 1)
    if low >= 0 and high <= 1:  # a share is shown on the whole of its scale, unless it stays in a corner of it
        low = 0.0 if low < 0.5 or high - low > 0.25 else low
        high = 1.0 if high > 0.5 else high
    if math.isclose(low, high):
        low, high = low - 0.5, high + 0.5
    return (low, high)
