"""What is watched while a model is trained: its metrics, and how it does on rows that it never sees.

A line of ``metrics.jsonl``, of which there is one every ``log_every`` steps, and one for each look at held-out rows::

    {"step": 40, "loss": 0.02, "reward": 0.61, "starbench/format": 1.0, "starbench/calls": 0.61, "filter/kept": 0.58,
     "entropy": 0.14, "completions/mean_length": 21.5, "similarity/train": 0.61, "kl": 0.001, "step_time": 0.9}
    {"step": 40, "held_out/accuracy": 0.44, "held_out/similarity": 0.79, "held_out/rows": 64}
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from starbench_train.curriculum.processes import is_main
from starbench_train.curriculum.state import StageContext
from starbench_train.errors import TrainingError

PASSED_OVER = ("epoch", "num_tokens", "total_flos", "train_")
"""Beginnings of the names of figures that say nothing about a step."""


class Metrics(TrainerCallback):  # type: ignore[misc]
    """Hands the trainer's figures to the stage, moves its progress on, and ends it where a figure is no number."""

    def __init__(self, context: StageContext, shown: str = "reward") -> None:
        self._context, self._shown = context, shown

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **_: Any) -> None:
        """One line of metrics."""
        figures = {
            name: value
            for name, value in (logs or {}).items()
            if isinstance(value, (int, float)) and not name.startswith(PASSED_OVER)
        }
        if "loss" not in figures:
            return
        for name in ("loss", "grad_norm"):
            if not math.isfinite(figures.get(name, 0.0)):
                raise TrainingError.at(
                    self._context.name,
                    f"{name} is not a number at step {state.global_step}",
                    f"the same command goes on from the last checkpoint; lower [{self._context.name}] learning_rate, "
                    "or use dtype float32 in [hardware]",
                )
        self._context.log({"step": state.global_step} | figures)
        if self._shown in figures:
            self._note = f"{self._shown} {figures[self._shown]:.3f}"

    _note = ""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """One step of the progress."""
        self._context.step(note=self._note)


class HeldOut(TrainerCallback):  # type: ignore[misc]
    """Scores held-out rows every so many steps.

    ``score`` answers them with the model as it is and gives the figures.
    """

    def __init__(self, context: StageContext, every: int, score: Callable[[Any], Mapping[str, float]]) -> None:
        self._context, self._every, self._score = context, every, score

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Before the first step, to compare with."""
        if state.global_step == 0:
            self._look(state, model)

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Every so many steps, and at the end."""
        if state.global_step % self._every == 0 or state.global_step == state.max_steps:
            self._look(state, model)

    def _look(self, state: Any, model: Any) -> None:
        figures = self._score(model)
        self._context.log({"step": state.global_step} | {f"held_out/{name}": value for name, value in figures.items()})


def resume_point(context: StageContext) -> str | None:
    """The newest whole checkpoint of the stage, None where there is none; torn ones are removed.

    The trainer's state is the last file that is written into a checkpoint, so one without it is what a killed process
    or a full disk left.
    """
    found = sorted(context.checkpoints.glob("checkpoint-*"), key=lambda path: -int(path.name.rsplit("-", 1)[1]))
    for path in found:
        if _is_whole(path):
            return str(path)
        if is_main():
            shutil.rmtree(path)
    return None


def _is_whole(checkpoint: Path) -> bool:
    try:
        state = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(state, dict) and f"checkpoint-{state.get('global_step')}" == checkpoint.name
