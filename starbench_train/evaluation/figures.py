"""What a model comes to on the held-out rows, and two of them compared.

model_figures(…)   {"rows": 300, "accuracy": 0.44, "interval": [0.39, 0.5], "similarity": 0.79, "format": 1.0,
                    "mean@8": 0.38, "pass@8": 0.61, "entropy": 0.14, "length": 13.2}
compared(…)        {"before": "base", "after": "student-simrl", "fixed": 61, "broken": 22, "p": 1.9e-05,
                    "accuracy": [0.13, 0.07, 0.19], "similarity": [0.08, 0.05, 0.11], "similarity_p": 0.0001}
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from starbench.reports.comparison import Side, compare_runs
from starbench.reports.scored_run import ScoredRun
from starbench.statistics import pass_at, wilson
from starbench_train.judging import Judge


def model_figures(
    greedy: Sequence[Mapping[str, Any]], samples: Sequence[Mapping[str, Any]], judge: Judge
) -> dict[str, Any]:
    """The figures of one model from its greedy answers and, where there are some, its sampled ones."""
    judged = [judge(row["id"], row["output"]) for row in greedy]
    correct, count = sum(one.valid for one in judged), len(judged)
    found: dict[str, Any] = {
        "rows": count,
        "correct": correct,
        "accuracy": correct / count,
        "interval": list(wilson(correct, count)),
        "similarity": math.fsum(one.similarity for one in judged) / count,
        "format": sum(one.form for one in judged) / count,
        "categories": _by_category(greedy, [one.valid for one in judged]),
    }
    return found | (_sampled(samples, judge) if samples else {})


def _sampled(samples: Sequence[Mapping[str, Any]], judge: Judge) -> dict[str, Any]:
    tries = len(samples[0]["answers"])
    judged = [[judge(row["id"], text) for text in row["answers"]] for row in samples]
    right = [sum(one.valid for one in several) for several in judged]
    every = [one for several in judged for one in several]
    entropies = [row["entropy"] for row in samples if row.get("entropy") is not None]
    return {
        f"mean@{tries}": sum(right) / len(every),
        f"pass@{tries}": math.fsum(pass_at(tries, count, tries) for count in right) / len(right),
        "sampled_similarity": math.fsum(one.similarity for one in every) / len(every),
        "sampled_format": sum(one.form for one in every) / len(every),
        "entropy": math.fsum(entropies) / len(entropies) if entropies else None,
        "length": math.fsum(row["length"] for row in samples) / len(samples),
    }


def _by_category(rows: Sequence[Mapping[str, Any]], valid: Sequence[bool]) -> dict[str, list[int]]:
    """Category -> [right, all]."""
    found: dict[str, list[int]] = {}
    for row, right in zip(rows, valid, strict=True):
        counts = found.setdefault(row["category"], [0, 0])
        counts[0] += right
        counts[1] += 1
    return found


def compared(run: ScoredRun, before: str, after: str, scores: ScoredRun | None = None) -> dict[str, Any]:
    """Two models on the same cases: exact McNemar's test of the verdicts, a permutation test of the similarities.

    ``after`` is looked for in ``scores`` where that is given, else in the same run.
    """
    found = compare_runs(Side(run, before, before), Side(scores or run, after, after))
    total = found.total
    return {
        "before": before,
        "after": after,
        "rows": total.n,
        "fixed": total.fixed,
        "broken": total.broken,
        "p": total.p,
        "accuracy": [total.accuracy.value, total.accuracy.low, total.accuracy.high],
        "similarity": [total.similarity.value, total.similarity.low, total.similarity.high],
        "similarity_p": found.similarity_p,
    }
