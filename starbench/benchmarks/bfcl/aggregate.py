"""BFCL's overall accuracy, by the v4 formula and by the v3 formula, from the counts of the categories.

    aggregate({"simple_python": {"n": 400, "correct": 345, "cases": 400}, …})
    ->  {"v4": None, "v3": None, "v4_zero_filled": 0.1946, "v3_zero_filled": 0.4123,
         "non_live": 0.376, "live": 0.7306, "irrelevance_detection": 0.8391, "multi_turn": None, …}

Everything is a fraction. A figure is None where any case that it needs has no answer; the zero-filled overall figures
count such a case as wrong, which for whole categories is what upstream prints. (Of a category that is answered in part,
upstream takes the accuracy of that part.)

* v4 (since 2025): 0.1 non-live + 0.1 live + 0.1 irrelevance + 0.3 multi-turn + 0.4 agentic
* v3 (code of August 2025): the mean of non-live, live and multi-turn, where non-live and live include (ir)relevance
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starbench.benchmarks.base import Accuracy
from starbench.benchmarks.bfcl.categories import CATEGORIES
from starbench.benchmarks.figures import Figure, mean


def _mean_by_size(*categories: str) -> Figure:
    return Figure({name: CATEGORIES[name].size for name in categories})


FIGURES: Mapping[str, Figure] = {
    "simple": mean("simple_python", "simple_java", "simple_javascript"),
    "non_live": mean("simple", "multiple", "parallel", "parallel_multiple"),
    "live": _mean_by_size("live_simple", "live_multiple", "live_parallel", "live_parallel_multiple"),
    "relevance_detection": mean("live_relevance"),
    "irrelevance_detection": mean("irrelevance", "live_irrelevance"),
    "multi_turn": mean("multi_turn_base", "multi_turn_miss_func", "multi_turn_miss_param", "multi_turn_long_context"),
    "web_search": mean("web_search_base", "web_search_no_snippet"),
    "memory": mean("memory_kv", "memory_vector", "memory_rec_sum"),
    "agentic": mean("web_search", "memory"),
    "v4": Figure({"non_live": 10, "live": 10, "irrelevance_detection": 10, "multi_turn": 30, "agentic": 40}),
    "v3_non_live": mean("simple", "multiple", "parallel", "parallel_multiple", "irrelevance"),
    "v3_live": _mean_by_size(
        "live_simple", "live_multiple", "live_parallel", "live_parallel_multiple", "live_irrelevance", "live_relevance"
    ),
    "v3": mean("v3_non_live", "v3_live", "multi_turn"),
}
"""Every figure, made of categories and of figures above it."""


def aggregate(accuracies: Mapping[str, Accuracy]) -> dict[str, float | None]:
    """The overall figures for the counts of any of BFCL's categories (others are ignored)."""
    complete = _figures(accuracies, _accuracy_if_complete)
    filled = _figures(accuracies, _accuracy_with_missing_as_wrong)
    overall = {name: complete.pop(name) for name in ("v4", "v3")}
    return {**overall, "v4_zero_filled": filled["v4"], "v3_zero_filled": filled["v3"], **complete}


def _figures(
    accuracies: Mapping[str, Accuracy], accuracy: Callable[[Accuracy], float | None]
) -> dict[str, float | None]:
    known: dict[str, float | None] = {
        name: accuracy(accuracies.get(name, Accuracy(n=0, correct=0, cases=row.size)))
        for name, row in CATEGORIES.items()
    }
    for name, figure in FIGURES.items():
        known[name] = figure.of(known)
    return {name: known[name] for name in FIGURES}


def _accuracy_if_complete(counts: Accuracy) -> float | None:
    return counts["correct"] / counts["cases"] if counts["n"] >= counts["cases"] else None


def _accuracy_with_missing_as_wrong(counts: Accuracy) -> float | None:
    return counts["correct"] / counts["cases"]
