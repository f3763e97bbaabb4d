"""The leaderboard's CSV files, ``data_overall.csv`` and its five sections, in the official layout.

    board = Leaderboard()
    board.count("my-model", "simple_python_0", "simple_python", valid=True)      # once a judged answer
    board.use("my-model", {"latency": 1.7, "input_token_count": 251})            # once a row of a result file
    board.files()["data_multi_turn.csv"]
    ->  "Rank,Model,Multi Turn Overall Acc,Base,Miss Func,Miss Param,Long Context\\n1,my-model,0.00%,N/A,N/A,N/A,N/A"

As upstream prints it, a category without answers is "N/A" but counts as 0 in every figure above it; a category answered
in part has the accuracy of that part. Cost is that of the hours that the latencies add up to, on the machine that
upstream assumes for models without a price; the prices of hosted models, their links and licences are not in the data.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starbench.benchmarks.bfcl.categories import CATEGORIES, CONFIGURATIONS

DOLLARS_AN_HOUR = 23.92
"""Eight H100 at the price that upstream takes."""
AT_A_TIME = 100
"""Requests that upstream assumes to run at the same time."""
ABSENT = "N/A"


@dataclass(frozen=True, slots=True)
class Score:
    """An accuracy of ``n`` cases; ``complete`` is False where a category behind it has no answers."""

    value: float
    n: int
    complete: bool = True


def _mean(scores: Sequence[Score]) -> Score:
    return _weighted(scores, [1] * len(scores))


def _mean_by_size(scores: Sequence[Score]) -> Score:
    return _weighted(scores, [score.n for score in scores])


def _overall(scores: Sequence[Score]) -> Score:
    return _weighted(scores, [10, 10, 10, 30, 40])


def _weighted(scores: Sequence[Score], weights: Sequence[float]) -> Score:
    value = sum(score.value * weight for score, weight in zip(scores, weights, strict=True)) / sum(weights)
    return Score(value, sum(score.n for score in scores), all(score.complete for score in scores))


_FIGURES: Mapping[str, tuple[Callable[[Sequence[Score]], Score], tuple[str, ...]]] = {
    "simple": (_mean, ("simple_python", "simple_java", "simple_javascript")),
    "non_live": (_mean, ("simple", "multiple", "parallel", "parallel_multiple")),
    "live": (_mean_by_size, ("live_simple", "live_multiple", "live_parallel", "live_parallel_multiple")),
    "multi_turn": (
        _mean,
        ("multi_turn_base", "multi_turn_miss_func", "multi_turn_miss_param", "multi_turn_long_context"),
    ),
    "web_search": (_mean, ("web_search_base", "web_search_no_snippet")),
    "memory": (_mean, ("memory_kv", "memory_vector", "memory_rec_sum")),
    "agentic": (_mean, ("web_search", "memory")),
    "all_irrelevance": (_mean, ("irrelevance", "live_irrelevance")),
    "overall": (_overall, ("non_live", "live", "all_irrelevance", "multi_turn", "agentic")),
}
"""Figure -> how it is made of categories and of figures above it."""

_FILLED = "filled "
"""Before a figure's name: printed with its gaps counted as 0 instead of as "N/A"."""

