"""How much work the stages of a recipe are, and about how long that takes on this machine.

    estimate(recipe, "ckd", hardware, sizes, Speed(flops=9e10, …))    Work(what="600 steps of 64 rows", seconds=95.0)

The rule is coarse: 6 operations for each parameter and token that is trained on, 2 for one that is only read, at a
share of the speed that a short matrix product shows; and a fixed time for each pass, which is what tiny models take. It
is meant to tell minutes from days.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starbench_train.config import Recipe
    from starbench_train.hardware import Hardware
    from starbench_train.models import ModelConfig

PROMPT, ANSWER = 0.25, 0.25
"""The usual length of prompts and answers, as a share of the longest that is allowed."""
EFFICIENCY = 0.5
PASS_SECONDS = {"cpu": 0.012, "cuda": 0.02}
"""What one pass through a model takes however small it is."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage has to do, in words, and about how many seconds that takes; None where it cannot be said."""

    what: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Speed:
    """Operations a second that this machine does, and seconds that a pass takes at least."""

    flops: float
    per_pass: float

    def training(self, parameters: int, tokens: float, passes: float) -> float:
        """Seconds to train on ``tokens``; forward and backward count as three passes."""
        return 6 * parameters * tokens / (self.flops * EFFICIENCY) + 3 * passes * self.per_pass

    def reading(self, parameters: int, tokens: float, passes: float) -> float:
        """Seconds to read ``tokens``."""
        return 2 * parameters * tokens / (self.flops * EFFICIENCY) + passes * self.per_pass


def measured_speed(hardware: Hardware) -> Speed:
    """The speed of a matrix product in the hardware's precision."""
    import torch

    size = 4096 if hardware.on_gpu else 768
    matrix = torch.randn(size, size, device=hardware.device, dtype=getattr(torch, hardware.dtype))
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < 0.3:
        float((matrix @ matrix)[0, 0])  # waits for the device
        done += 1
    flops = 2 * size**3 * done / (time.perf_counter() - started) * hardware.processes
    return Speed(flops, PASS_SECONDS["cuda" if hardware.on_gpu else "cpu"])


def model_size(config: ModelConfig | None) -> int | None:
    """The parameters of a model that can be looked at without a network; None otherwise."""
    if config is None:
        return None
    import torch
    import transformers

    from starbench_train.models import load_tokenizer, parameters

    try:
        if config.tiny is not None:
            from starbench_train.data.tiny_model import tiny_model

            return parameters(tiny_model(config.tiny, load_tokenizer(config)))
        if not Path(config.path).is_dir():
            return None
        shape = transformers.AutoConfig.from_pretrained(config.path)
        with torch.device("meta"):
            return parameters(transformers.AutoModelForCausalLM.from_config(shape))
    except (OSError, ValueError):
        return None


def estimate(recipe: Recipe, name: str, rows: int, sizes: Mapping[str, int | None], speed: Speed) -> Work:
    """The work of one stage; ``rows`` are those to train on, ``sizes`` the parameters of teacher and student."""
    if name in ("teacher-simrl", "student-simrl"):
        return _simrl(recipe, recipe.section(name), rows, sizes[name.removesuffix("-simrl")], speed)
    if name == "rollout":
        return _rollout(recipe, rows, sizes["teacher"], speed)
    if name in ("cache-teacher", "ckd"):
        return _distil(recipe, name, rows, sizes, speed)
    if name == "evaluate":
        return _evaluate(recipe, sizes["student"], speed)
    return _base(recipe, sizes, speed)


def _lengths(recipe: Recipe, completion: int) -> tuple[float, float]:
    return PROMPT * recipe.data.max_prompt, ANSWER * completion


def _simrl(recipe: Recipe, settings: Any, rows: int, parameters: int | None, speed: Speed) -> Work:
    from starbench_train.rl.arguments import steps_of

    steps = steps_of(settings, rows)
    rollouts = steps / settings.updates
    answers = rollouts * settings.prompts * settings.samples
    what = f"{steps} steps, {answers:,.0f} answers to {settings.prompts} prompts at a time"
    if parameters is None:
        return Work(what, None)
    prompt, answer = _lengths(recipe, settings.max_completion)
    writing = speed.reading(parameters, 2 * answers * (prompt + answer), 2 * rollouts * settings.max_completion)
    return Work(what, writing + speed.training(parameters, 1.3 * answers * (prompt + answer), steps))


def _rollout(recipe: Recipe, rows: int, parameters: int | None, speed: Speed) -> Work:
    settings = recipe.rollout
    count = min(rows, settings.rows or rows)
    answers = count * settings.samples
    what = f"{settings.samples} answers to each of {count:,} prompts"
    if parameters is None:
        return Work(what, None)
    prompt, answer = _lengths(recipe, settings.max_completion)
    passes = answers / (settings.batch or 128) * settings.max_completion
    return Work(what, speed.reading(parameters, answers * (prompt + answer), passes))


def _distil(recipe: Recipe, name: str, rows: int, sizes: Mapping[str, int | None], speed: Speed) -> Work:
    kept = rows * (recipe.rollout.samples // 2 or 1 if "rollout" in recipe.stages else 1)
    per_row = sum(_lengths(recipe, recipe.data.max_completion))
    role = "teacher" if name == "cache-teacher" else "student"
    parameters = sizes[role]
    if name == "cache-teacher":
        what = f"about {kept:,} rows read by the teacher"
        seconds = None if parameters is None else speed.reading(parameters, kept * per_row, kept / 32)
        return Work(what, seconds)
    settings = recipe.ckd
    steps = getattr(settings, "steps", None) or round(getattr(settings, "epochs", 1) * kept / settings.batch)
    what = f"{steps} steps of {settings.batch} rows"
    seconds = None if parameters is None else speed.training(parameters, steps * settings.batch * per_row, steps)
    return Work(what, seconds)


def _evaluate(recipe: Recipe, parameters: int | None, speed: Speed) -> Work:
    settings = recipe.evaluate
    makers = 1 + sum(name in recipe.stages for name in ("ckd", "student-simrl")) + bool(settings.teacher)
    rows = settings.rows or recipe.data.held_out_rows
    answers = makers * rows * (1 + settings.samples)
    what = f"{answers:,} answers of {makers} models to {rows} held-out rows"
    if parameters is None:
        return Work(what, None)
    prompt, answer = _lengths(recipe, settings.max_completion)
    return Work(what, speed.reading(parameters, answers * (prompt + answer), answers / 128 * settings.max_completion))


def _base(recipe: Recipe, sizes: Mapping[str, int | None], speed: Speed) -> Work:
    parts = {"teacher": recipe.base.teacher, "student": recipe.base.student}
    what = " and ".join(f"{role}: {part.steps} steps of {part.batch} rows" for role, part in parts.items())
    per_row = sum(_lengths(recipe, recipe.data.max_completion))
    known = [(sizes[role], part) for role, part in parts.items()]
    if any(size is None for size, _ in known):
        return Work(what, None)
    seconds = sum(speed.training(size or 0, part.steps * part.batch * per_row, part.steps) for size, part in known)
    return Work(what, seconds)
