"""A benchmark asked of a model by ``starbench run``, and the answers of two models compared.

ask_benchmark(context, "runs/a/05-student-simrl/model", "student-simrl", settings)
->  benchmark/student-simrl/scores.jsonl, summary.json, as of any other run
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starbench_train.curriculum.config import EvaluateConfig
    from starbench_train.curriculum.state import StageContext


def ask_benchmark(context: StageContext, path: str, label: str, settings: EvaluateConfig) -> Path:
    """The folder of the scored run; what was answered before is not asked again."""
    from starbench.runner import read_settings
    from starbench.runner.run import run

    folder = context.folder / "benchmark" / label
    hardware = context.hardware
    options: dict[str, Any] = {} if hardware.vllm else {"device": hardware.device, "dtype": hardware.dtype}
    if settings.batch and not hardware.vllm:
        options["batch"] = settings.batch
    chosen: list[tuple[str, Any]] = [
        ("out", str(folder)),
        ("model.name", path),
        ("model.label", label),
        ("model.backend", "vllm" if hardware.vllm else "transformers"),
        ("model.options", options),
        ("cases.benchmark", settings.benchmark),
        ("cases.categories", list(settings.categories)),
        ("sampling.max_tokens", settings.max_completion),
        ("scoring.profile", settings.profile),
    ]
    if settings.limit is not None:
        chosen.append(("cases.limit", settings.limit))
    run(read_settings(None, chosen), _Asked(context, f"{settings.benchmark} asked of {label}"))
    return folder


class _Asked:
    """The progress of ``starbench run`` as that of the stage."""

    def __init__(self, context: StageContext, what: str) -> None:
        self._context, self._what = context, what

    def begin(self, done: int, total: int) -> None:
        """So many answers are wanted, of which some are there."""
        self._context.begin(self._what, total, done)

    def step(self, failure: str | None) -> None:
        """One more answer, or none."""
        self._context.step(note=failure or "")
