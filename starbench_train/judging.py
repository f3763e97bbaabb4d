"""Answers to training rows, judged by starbench: strict verdict, similarity, and whether the form is kept.

judge = Judge(rows)
judge("tiny-3", '<tool_call>{"name": "ship", "arguments": {"count": 3}}</tool_call>')
->  Judged(valid=False, similarity=0.667, form=True, error="argument:missing")
figures(judged)       {"accuracy": 0.41, "similarity": 0.78, "format": 0.99, "rows": 300.0}
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from starbench.reward import SimReward
from starbench_train.data.rows import TrainingRow, as_benchmark
from starbench_train.generation import Sampling, Writer, answers


class Judged(NamedTuple):
    """What one answer is worth; ``error`` is a code of strict grading, None where the answer is right."""

    valid: bool
    similarity: float
    form: bool
    error: str | None


class Judge:
    """Judges answers to ``rows`` under a profile; ``dialect`` None finds the written form by itself."""

    def __init__(self, rows: Sequence[TrainingRow], profile: str = "robust", dialect: str | None = None) -> None:
        self._cases = as_benchmark(rows)
        self._profile, self._dialect = profile, dialect or "auto"
        self._reward = SimReward(dialect=self._dialect)

    def __call__(self, id: str, answer: str) -> Judged:
        """The judgement of an answer to the row ``id``."""
        verdict = self._cases.grade(id, answer, dialect=self._dialect, profile=self._profile)
        case = self._cases.case(id)
        form = self._reward(answer, case.expected, list(case.tools) or None).parts["format"] == 1.0
        return Judged(verdict.valid, float(verdict.similarity), form, verdict.error)


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """The means over answers."""
    count = len(judged)
    if not count:
        return {"rows": 0.0}
    return {
        "accuracy": sum(one.valid for one in judged) / count,
        "similarity": math.fsum(one.similarity for one in judged) / count,
        "format": sum(one.form for one in judged) / count,
        "rows": float(count),
    }


@dataclass(frozen=True, slots=True)
class HeldOutScore:
    """Answers ``rows`` greedily and judges the answers: the callback's score."""

    rows: Sequence[TrainingRow]
    prompts: Sequence[str]
    judge: Judge
    max_tokens: int

    def __call__(self, writer: Writer) -> Mapping[str, Any]:
        """The figures of the model behind ``writer``."""
        made = answers(writer, self.prompts, Sampling(temperature=0.0, max_tokens=self.max_tokens))
        return figures([self.judge(row.id, one[0].text) for row, one in zip(self.rows, made, strict=True)])
