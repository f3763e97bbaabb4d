"""The stages ``teacher-simrl`` and ``student-simrl``: one model refined by Sim-RL on the training rows.

    04-ckd/model  ->  05-student-simrl/model, metrics.jsonl

The model comes from a folder and goes into one: TRL reads the reference model from the path that the policy was loaded
from, so a model that only lives in memory would be compared with something else. A row becomes

    {"prompt": "<|im_start|>user…", "ground_truth": "[{…}]", "tools": "[{…}]", "category": "simple"}

with its tools rendered into the prompt, since TRL knows no tools by row, and gold and tools as JSON text, since Arrow
would merge objects of different rows.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench_train.curriculum.processes import is_main, wait_for_all
from starbench_train.curriculum.state import StageContext
from starbench_train.data.rows import read_rows
from starbench_train.errors import TrainingError

if TYPE_CHECKING:
    from starbench_train.hardware import Hardware
    from starbench_train.models import ModelConfig
    from starbench_train.rl.config import RLConfig
    from starbench_train.rl.trainer import SimRLTrainer


def teacher_simrl(context: StageContext) -> None:
    """Adapt the teacher to the data."""
    _simrl(context, context.model("teacher"))


def student_simrl(context: StageContext) -> None:
    """Refine the student."""
    _simrl(context, context.model("student"))


def _simrl(context: StageContext, config: ModelConfig) -> None:
    from transformers import PrinterCallback

    from starbench_train.finetuning import save_merged
    from starbench_train.hardware import resolve
    from starbench_train.models import load_model, parameters
    from starbench_train.rl.callbacks import Metrics, resume_point

    settings: RLConfig = context.settings.checked(context.name)
    # weights in float32, computed with in the hardware's precision: bfloat16 cannot hold steps of 3e-7
    exact = dataclasses.replace(context.hardware, dtype="float32")
    if config.tiny is not None:
        import torch

        torch.manual_seed(context.seed)  # it decides the weights of a model that is made from nothing
    model, tokenizer = load_model(config, exact)
    if not Path(config.path).is_dir() and (config.tiny is not None or config.path.endswith(".gguf")):
        model, tokenizer = _through_a_folder(context, config, model, tokenizer, exact)
    hardware = resolve(context.recipe.hardware, parameters(model))
    rows = usable_rows(context, tokenizer, config)
    trainer = _trainer(context, settings, hardware, model, tokenizer, rows, config)
    resumed = resume_point(context)
    done = int(resumed.rsplit("-", 1)[1]) if resumed else 0
    context.forget_after(done)
    context.begin("training", trainer.args.max_steps, done)
    trainer.add_callback(Metrics(context))
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=resumed)
    save_merged(trainer, tokenizer, context.folder / "model")
    context.figures.update(_figures(context))


def usable_rows(context: StageContext, tokenizer: Any, config: ModelConfig) -> list[dict[str, Any]]:
    """The training rows as TRL's, without those whose prompt is too long."""
    from starbench_train.data.template import Template
    from starbench_train.rl.rewards import CATEGORY, GOLD, TOOLS

    template = Template(tokenizer, config.thinking)
    rows = read_rows(context.input("train"))
    prompts = [template.prompt(row) for row in rows]
    lengths = [len(ids) for ids in tokenizer(prompts, add_special_tokens=False)["input_ids"]]
    found = [
        {
            "prompt": prompt,
            GOLD: json.dumps(row.expected, ensure_ascii=False),
            TOOLS: json.dumps(list(row.tools), ensure_ascii=False) if row.tools else None,
            CATEGORY: row.category,
        }
        for row, prompt, length in zip(rows, prompts, lengths, strict=True)
        if length <= context.recipe.data.max_prompt
    ]
    if len(found) < len(rows):
        context.note(f"{len(rows) - len(found)} of {len(rows)} rows are left out: their prompts are too long")
    if not found:
        raise TrainingError.at(
            context.name,
            f"no row of {context.input('train')} can be used",
            "raise [data] max_prompt, or give other rows",
        )
    return found


def _through_a_folder(
    context: StageContext, config: ModelConfig, model: Any, tokenizer: Any, hardware: Hardware
) -> tuple[Any, Any]:
    """A model that was made or converted in memory, saved and loaded again."""
    from starbench_train.models import load_model, save_model

    folder = context.folder / "start"
    if is_main() and not folder.exists():
        save_model(model, tokenizer, folder)
    wait_for_all()
    return load_model(dataclasses.replace(config, path=str(folder), revision=None), hardware)


def _trainer(
    context: StageContext,
    settings: RLConfig,
    hardware: Hardware,
    model: Any,
    tokenizer: Any,
    rows: Sequence[dict[str, Any]],
    config: ModelConfig,
) -> SimRLTrainer:
    from datasets import Dataset

    from starbench_train.finetuning import adapters, tensorboard, watchers
    from starbench_train.rl.arguments import grpo_arguments
    from starbench_train.rl.rewards import Remembering, made_reward
    from starbench_train.rl.trainer import SimRLTrainer

    reward = made_reward(settings.reward, settings.profile, settings.reasoning, settings.dialect)
    return SimRLTrainer(
        model=model,
        args=grpo_arguments(settings, hardware, context.folder, len(rows), context.seed, context.name),
        train_dataset=Dataset.from_list(list(rows)),
        processing_class=tokenizer,
        reward=Remembering(reward),
        config=settings,
        stage=context.name,
        peft_config=adapters(config, hardware),
        callbacks=[*tensorboard(context), *watchers(context, settings, hardware, tokenizer, config)],
    )


def _figures(context: StageContext) -> dict[str, Any]:
    """What the table of stages says: means over the first and the last tenth of the steps."""
    lines = [line for line in context.metrics() if "reward" in line]
    if not lines:
        return {}
    edge = max(1, len(lines) // 10)
    names = ("reward", "starbench/format", "starbench/exact", "filter/kept", "entropy", "completions/mean_length")
    return {"steps": max(line["step"] for line in context.metrics())} | {
        name: [_mean(part, name) for part in (lines[:edge], lines[-edge:])] for name in names if name in lines[-1]
    }


def _mean(lines: Sequence[dict[str, Any]], name: str) -> float | None:
    known = [line[name] for line in lines if line.get(name) is not None]
    return round(sum(known) / len(known), 5) if known else None
