"""Stage ``base``: the tiny teacher and student, made from nothing and taught their first words.

    runs/star-tiny/00-base/teacher/   config.json model.safetensors tokenizer.json …
    runs/star-tiny/00-base/student/

Only models of the recipe that are ``tiny:…`` are made; another one is copied here as it is, in training precision and
with the chat template that it is trained with, so that "the student before training" is a folder in every run.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starbench_train.data.rows import TrainingRow, read_rows
from starbench_train.data.template import Encoded, Template
from starbench_train.errors import TrainingError
from starbench_train.stages.pretrain import LOG_EVERY, pretrain

if TYPE_CHECKING:
    from starbench_train.curriculum.state import StageContext
    from starbench_train.models import ModelConfig
    from starbench_train.stages.config import PretrainConfig


def base(context: StageContext) -> None:
    """Make teacher and student; one that is finished already is left alone."""
    settings = context.settings
    rows = read_rows(context.input("train"))
    for role in ("teacher", "student"):
        model: ModelConfig | None = getattr(context.recipe, role)
        if model is not None and not (context.folder / role).exists():
            _make(context, role, model, getattr(settings, role), rows)


def _make(
    context: StageContext, role: str, config: ModelConfig, training: PretrainConfig, rows: list[TrainingRow]
) -> None:
    import torch

    from starbench_train.models import load_model, parameters, save_model

    seed = context.seed * 2 + (role == "student")
    torch.manual_seed(seed)
    model, tokenizer = load_model(config, context.hardware)
    context.figures[f"{role}_parameters"] = parameters(model)
    if config.tiny is not None and training.steps > 0:
        encoded = _encoded(Template(tokenizer, config.thinking), rows[: training.rows], context)
        context.begin(f"teaching the {role}", training.steps)
        context.figures[f"{role}_loss"] = pretrain(
            model, encoded, training, tokenizer.pad_token_id, seed, partial(_log, context, role)
        )
    save_model(model, tokenizer, context.folder / role)


def _encoded(template: Template, rows: list[TrainingRow], context: StageContext) -> list[Encoded]:
    data = context.recipe.data
    found = [template.encode(row, data.mask, data.max_prompt, data.max_completion) for row in rows]
    usable = [row for row in found if isinstance(row, Encoded)]
    if not usable:
        reason = next((row.reason for row in found if not isinstance(row, Encoded)), "there are none")
        raise TrainingError.at("base", f"none of {len(rows)} rows can be trained on ({reason})", "look at [data]")
    return usable


def _log(context: StageContext, role: str, metrics: dict[str, Any]) -> None:
    context.log({"model": role, **metrics})
    context.step((metrics["step"] - 1) % LOG_EVERY + 1, f"loss {metrics['loss']:.2f}")