_SECTIONS: Mapping[str, Mapping[str, str]] = {
    "data_non_live.csv": {
        "Non-Live Overall Acc": "filled non_live",
        "AST Summary": "non_live",
        "Simple AST": "simple",
        "Python Simple AST": "simple_python",
        "Java Simple AST": "simple_java",
        "JavaScript Simple AST": "simple_javascript",
        "Multiple AST": "multiple",
        "Parallel AST": "parallel",
        "Parallel Multiple AST": "parallel_multiple",
        "Irrelevance Detection": "irrelevance",
    },
    "data_live.csv": {
        "Live Overall Acc": "filled live",
        "AST Summary": "live",
        "Python Simple AST": "live_simple",
        "Python Multiple AST": "live_multiple",
        "Python Parallel AST": "live_parallel",
        "Python Parallel Multiple AST": "live_parallel_multiple",
        "Irrelevance Detection": "live_irrelevance",
        "Relevance Detection": "live_relevance",
    },
    "data_multi_turn.csv": {
        "Multi Turn Overall Acc": "filled multi_turn",
        "Base": "multi_turn_base",
        "Miss Func": "multi_turn_miss_func",
        "Miss Param": "multi_turn_miss_param",
        "Long Context": "multi_turn_long_context",
    },
    "data_agentic.csv": {
        "Agentic Overall Acc": "filled agentic",
        "Web Search Summary": "web_search",
        "Web Search Base": "web_search_base",
        "Web Search No Snippet": "web_search_no_snippet",
        "Memory Summary": "memory",
        "Memory KV": "memory_kv",
        "Memory Vector": "memory_vector",
        "Memory Recursive Summarization": "memory_rec_sum",
    },
    "data_format_sensitivity.csv": {
        "Format Sensitivity Max Delta": "format max delta",
        "Format Sensitivity Standard Deviation": "format deviation",
        **{f"Config {name}": name for name in CONFIGURATIONS},
    },
    "data_overall.csv": {
        "Overall Acc": "filled overall",
        "Model": "model",
        "Model Link": "unknown",
        "Total Cost ($)": "cost",
        "Latency Mean (s)": "latency mean",
        "Latency Standard Deviation (s)": "latency deviation",
        "Latency 95th Percentile (s)": "latency 95th",
        "Non-Live AST Acc": "non_live",
        "Non-Live Simple AST": "simple",
        "Non-Live Multiple AST": "multiple",
        "Non-Live Parallel AST": "parallel",
        "Non-Live Parallel Multiple AST": "parallel_multiple",
        "Live Acc": "filled live",
        "Live Simple AST": "live_simple",
        "Live Multiple AST": "live_multiple",
        "Live Parallel AST": "live_parallel",
        "Live Parallel Multiple AST": "live_parallel_multiple",
        "Multi Turn Acc": "filled multi_turn",
        "Multi Turn Base": "multi_turn_base",
        "Multi Turn Miss Func": "multi_turn_miss_func",
        "Multi Turn Miss Param": "multi_turn_miss_param",
        "Multi Turn Long Context": "multi_turn_long_context",
        "Web Search Acc": "web_search",
        "Web Search Base": "web_search_base",
        "Web Search No Snippet": "web_search_no_snippet",
        "Memory Acc": "memory",
        "Memory KV": "memory_kv",
        "Memory Vector": "memory_vector",
        "Memory Recursive Summarization": "memory_rec_sum",
        "Relevance Detection": "live_relevance",
        "Irrelevance Detection": "all_irrelevance",
        "Format Sensitivity Max Delta": "format max delta",
        "Format Sensitivity Standard Deviation": "format deviation",
        "Organization": "unknown",
        "License": "unknown",
    },
}
"""File -> its columns after "Rank" (and after "Model" in the sections) -> what stands in them.

Rows are in descending order of the first of these columns.
"""


