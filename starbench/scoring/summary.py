"""Counts while rows go by, and the summary they become.

Example of ``summary.json`` (categories and models cut)::

    {"benchmark": "bfcl", "version": "2026.3.23", "data_sha256": "3f…", "grading": "official", "profile": "robust",
     "starbench": "0.1.0", "models": {"mine": {
        "categories": {"simple_python": {"cases": 400, "n": 400, "missing": 0, "correct": 345, "accuracy": 0.8625,
            "interval": [0.8253, 0.8929], "similarity": 0.9412, "infrastructure": 0,
            "errors": {"value_error:others": 9}}},
        "total": {…}, "overall": {"v3": null, "v4": null, "v3_zero_filled": 0.29, "v4_zero_filled": 0.09},
        "dialects": {"hermes": 400}, "errata": {…}}}, "bad_rows": 0}

Where a benchmark counts whole dialogues, ``cases, n, missing, correct, accuracy`` count those that are answered in
every step, ``steps`` counts the answers, and ``process_accuracy`` is the mean share of right steps of a dialogue. What
else a benchmark measures of an answer stands beside as a mean over the answers that have it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starbench.benchmarks import Accuracy, Benchmark
from starbench.scoring.rows import ScoredRow
from starbench.statistics import mean, weighted_wilson, wilson


@dataclass(slots=True)
class Tally:
    """What is counted of the rows of one model in one category.

    ``similarities``, ``valid`` (by id) and ``figures`` hold only what counts as an answer; ``infrastructure`` all
    failures around it.
    """

    valid: dict[str, bool] = field(default_factory=dict)
    infrastructure: int = 0
    left_out: int = 0
    similarities: array[float] = field(default_factory=lambda: array("d"))
    errors: Counter[str] = field(default_factory=Counter)
    figures: dict[str, list[float]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many answers were scored."""
        return len(self.similarities)

    @property
    def correct(self) -> int:
        """How many of them are right."""
        return sum(self.valid.values())

    def add(self, row: ScoredRow) -> None:
        """Count one row."""
        self.infrastructure += row.infrastructure
        if row.error is not None:
            self.errors[row.error] += 1
        if row.counted:
            self.valid[row.id] = row.valid
            self.similarities.append(row.similarity)
            for name, value in row.figures.items():
                self.figures.setdefault(name, []).append(value)
        else:
            self.left_out += 1

    def summary(self, cases: int) -> dict[str, Any]:
        """The figures, for a category of ``cases`` cases; nothing is made up where nothing was answered."""
        return {
            **_share(self.correct, self.n, cases, cases - self.n - self.left_out),
            "similarity": mean(self.similarities),
            "infrastructure": self.infrastructure,
            "errors": dict(self.errors.most_common()),
            **{name: mean(values) for name, values in self.figures.items()},
        }

    def summary_by_unit(self, units: Mapping[str, str]) -> dict[str, Any]:
        """The figures of a category that counts dialogues; ``units`` maps each of its cases to its dialogue."""
        steps = self.summary(len(units))
        dialogues: dict[str, list[bool | None]] = {}
        for id, unit in units.items():
            dialogues.setdefault(unit, []).append(self.valid.get(id))
        answered = [[bool(step) for step in steps] for steps in dialogues.values() if None not in steps]
        counted = _share(sum(map(all, answered)), len(answered), len(dialogues), len(dialogues) - len(answered))
        return {
            **steps,
            **counted,
            "process_accuracy": mean([sum(right) / len(right) for right in answered]),
            "steps": {name: steps[name] for name in counted},
        }


def _share(correct: int, n: int, cases: int, missing: int) -> dict[str, Any]:
    """Counts with the accuracy and its interval."""
    return {
        "cases": cases,
        "n": n,
        "missing": missing,
        "correct": correct,
        "accuracy": correct / n if n else None,
        "interval": list(wilson(correct, n)) if n else None,
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

    def summary(self, benchmark: Benchmark, grading: str = "official") -> dict[str, Any]:
        """The figures of the model, categories in the benchmark's order."""
        tallies = {name: self.categories.get(name, Tally()) for name in benchmark.categories}
        units: Mapping[str, Mapping[str, str]] = getattr(benchmark, "units", {})  # most benchmarks count cases
        categories = {
            name: tally.summary_by_unit(units[name]) if name in units else tally.summary(benchmark.categories[name])
            for name, tally in tallies.items()
        }
        accuracies = {
            name: Accuracy(n=row["n"], correct=row["correct"], cases=row["cases"]) for name, row in categories.items()
        }
        overall = benchmark.aggregate(accuracies)
        return {
            "categories": categories,
            "total": merged(tallies.values()).summary(sum(benchmark.categories.values())),
            "overall": overall,
            **_intervals(benchmark, overall, accuracies),
            "dialects": dict(self.dialects.most_common()),
            "errata": self._errata(benchmark, grading),
        }

    def _errata(self, benchmark: Benchmark, grading: str) -> dict[str, str]:
        """The answered cases that are known to fail right answers, and why."""
        known = getattr(benchmark, "errata", {})  # not every benchmark has such a list
        return {
            id: f"{erratum.effect}: {erratum.reason}"
            for id, erratum in known.items()
            if id in self.ids and erratum.fails_right_answers(self.ids[id], grading)
        }


def _intervals(
    benchmark: Benchmark, overall: Mapping[str, float | None], accuracies: Mapping[str, Accuracy]
) -> dict[str, Any]:
    """``{"intervals": {figure: [low, high]}}`` for the known figures of a benchmark that tells their weights."""
    weights: Mapping[str, Mapping[str, float]] = getattr(benchmark, "weights", {})
    known = {
        figure: weighted_wilson(
            (weight, accuracies[name]["correct"], accuracies[name]["n"]) for name, weight in weights[figure].items()
        )
        for figure, share in overall.items()
        if share is not None and figure in weights
    }
    return {"intervals": {figure: list(bounds) for figure, bounds in known.items()}} if weights else {}


def merged(tallies: Iterable[Tally]) -> Tally:
    """Several categories counted as one, each case the same."""
    total = Tally()
    for tally in tallies:
        total.valid |= tally.valid
        total.infrastructure += tally.infrastructure
        total.left_out += tally.left_out
        total.similarities.extend(tally.similarities)
        total.errors.update(tally.errors)
    return total
