"""What every stage that trains a model on a transformers trainer needs beside its loss.

adapters(ModelConfig("Qwen/Qwen3-4B", lora=LoraConfig(rank=32)), hardware)    peft.LoraConfig(r=32, …)
adapters(ModelConfig("Qwen/Qwen3-0.6B"), hardware)                            None: all weights are trained
watchers(context, settings, hardware, tokenizer, config)                      a look at held-out rows, if asked for
tensorboard(context)                                                          its files, where it is installed
save_merged(trainer, tokenizer, Path("runs/a/04-ckd/model"))                  a whole model, whichever it was
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench_train.curriculum.processes import is_main, wait_for_all
from starbench_train.models import LoraConfig, ModelConfig

if TYPE_CHECKING:
    from starbench_train.curriculum.state import StageContext
    from starbench_train.hardware import Hardware


def adapters(config: ModelConfig, hardware: Hardware) -> Any:
    """The settings of peft; None where all weights are trained."""
    if config.lora is None and not hardware.lora:
        return None
    import peft

    chosen = config.lora or LoraConfig()
    targets: Any = list(chosen.targets) or "all-linear"
    return peft.LoraConfig(
        r=chosen.rank,
        lora_alpha=chosen.alpha,
        lora_dropout=chosen.dropout,
        target_modules=targets,
        task_type="CAUSAL_LM",
    )


def watchers(
    context: StageContext, settings: Any, hardware: Hardware, tokenizer: Any, config: ModelConfig
) -> list[Any]:
    """The callbacks that look at held-out rows every ``settings.evaluate_every`` steps; none where that is 0."""
    from starbench_train.data.rows import read_rows
    from starbench_train.data.template import Template
    from starbench_train.generation import TransformersWriter
    from starbench_train.judging import HeldOutScore, Judge
    from starbench_train.rl.callbacks import HeldOut

    path = context.input("held-out")
    if not settings.evaluate_every or not path.exists():
        return []
    rows = read_rows(path)[: settings.evaluate_rows]
    template = Template(tokenizer, config.thinking)
    score = HeldOutScore(rows, [template.prompt(row) for row in rows], Judge(rows), settings.max_completion)
    batch = hardware.batch or len(rows)
    return [HeldOut(context, settings.evaluate_every, lambda model: score(TransformersWriter(model, tokenizer, batch)))]


def tensorboard(context: StageContext) -> list[Any]:
    """The callback that writes TensorBoard's files under the stage's ``tensorboard``; none where it is not installed.

    The trainer's own would write them among the checkpoints, which are removed when a stage is finished.
    """
    from importlib.util import find_spec

    if not find_spec("tensorboard") or not is_main():
        return []
    from torch.utils.tensorboard import SummaryWriter
    from transformers.integrations import TensorBoardCallback

    return [TensorBoardCallback(SummaryWriter(str(context.folder / "tensorboard")))]


def save_merged(trainer: Any, tokenizer: Any, folder: Path) -> None:
    """The model of a transformers trainer under ``folder``, adapters merged into it; whole or not there."""
    beside = folder.with_name(folder.name + ".part")
    if is_main():
        shutil.rmtree(beside, ignore_errors=True)
    wait_for_all()
    model = trainer.accelerator.unwrap_model(trainer.model)
    if hasattr(model, "merge_and_unload"):
        if is_main():
            model.merge_and_unload().save_pretrained(beside)
    else:
        trainer.save_model(str(beside))  # gathers weights that lie on several devices
    if is_main():
        tokenizer.save_pretrained(beside)
        (beside / "training_args.bin").unlink(missing_ok=True)
        beside.replace(folder)
