"""The settings of Sim-RL. As TOML, with the paper's values, which are the defaults::

    [student-simrl]
    reward = "sim"                  # or "binary", "toolrl", "0.8*sim+0.2*binary"
    profile = "robust"              # or "star": the released reward, bit for bit
    epochs = 3                      # or steps = 400: optimizer steps
    prompts = 128                   # of one rollout, each answered ``samples`` times
    samples = 8
    updates = 8                     # optimizer steps that one rollout is used for
    learning_rate = 3e-7
    kl = 1e-3
    filter = { low = 0.01, high = 0.99, refills = 4 }

The batch of one optimizer step is prompts · samples / updates answers; how it is cut into what fits the memory is the
hardware's affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starbench.errors import InputError


@dataclass(frozen=True, slots=True)
class FilterConfig:
    """Which groups of answers teach something; see :mod:`starbench_train.rl.filtering`.

    Args:
        low, high: a group is kept where the mean of its answer scores lies strictly between.
        spread: … and its best and worst score lie further apart than this.
        format_errors: keep a group of worthless answers too, where some broke the format and others did not.
        refills: how many times further prompts are answered in place of groups that were dropped; 0 only masks them.
    """

    low: float = 0.01
    high: float = 0.99
    spread: float = 0.0
    format_errors: bool = True
    refills: int = 4


@dataclass(frozen=True, slots=True)
class RLConfig:
    """One stage of Sim-RL; see the top of this module.

    Args:
        steps: optimizer steps; None: ``epochs`` times over the rows.
        reasoning: ``required`` makes closed reasoning part of the format.
        dialect: how answers write calls; ``auto``: as the prompt shows, else as found.
        decay: the learning rate at the end, as a share of that at the beginning.
        loss: TRL's name of how tokens are averaged; ``dapo``: over all tokens of a step, ``bnpo``: in a micro-batch.
        generation_batch: answers that are sampled at once; None: all of a rollout.
        evaluate_every: score ``evaluate_rows`` held-out rows every so many steps; 0: never.
        save_every: steps between checkpoints, from which a killed stage goes on.
    """

    reward: str = "sim"
    profile: str = "robust"
    reasoning: Literal["optional", "required"] = "optional"
    dialect: str = "auto"
    steps: int | None = None
    epochs: float = 3.0
    prompts: int = 128
    samples: int = 8
    updates: int = 8
    learning_rate: float = 3e-7
    warmup: float = 0.03
    decay: float = 0.1
    weight_decay: float = 1e-4
    betas: tuple[float, ...] = (0.9, 0.95)
    clip_gradient: float = 1.0
    kl: float = 1e-3
    clip: float = 0.2
    loss: Literal["dapo", "bnpo", "grpo", "dr_grpo"] = "dapo"
    temperature: float = 1.0
    top_p: float = 1.0
    max_completion: int = 512
    generation_batch: int | None = None
    filter: FilterConfig = FilterConfig()
    evaluate_every: int = 0
    evaluate_rows: int = 64
    save_every: int = 50
    log_every: int = 1
    keep_checkpoints: int = 2

    def checked(self, where: str) -> RLConfig:
        """Itself; InputError where numbers do not go together. ``where`` is its name in messages."""
        for name in ("prompts", "samples", "updates", "max_completion", "save_every", "log_every"):
            if getattr(self, name) < 1:
                raise InputError(f"the setting {where}.{name} is at least 1, not {getattr(self, name)}")
        if self.samples < 2:
            raise InputError(
                f"the setting {where}.samples is at least 2: an answer is compared with others of its group"
            )
        if self.prompts * self.samples % self.updates:
            raise InputError(
                f"{where}: {self.prompts} prompts with {self.samples} samples cannot be cut into {self.updates} equal "
                "updates; choose updates that divide their product"
            )
        if not self.filter.low < self.filter.high:
            raise InputError(f"{where}.filter: low ({self.filter.low}) lies below high ({self.filter.high})")
        if len(self.betas) != 2:
            raise InputError(f"the setting {where}.betas is two numbers, not {len(self.betas)}")
        return self
