"""One prediction and a benchmark give one scored row; the rest of the room is about many of them.

Example::

    grader = Grader(load_benchmark("bfcl"), Settings(grading="official"))
    grader(Prediction("preds.jsonl", 1, "mine", "simple_python_0", "output", "[…]")).valid
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starbench.benchmarks import Benchmark
from starbench.benchmarks.base import is_inference_error
from starbench.errors import InputError, UnknownNameError, family
from starbench.predictions import BadRow, Prediction
from starbench.scoring.explain import explain
from starbench.scoring.files import json_line
from starbench.scoring.rows import ScoredRow, details
from starbench.types import Case, Verdict


@dataclass(frozen=True, slots=True)
class Settings:
    """How answers are judged, and whether each row gets its ``lines`` of ``scores.jsonl``, failures ``explained``."""

    grading: str = "official"
    profile: str = "robust"
    lines: bool = False
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Grader:
    """Judges one prediction after another; what cannot be judged comes back as a bad row. Never raises on answers."""

    benchmark: Benchmark
    settings: Settings

    def __call__(self, prediction: Prediction | BadRow) -> ScoredRow | BadRow:
        """Judge one prediction; a bad row passes through."""
        if isinstance(prediction, BadRow):
            return prediction
        try:
            case = getattr(self.benchmark, "bare_case", self.benchmark.case)(prediction.id)
            verdict = self.verdict(prediction)
        except (UnknownNameError, InputError) as problem:
            return BadRow(prediction.file, prediction.row, str(problem), prediction.id)
        return self._row(prediction, case, verdict)

    def verdict(self, prediction: Prediction, grading: str | None = None) -> Verdict:
        """The benchmark's verdict on a prediction; UnknownNameError for an unknown id or dialect."""
        return self.benchmark.grade(
            prediction.id,
            prediction.answer,
            dialect=prediction.dialect or "auto",
            grading=grading or self.settings.grading,
            profile=self.settings.profile,
        )

    def _row(self, prediction: Prediction, case: Case, verdict: Verdict) -> ScoredRow:
        output = verdict.output or self.benchmark.read(case.id, prediction.answer, prediction.dialect or "auto")
        row = ScoredRow(
            model=prediction.model,
            id=case.id,
            benchmark=self.benchmark.name,
            category=case.category,
            valid=verdict.valid,
            error=verdict.error,
            similarity=float(verdict.similarity),
            dialect=output.dialect,
            message=verdict.message,
            infrastructure=family(verdict.error) == "infrastructure" or is_inference_error(prediction.answer),
            file=prediction.file,
            row=prediction.row,
            figures=verdict.figures,
        )
        if not self.settings.lines:
            return row
        parts = verdict.similarity.parts
        explanation = explain(parts) if self.settings.explained and not verdict.valid else []
        # made here, where several processes can share the work
        return row._replace(line=json_line(row.record() | details(output, case.expected, parts, explanation)))


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a process makes its grader: picklable, so that each worker loads the benchmark itself."""

    load: Callable[[], Benchmark]
    settings: Settings

    def __call__(self) -> Grader:
        """Load the benchmark and make the grader."""
        return Grader(self.load(), self.settings)
