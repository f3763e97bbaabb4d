"""Overall figures as weighted means of categories and of other figures.

figures = {"atom": mean("a", "b"), "overall": Figure({"atom": 3, "c": 1})}
figures["overall"].of({"atom": 0.5, "c": 1.0})     ->  0.625
category_weights(figures)["overall"]               ->  {"a": 0.375, "b": 0.375, "c": 0.25}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A weighted mean: category or earlier figure -> weight. Weights are relative to each other unless ``absolute``."""

    weights: Mapping[str, float]
    absolute: bool = False

    def of(self, parts: Mapping[str, float | None]) -> float | None:
        """The mean; None where a part is None."""
        total = 0.0
        for name, weight in self.weights.items():
            part = parts[name]
            if part is None:
                return None
            total += part * weight
        return total / self.scale

    @property
    def scale(self) -> float:
        """What the sum is divided by."""
        return 1.0 if self.absolute else sum(self.weights.values())


def mean(*parts: str) -> Figure:
    """The plain mean of categories or figures."""
    return Figure(dict.fromkeys(parts, 1))


def category_weights(figures: Mapping[str, Figure]) -> dict[str, dict[str, float]]:
    """Each figure as a weighted sum of categories; a figure's parts stand above it."""
    flat: dict[str, dict[str, float]] = {}
    for name, figure in figures.items():
        flat[name] = {}
        for part, weight in figure.weights.items():
            for category, share in flat.get(part, {part: 1.0}).items():
                flat[name][category] = flat[name].get(category, 0.0) + share * weight / figure.scale
    return flat
