"""Distillation on transformers' Trainer, which does all but the loss: batches, precision, processes, checkpoints.

    trainer = DistillTrainer(model=student, args=arguments(…), train_dataset=rows, data_collator=collator, …)
    trainer.train(resume_from_checkpoint=…)

A line of figures, every ``log_every`` steps::

    {"step": 40, "loss": 0.31, "grad_norm": 1.2, "learning_rate": 0.001, "kl": 0.21, "mass_k": 0.97, "mass_m": 0.01,
     "mass_deep": 0.02, "entropy": 0.4, "cross_entropy": 0.5, "agreement": 0.93, "tokens_per_second": 8100.0}

transformers' Trainer and not TRL's SFTTrainer: rows come as tokens with a mask (:mod:`starbench_train.data.template`),
so nothing of what SFTTrainer adds would be used. The loss of a step is the mean over all its tokens, on all processes.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from transformers import Trainer, TrainingArguments

from starbench_train import finetuning
from starbench_train.distill.fused import has_closed_form
from starbench_train.distill.student import FIGURES, named_figures
from starbench_train.distill.teacher import ModelTeacher
from starbench_train.errors import TrainingError

if TYPE_CHECKING:
    from starbench_train.distill.config import DistillConfig
    from starbench_train.hardware import Hardware

OBSERVED = 2048
"""Places of a micro-batch that the figures are taken from, at most; the loss is of all of them."""


class DistillTrainer(Trainer):  # type: ignore[misc]
    """A Trainer whose model answers with its loss (:func:`starbench_train.distill.student.distilling`).

    ``teacher`` is asked for its tokens where the batches have none; ``stage`` is named in errors.
    """

    def __init__(self, *, stage: str, teacher: ModelTeacher | None = None, scored: bool = False, **named: Any) -> None:
        super().__init__(**named)
        self.model_accepts_loss_kwargs = True  # the loss is divided by the tokens of a step, not by micro-batches
        self._stage, self._teacher, self._with_teacher = stage, teacher, scored or teacher is not None
        self._sums: Tensor | None = None
        self._tokens, self._since = 0, time.monotonic()

    def get_batch_samples(
        self, epoch_iterator: Iterator[dict[str, Tensor]], num_batches: int, device: torch.device
    ) -> tuple[list[dict[str, Tensor]], Tensor]:
        """The micro-batches of a step, and how many tokens are learnt in it, on all processes."""
        batches = list(itertools.islice(epoch_iterator, num_batches))
        count = torch.tensor([sum(len(batch["targets"]) for batch in batches)], device=device)
        return batches, self.accelerator.gather(count).sum()

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | None = None,
    ) -> Any:
        """The loss of a micro-batch, as its share of the step's mean."""
        if self._teacher is not None:
            found = self._teacher.at(inputs["input_ids"], inputs["position_ids"], inputs["places"])
            inputs = {**inputs, "teacher_ids": found.ids, "teacher_logps": found.logps}
        divisor = len(inputs["targets"]) if num_items_in_batch is None else num_items_in_batch
        inputs = {**inputs, "divisor": divisor, "observe": OBSERVED if self._logs_this_step() else 0}
        loss, outputs = super().compute_loss(model, inputs, True, num_items_in_batch)
        self._tokens += int(inputs["tokens"])
        if "figures" in outputs:
            self._sums = outputs["figures"] if self._sums is None else self._sums + outputs["figures"]
        if not math.isfinite(loss.item()):
            raise finetuning.no_number(self._stage, self.state.global_step + 1)
        return (loss, outputs) if return_outputs else loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Add what was observed since the last line."""
        if "loss" in logs:
            now = time.monotonic()
            counts = torch.tensor([float(self._tokens)], device=self.args.device)
            logs["tokens_per_second"] = self.accelerator.reduce(counts).item() / max(now - self._since, 1e-9)
            if self._sums is not None:
                sums = self.accelerator.reduce(self._sums.to(self.args.device))
                logs |= named_figures(sums, self._with_teacher)
            self._sums, self._tokens, self._since = None, 0, now
        super().log(logs, start_time)

    def _logs_this_step(self) -> bool:
        step = self.state.global_step + 1
        return step % int(self.args.logging_steps) == 0 or step in (1, self.state.max_steps)


def steps_of(config: DistillConfig, rows: int) -> int:
    """Optimizer steps of the stage: as set, or as many as its epochs come to."""
    return config.steps or max(1, math.ceil(config.epochs * rows / config.batch))


def arguments(
    config: DistillConfig, hardware: Hardware, checkpoints: Path, rows: int, seed: int, where: str
) -> TrainingArguments:
    """The settings as those of transformers' Trainer."""
    batch, accumulation = hardware.steps(config.batch)
    made = TrainingArguments(
        output_dir=str(checkpoints),
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        logging_first_step=True,
        save_steps=config.save_every,
        label_names=["targets"],
        **finetuning.arguments(config, hardware, steps_of(config, rows), seed),
    )
    made._n_gpu = min(made.n_gpu, 1)  # several GPUs have a process each; a batch is not to be cut along its lines
    zero = getattr(made, "deepspeed_plugin", None)
    if zero is not None and zero.zero_stage == 3 and not has_closed_form(config.objective):
        raise TrainingError.at(
            where,
            f"DeepSpeed's stage 3 takes the head apart before the loss {config.loss!r} is computed again",
            "use stage 1 or 2, or FSDP",
        )
    return made


def summary(lines: list[Mapping[str, Any]]) -> dict[str, Any]:
    """What the table of stages says: figures at the beginning and at the end, and tokens a second in the middle."""
    lines = [line for line in lines if "loss" in line]
    if not lines:
        return {}
    names = ("loss", *FIGURES)
    speeds = sorted(line["tokens_per_second"] for line in lines if line.get("tokens_per_second"))
    return {
        "steps": lines[-1]["step"],
        "tokens_per_second": round(speeds[len(speeds) // 2]) if speeds else None,
        **{name: [_rounded(lines[0].get(name)), _rounded(lines[-1].get(name))] for name in names if name in lines[-1]},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)
