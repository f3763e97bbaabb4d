"""The settings of distillation. As TOML, with the paper's values, which are the defaults::

    [cache-teacher]
    k = 100                # the teacher's likeliest tokens, of every token of an answer
    mass = 1.0             # 0.999: only as many of the k as hold so much of the probability, a tenth of the disk

    [ckd]
    loss = "ckd"           # or "fkl", "rkl", "akl", "jsd", "tail", "sft"
    lam = 10.0             # weight of the student's own top m outside the teacher's top k
    m = 100
    epochs = 1.0           # or steps = 400
    batch = 128            # answers of an optimizer step, whatever the hardware holds at a time
    learning_rate = 3e-6

The objective's settings stand beside the others; :mod:`starbench_train.distill.objective` says what they mean.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from starbench.errors import InputError
from starbench_train.distill.objective import Loss, Objective, Renormalise, Tail


@dataclass(frozen=True, slots=True)
class CacheConfig:
    """How the teacher's likeliest tokens are stored.

    Args:
        k: tokens of each position.
        mass: below 1, the fewest of the k tokens that hold this much probability.
        source: who runs the teacher: ``transformers``, ``vllm`` in this process, or a vLLM ``server``; ``auto``: the
            server where one is named, else vLLM where it is installed, else transformers.
        server: address of a vLLM server that serves the teacher, as ``http://127.0.0.1:8000``; it must be started with
            ``--max-logprobs`` of at least k.
        served: the teacher's name on that server; None: the first that it lists.
        shard_rows: rows of one file; what is lost when the command is stopped is at most one of them.
        batch: answers that the teacher scores at a time; None: as the hardware says.
    """

    k: int = 100
    mass: float = 1.0
    source: Literal["auto", "transformers", "vllm", "server"] = "auto"
    server: str | None = None
    served: str | None = None
    shard_rows: int = 1024
    batch: int | None = None

    def checked(self, where: str) -> CacheConfig:
        """Itself; InputError where a number makes no sense. ``where`` is its name in messages."""
        for name in ("k", "shard_rows"):
            if getattr(self, name) < 1:
                raise InputError(f"the setting {where}.{name} is at least 1, not {getattr(self, name)}")
        if not 0 < self.mass <= 1:
            raise InputError(f"the setting {where}.mass is above 0 and at most 1, not {self.mass}")
        if self.source == "server" and not self.server:
            raise InputError(f'{where}: source = "server" needs the address of a vLLM server as {where}.server')
        return self


@dataclass(frozen=True, slots=True)
class DistillConfig:
    """One stage of distillation; see the top of this module.

    Args:
        teacher: where the teacher's tokens come from: the ``cache`` that stage cache-teacher wrote, or the model itself
            ``online``; ``auto``: the cache where that stage is part of the recipe. ``sft`` needs neither.
        k, mass: of an online teacher, as in [cache-teacher].
        steps: optimizer steps; None: ``epochs`` times over the rows.
        decay: the learning rate at the end, as a share of that at the beginning.
        pack: put short answers one behind another, each seeing only itself; changes the speed alone.
        chunk: tokens that go through the language-model head at a time.
        compile: whether torch.compile makes the model's layers faster.
        evaluate_every: score ``evaluate_rows`` held-out rows every so many steps; 0: never.
        save_every: steps between checkpoints, from which a killed stage goes on.
    """

    loss: Loss = "ckd"
    lam: float = 10.0
    m: int = 100
    tail: Tail = "topm"
    renormalise: Renormalise = "none"
    temperature: float = 1.0
    kd_weight: float = 1.0
    beta: float = 0.5
    akl_head: float = 0.5
    akl_detach: bool = False
    teacher: Literal["auto", "cache", "online"] = "auto"
    k: int = 100
    mass: float = 1.0
    steps: int | None = None
    epochs: float = 1.0
    batch: int = 128
    learning_rate: float = 3e-6
    warmup: float = 0.03
    decay: float = 0.1
    weight_decay: float = 1e-4
    betas: tuple[float, ...] = (0.9, 0.95)
    clip_gradient: float = 1.0
    pack: bool = True
    chunk: int = 256
    compile: bool = False
    evaluate_every: int = 0
    evaluate_rows: int = 64
    max_completion: int = 512
    save_every: int = 50
    log_every: int = 10
    keep_checkpoints: int = 2

    @property
    def objective(self) -> Objective:
        """The loss with its weights; ValueError where they make no sense."""
        return Objective(**{field.name: getattr(self, field.name) for field in fields(Objective)})

    @property
    def collapses(self) -> bool:
        """Whether the loss is known to drive the student away from the teacher's tokens: truncated reverse KL."""
        return self.loss == "rkl" and self.renormalise == "none"

    @property
    def needs_teacher(self) -> bool:
        """Whether the loss looks at a teacher at all."""
        return self.loss != "sft" and self.kd_weight > 0

    def checked(self, where: str) -> DistillConfig:
        """Itself; InputError where settings do not go together. ``where`` is its name in messages."""
        try:
            _ = self.objective
        except ValueError as problem:
            raise InputError(f"[{where}] {problem}") from None
        for name in ("k", "batch", "chunk", "save_every", "log_every", "max_completion"):
            if getattr(self, name) < 1:
                raise InputError(f"the setting {where}.{name} is at least 1, not {getattr(self, name)}")
        if not 0 < self.mass <= 1:
            raise InputError(f"the setting {where}.mass is above 0 and at most 1, not {self.mass}")
        if len(self.betas) != 2:
            raise InputError(f"the setting {where}.betas is two numbers, not {len(self.betas)}")
        return self
