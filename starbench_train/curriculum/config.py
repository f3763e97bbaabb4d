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
    reasoning: str = "optional"
    dialect: str = "auto"


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
