"""Stages, models and comparisons of a run as rows of text, for every form of the report.

stage_table(report)   [["ckd", "distil the student", "finished", "1:21", "loss 2.1 → 0.3"], …]
model_table(report)   (["model", "right", "95 %", "similarity", …], [["base", "41.3 %", "35.8–47.0", "0.790"], …])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starbench_train.report.collect import Report

STAGE_HEAD = ("stage", "what it does", "state", "time", "figures")
COMPARISON_HEAD = (
    "after",
    "before",
    "gain in points (95 %)",
    "fixed",
    "broken",
    "p (McNemar)",
    "similarity (95 %)",
    "p",
)


def stage_table(report: Report) -> list[list[str]]:
    """A row a stage."""
    return [[s.name, s.what, s.state, time_text(s.seconds), said(s.figures)] for s in report.stages]


def said(figures: Mapping[str, Any]) -> str:
    """Figures in one line; a pair is a change from the first steps to the last."""
    return ", ".join(f"{name.removeprefix('starbench/')} {_number(value)}" for name, value in figures.items())


def _number(value: Any) -> str:
    if isinstance(value, (list, tuple)) and len(value) == 2:
        return f"{_number(value[0])} → {_number(value[1])}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "–" if value is None else str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def time_text(seconds: float) -> str:
    """Seconds as people read them, "" for none."""
    if not seconds:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def model_table(report: Report) -> tuple[list[str], list[list[str]]]:
    """Head and a row a model: greedy answers first, then what sampling shows."""
    models: Mapping[str, Mapping[str, Any]] = report.evaluation.get("models", {})
    tries = next((name.split("@")[1] for one in models.values() for name in one if name.startswith("pass@")), None)
    head = ["model", "right", "95 %", "similarity", "format"]
    head += [f"mean@{tries}", f"pass@{tries}", "entropy", "tokens"] if tries else []
    return head, [_model_row(label, one, tries) for label, one in models.items()]


def _model_row(label: str, one: Mapping[str, Any], tries: str | None) -> list[str]:
    low, high = one["interval"]
    row = [
        label,
        percent(one["accuracy"]),
        f"{100 * low:.1f}–{100 * high:.1f}",
        f"{one['similarity']:.3f}",
        percent(one["format"]),
    ]
    if tries is None:
        return row
    entropy = one.get("entropy")
    sampled = [percent(one.get(f"mean@{tries}")), percent(one.get(f"pass@{tries}"))]
    return [*row, *sampled, "–" if entropy is None else f"{entropy:.3f}", _number(one.get("length"))]


def comparison_table(comparisons: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """A row a comparison, gains in percentage points."""
    return [
        [
            one["after"],
            one["before"],
            _interval([100 * value for value in one["accuracy"]], 1),
            str(one["fixed"]),
            str(one["broken"]),
            p_value(one["p"]),
            _interval(one["similarity"], 3),
            p_value(one["similarity_p"]),
        ]
        for one in comparisons
    ]


def _interval(values: Sequence[float], digits: int) -> str:
    value, low, high = (f"{number:+.{digits}f}" for number in values)
    return f"{value} ({low} to {high})"


def percent(share: float | None) -> str:
    """A share as people read it."""
    return "–" if share is None else f"{100 * share:.1f} %"


def p_value(p: float) -> str:
    """A p-value with two digits, very small ones by their bound."""
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def _compared(p: float) -> str:
    written = p_value(p)
    return written if written.startswith("<") else f"= {written}"


def verdict(report: Report) -> str:
    """The run in one sentence; empty without a comparison."""
    comparisons = report.evaluation.get("comparisons", [])
    if not comparisons:
        return ""
    one = comparisons[0]
    gain, _, _ = one["accuracy"]
    way = "better than" if gain > 0 else "worse than" if gain < 0 else "as good as"
    sure = "chance is an unlikely explanation" if one["p"] < 0.05 else "chance explains that as well"
    return (
        f"On {one['rows']} held-out rows {one['after']} is {way} {one['before']}, {100 * gain:+.1f} points "
        f"({one['fixed']} fixed, {one['broken']} broken, p {_compared(one['p'])}): {sure}."
    )