@dataclass(slots=True)
class _Model:
    """What is known of one model: right and judged answers by category and prompt configuration, and latencies."""

    right: dict[str, int] = field(default_factory=dict)
    judged: dict[str, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    def count(self, name: str, valid: bool) -> None:
        self.judged[name] = self.judged.get(name, 0) + 1
        self.right[name] = self.right.get(name, 0) + valid

    def score(self, name: str) -> Score:
        """The accuracy of a category or configuration; of nothing, as upstream has it, where nothing was judged."""
        if name in self.judged:
            return Score(self.right[name] / self.judged[name], self.judged[name])
        return Score(0.0, CATEGORIES[name].size if name in CATEGORIES else 0, complete=False)


class Leaderboard:
    """Counts answers and latencies by model, in the order in which models come up."""

    def __init__(self) -> None:
        self._models: dict[str, _Model] = {}

    def count(self, model: str, id: str, category: str, valid: bool) -> None:
        """One judged answer."""
        known = self._models.setdefault(model, _Model())
        known.count(category, valid)
        if category == "format_sensitivity":
            known.count(id.split(":")[1], valid)

    def use(self, model: str, row: Mapping[str, Any]) -> None:
        """One row of a result file, with what it says of the time that the answer took."""
        self._models.setdefault(model, _Model()).latencies.extend(_seconds(row.get("latency")))

    def files(self) -> dict[str, str]:
        """The text of each file, in which lines are separated and not ended by line breaks, as upstream writes them."""
        cells = {name: _cells(model) for name, model in self._models.items()}
        return {file: _table(columns, cells, "Model" in columns) for file, columns in _SECTIONS.items()}


def _seconds(value: Any) -> Iterable[float]:
    """The latencies in one field: a number, or a list of turns of them; what is 0 or no number does not count."""
    if isinstance(value, list):
        numbers = [item for turn in value for item in turn] if all(isinstance(turn, list) for turn in value) else []
    else:
        numbers = [value]
    return (item for item in numbers if isinstance(item, (int, float)) and item)


def _cells(model: _Model) -> dict[str, float | str]:
    """Everything a column can show of a model: fractions as numbers, the rest as text."""
    scores = {name: model.score(name) for name in (*CATEGORIES, *CONFIGURATIONS)}
    for name, (combine, parts) in _FIGURES.items():
        scores[name] = combine([scores[part] for part in parts])
    shown: dict[str, float | str] = {name: s.value if s.complete else ABSENT for name, s in scores.items()}
    shown |= {f"{_FILLED}{name}": scores[name].value for name in _FIGURES}
    return shown | _format_cells(model) | _latency_cells(model.latencies) | {"unknown": ABSENT}


def _format_cells(model: _Model) -> dict[str, float | str]:
    accuracies = [model.score(name).value for name in CONFIGURATIONS if name in model.judged]
    if not accuracies:
        return {"format max delta": ABSENT, "format deviation": ABSENT}
    deviation = statistics.stdev(accuracies) if len(accuracies) > 1 else 0.0
    delta = max(accuracies) - min(accuracies)
    return {"format max delta": str(round(delta * 100, 2)), "format deviation": str(round(deviation * 100, 2))}


def _latency_cells(seconds: Sequence[float]) -> dict[str, float | str]:
    names = ("cost", "latency mean", "latency deviation", "latency 95th")
    if len(seconds) < 2:  # upstream fails on a single one
        return dict.fromkeys(names, ABSENT)
    hours = sum(seconds) / 3600
    figures = (
        hours * DOLLARS_AN_HOUR / AT_A_TIME,
        statistics.fmean(seconds),
        statistics.stdev(seconds),
        _percentile_95(seconds),
    )
    return {name: str(round(figure, 2)) for name, figure in zip(names, figures, strict=True)}


def _percentile_95(values: Sequence[float]) -> float:
    """The 95th percentile, linear between the two nearest values."""
    ordered = sorted(values)
    place = 0.95 * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _table(columns: Mapping[str, str], models: Mapping[str, Mapping[str, float | str]], names_model: bool) -> str:
    first = next(iter(columns.values()))
    ranked = sorted(models, key=lambda name: _rank(models[name][first]), reverse=True)
    lines = [["Rank", *([] if names_model else ["Model"]), *columns]]
    for place, name in enumerate(ranked, 1):
        plain = name.replace(",", " ").replace("\n", " ")  # the format knows no quotes
        cells = {**models[name], "model": plain}
        row = [_text(cells[column]) for column in columns.values()]
        lines.append([str(place), *([] if names_model else [plain]), *row])
    return "\n".join(map(",".join, lines))


def _rank(cell: float | str) -> float:
    return -1.0 if cell == ABSENT else float(cell)


def _text(cell: float | str) -> str:
    return cell if isinstance(cell, str) else f"{cell * 100:.2f}%"
