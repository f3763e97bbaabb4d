"""A tiny teacher and student on disk, and contexts of the distillation stages over them, for the tests of distillation.

As a program it runs the stage ``ckd`` over such a folder: ``python distillation.py FOLDER OUT '{"steps": 3}' BATCH``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from starbench_train.config import recipe_of
from starbench_train.curriculum.progress import Progress, Silent
from starbench_train.curriculum.state import StageContext
from starbench_train.data.rows import write_rows
from starbench_train.data.tiny import tiny_rows
from starbench_train.hardware import resolve

ROWS = 24
CKD = {"steps": 6, "batch": 4, "learning_rate": 1e-2, "m": 8, "k": 8, "log_every": 1, "save_every": 2}


def make_models(folder: Path) -> Path:
    """Teacher and student of random weights, in ``folder``."""
    import torch

    from starbench_train.data.tiny_model import tiny_model, tiny_tokenizer
    from starbench_train.models import save_model

    tokenizer = tiny_tokenizer()
    for seed, name in enumerate(("teacher", "student")):
        torch.manual_seed(seed)
        save_model(tiny_model("student", tokenizer), tokenizer, folder / name)
    return folder


def context_of(
    models: Path,
    out: Path,
    stage: str = "ckd",
    *,
    ckd: dict[str, Any] | None = None,
    cache: dict[str, Any] | None = None,
    student: dict[str, Any] | None = None,
    hardware: dict[str, Any] | None = None,
    before: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> StageContext:
    """A stage's context over the models in ``models``, with rows of the tiny task written for it."""
    recipe = recipe_of(
        {
            "out": str(out),
            "teacher": {"path": str(models / "teacher")},
            "student": {"path": str(models / "student"), **(student or {})},
            "data": {"train": "tiny", "max_prompt": 200, "max_completion": 60},
            "hardware": {"device": "cpu", "dtype": "float32", "threads": 1, "batch": 4, **(hardware or {})},
            "cache-teacher": {"k": 8, "shard_rows": 10, **(cache or {})},
            "ckd": {**CKD, **(ckd or {})},
        }
    )
    context = StageContext(recipe, stage, out, resolve(recipe.hardware), before, progress or Silent())
    context.folder.mkdir(parents=True, exist_ok=True)
    rows = out / "data" / "train.jsonl"
    if not rows.exists():
        rows.parent.mkdir(exist_ok=True)
        write_rows(rows, tiny_rows("train", ROWS))
    return context


def losses_of(context: StageContext) -> list[float]:
    """The loss of every step that was logged."""
    return [line["loss"] for line in context.metrics() if "loss" in line]


if __name__ == "__main__":
    from starbench_train.stages.distill import ckd

    models, out, settings, batch = sys.argv[1:]
    ckd(context_of(Path(models), Path(out), ckd=json.loads(settings), hardware={"batch": int(batch)}))
