"""How models that are made from scratch learn their first words: the settings of stage ``base``.

[base.student]
steps = 400
learning_rate = 3e-3
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PretrainConfig:
    """Next-token training on ``rows`` rows of the training data (None for all), ``batch`` of them a step."""

    steps: int = 600
    batch: int = 64
    learning_rate: float = 3e-3
    warmup: int = 50
    weight_decay: float = 0.01
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class BaseConfig:
    """Both models; those that are not ``tiny:…`` are left as they are."""

    teacher: PretrainConfig = PretrainConfig()
    student: PretrainConfig = PretrainConfig()
