"""The settings of the stages that only read a model: collecting answers and evaluating.

[rollout]
samples = 8                # answers to each prompt, at temperature 1
min_similarity = 0.8       # what is kept: of good form, and at least so similar to what was expected

[evaluate]
rows = 300                 # of the held-out rows; None: all
samples = 8                # for pass@k; 0: only greedy
benchmark = "bfcl"         # also ask every student a benchmark
categories = ["simple_python"]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from starbench.errors import InputError


@dataclass(frozen=True, slots=True)
class RolloutConfig:
    """How the teacher's answers are sampled and which are kept.

    Args:
        rows: of the training rows, at most so many; None: all.
        per_prompt: keep at most so many different answers to a prompt, the best first; None: all.
        reward, profile, reasoning: who judges, as in Sim-RL.
    """

    samples: int = 8
    temperature: float = 1.0
    top_p: float = 1.0
    max_completion: int = 512
    min_similarity: float = 0.8
    per_prompt: int | None = None
    rows: int | None = None
    batch: int | None = None
    reward: str = "sim"
    profile: str = "robust"
    reasoning: Literal["optional", "required"] = "optional"
    dialect: str = "auto"

    def checked(self, where: str) -> RolloutConfig:
        """Itself; InputError where a number makes no sense. ``where`` is its name in messages."""
        _at_least(1, self, where, "samples", "max_completion", "per_prompt", "rows", "batch")
        if self.temperature <= 0 and self.samples > 1:
            raise InputError(
                f"{where}: at temperature 0 all {self.samples} samples are alike; raise it, or set samples = 1"
            )
        return self


@dataclass(frozen=True, slots=True)
class EvaluateConfig:
    """How students are compared.

    Args:
        rows: of the held-out rows, at most so many; None: all.
        samples: sampled answers to each row beside the greedy one, for pass@k, similarity and entropy; 0: none.
        teacher: evaluate the teacher, too.
        benchmark, categories, limit: a benchmark that base and final student are asked, by ``starbench run``.
    """

    rows: int | None = None
    samples: int = 8
    temperature: float = 1.0
    max_completion: int = 512
    batch: int | None = None
    teacher: bool = True
    profile: str = "robust"
    dialect: str | None = None
    benchmark: str | None = None
    categories: tuple[str, ...] = ()
    limit: int | None = None

    def checked(self, where: str) -> EvaluateConfig:
        """Itself; InputError where a number makes no sense. ``where`` is its name in messages."""
        _at_least(1, self, where, "max_completion", "rows", "batch", "limit")
        _at_least(0, self, where, "samples")
        return self


def _at_least(least: int, settings: Any, where: str, *names: str) -> None:
    """Each of the named settings, where it is given, is at least that."""
    for name in names:
        value = getattr(settings, name)
        if value is not None and value < least:
            raise InputError(f"the setting {where}.{name} is at least {least}, not {value}")
