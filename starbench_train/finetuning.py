"""What every stage that trains a model on a transformers trainer needs beside its loss.

adapters(ModelConfig("Qwen/Qwen3-4B", lora=LoraConfig(rank=32)), hardware)    peft.LoraConfig(r=32, …)
adapters(ModelConfig("Qwen/Qwen3-0.6B"), hardware)                            None: all weights are trained
arguments(config, hardware, steps=400, seed=0)                                what both kinds of trainers take
watchers(context, settings, hardware, tokenizer, config)                      a look at held-out rows, if asked for
tensorboard(context)                                                          its files, where it is installed
save_merged(trainer, tokenizer, Path("runs/a/04-ckd/model"))                  a whole model, whichever it was
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench_train.curriculum.processes import is_main, wait_for_all
from starbench_train.errors import TrainingError
from starbench_train.models import LoraConfig, ModelConfig

if TYPE_CHECKING:
    from starbench_train.curriculum.state import StageContext
    from starbench_train.distill.config import DistillConfig
    from starbench_train.hardware import Hardware
    from starbench_train.rl.config import RLConfig


def arguments(config: DistillConfig | RLConfig, hardware: Hardware, steps: int, seed: int) -> dict[str, Any]:
    """The arguments of a transformers trainer that follow from settings which all training stages have."""
    return {
        "seed": seed,
        "data_seed": seed,
        "max_steps": steps,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": config.decay},
        "warmup_steps": round(config.warmup * steps),
        "weight_decay": config.weight_decay,
        "adam_beta1": config.betas[0],
        "adam_beta2": config.betas[1],
        "max_grad_norm": config.clip_gradient,
        "logging_steps": config.log_every,
        "logging_nan_inf_filter": False,  # a loss that is no number is to be seen
        "save_total_limit": config.keep_checkpoints,
        "report_to": _reporters(),
        "remove_unused_columns": False,
        "disable_tqdm": True,
        "use_cpu": not hardware.on_gpu,
        "bf16": hardware.dtype == "bfloat16",
        "fp16": hardware.dtype == "float16",
        "activation_checkpointing": hardware.on_gpu,  # time for memory; a processor has the memory
        "dataloader_pin_memory": hardware.on_gpu,
    }


def _reporters() -> list[str]:
    """Weights & Biases, where it is installed and the environment names a project; a stage itself adds TensorBoard."""
    return ["wandb"] if os.environ.get("WANDB_PROJECT") and find_spec("wandb") else []


def no_number(stage: str, step: int) -> TrainingError:
    """The error of a loss that is no number, at the step that is under way."""
    return TrainingError.at(
        stage,
        f"the loss is not a number at step {step}",
        f"the same command goes on from the last checkpoint; lower [{stage}] learning_rate, or use dtype float32 in "
        "[hardware]",
    )


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
