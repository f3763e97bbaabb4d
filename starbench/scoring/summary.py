"""Counts while rows go by, and the summary they become.

Example of ``summary.json`` (categories and models cut)::

    {"benchmark": "bfcl", "version": "2026.3.23", "data_sha256": "3f…", "grading": "official", "profile": "robust",
     "starbench": "0.1.0", "models": {"mine": {
        "categories": {"simple_python": {"cases": 400, "n": 400, "missing": 0, "correct": 345, "accuracy": 0.8625,
            "interval": [0.8253, 0.8929], "similarity": 0.9412, "infrastructure": 0,
            "errors": {"value_error:others": 9}}},
        "total": {…}, "overall": {"v3": null, "v4": null, "v3_zero_filled": 0.29, "v4_zero_filled": 0.09},
        "dialects": {"hermes": 400}, "errata": {…}}}, "bad_rows": 0}
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starbench.benchmarks import Accuracy, Benchmark
from starbench.scoring.rows import ScoredRow
from starbench.statistics import mean, wilson


@dataclass(slots=True)
class Tally:
    """What is counted of the rows of one model in one category.

    ``similarities`` and ``correct`` hold only what counts as an answer; ``infrastructure`` all failures around it.
    """

    correct: int = 0
    infrastructure: int = 0
    left_out: int = 0
    similarities: array[float] = field(default_factory=lambda: array("d"))
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        """How many answers were scored."""
        return len(self.similarities)

    def add(self, row: ScoredRow) -> None:
        """Count one row."""
        self.infrastructure += row.infrastructure
        if row.error is not None:
            self.errors[row.error] += 1
        if row.counted:
            self.correct += row.valid
            self.similarities.append(row.similarity)
        else:
            self.left_out += 1

    def summary(self, cases: int) -> dict[str, Any]:
        """The figures, for a category of ``cases`` cases; nothing is made up where nothing was answered."""
        return {
            "cases": cases,
            "n": self.n,
            "missing": cases - self.n - self.left_out,
            "correct": self.correct,
            "accuracy": self.correct / self.n if self.n else None,
            "interval": list(wilson(self.correct, self.n)) if self.n else None,
            "similarity": mean(self.similarities),
            "infrastructure": self.infrastructure,
            "errors": dict(self.errors.most_common()),
        }


@dataclass(slots=True)
class ModelTally:
    """What is counted of one model; ``ids`` keeps the dialect of each answered case."""

    categories: dict[str, Tally] = field(default_factory=dict)
    dialects: Counter[str] = field(default_factory=Counter)
    ids: dict[str, str] = field(default_factory=dict)

    def add(self, row: ScoredRow) -> bool:
        """Count one row; False, and nothing is counted, where its case has been answered before."""
        if row.id in self.ids:
            return False
        self.ids[row.id] = row.dialect
        self.dialects[row.dialect] += 1
        self.categories.setdefault(row.category, Tally()).add(row)
        return True

    def summary(self, benchmark: Benchmark) -> dict[str, Any]:
        """The figures of the model, categories in the benchmark's order."""
        tallies = {name: self.categories.get(name, Tally()) for name in benchmark.categories}
        categories = {name: tally.summary(benchmark.categories[name]) for name, tally in tallies.items()}
        accuracies = {
            name: Accuracy(n=row["n"], correct=row["correct"], cases=row["cases"]) for name, row in categories.items()
        }
        return {
            "categories": categories,
            "total": merged(tallies.values()).summary(sum(benchmark.categories.values())),
            "overall": benchmark.aggregate(accuracies),
            "dialects": dict(self.dialects.most_common()),
            "errata": self._errata(benchmark),
        }

    def _errata(self, benchmark: Benchmark) -> dict[str, str]:
        """The answered cases that are known to fail right answers, and why."""
        known = getattr(benchmark, "errata", {})  # not every benchmark has such a list
        return {
            id: f"{erratum.effect}: {erratum.reason}"
            for id, erratum in known.items()
            if id in self.ids and erratum.effect != "harmless" and self.ids[id].startswith(erratum.dialect)
        }


def merged(tallies: Iterable[Tally]) -> Tally:
    """Several categories counted as one, each case the same."""
    total = Tally()
    for tally in tallies:
        total.correct += tally.correct
        total.infrastructure += tally.infrastructure
        total.left_out += tally.left_out
        total.similarities.extend(tally.similarities)
        total.errors.update(tally.errors)
    return total
