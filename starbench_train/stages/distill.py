"""The stages ``cache-teacher`` and ``ckd``: what the teacher thinks of each token, and a student that learns it.

    02-rollout/rows.jsonl  ->  03-cache-teacher/cache/00000.safetensors …
                           ->  04-ckd/model, metrics.jsonl

Rows are turned into tokens by the student's chat template in both stages: the teacher scores exactly what the student
is trained on. Without a stage cache-teacher in the recipe the teacher is held in memory beside the student.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.errors import InputError
from starbench_train.curriculum.state import StageContext
from starbench_train.data.rows import read_rows
from starbench_train.data.template import Skipped, Template
from starbench_train.distill.cache import Named, TeacherCache, write_cache
from starbench_train.errors import TrainingError
from starbench_train.models import load_model, load_tokenizer, parameters, same_vocabulary

if TYPE_CHECKING:
    from starbench_train.distill.batches import Lookup
    from starbench_train.distill.cache import Scorer
    from starbench_train.distill.config import CacheConfig, DistillConfig
    from starbench_train.distill.teacher import ModelTeacher
    from starbench_train.distill.trainer import DistillTrainer
    from starbench_train.hardware import Hardware

GPU_BATCH = 16
"""Answers that a teacher scores at a time on a GPU, where the recipe does not say."""


# ---------------------------------------------------------------------------------------------------- cache-teacher


def cache_teacher(context: StageContext) -> None:
    """Store the teacher's likeliest tokens at every answer."""
    settings: CacheConfig = context.settings.checked(context.name)
    tokenizer = _checked_tokenizer(context)
    rows = encoded_rows(context, tokenizer)
    source = _source(settings, context.hardware)
    teacher = context.model("teacher")
    meta = {"teacher": teacher.path, "k": settings.k, "mass": settings.mass, "source": source}
    context.begin("asking the teacher", len(rows))
    cache = write_cache(
        context.folder / "cache",
        rows,
        _scorer(context, settings, source),
        meta,
        shard_rows=settings.shard_rows,
        batch=settings.batch or context.hardware.batch or GPU_BATCH,
        done=context.step,
    )
    size = cache.size()
    context.figures.update(size)
    context.note(
        f"{size['tokens']:.0f} tokens of {size['rows']:.0f} rows take {size['bytes'] / 1e6:.1f} MB, "
        f"{size['bytes_per_million_tokens'] / 1e6:.0f} MB for a million; {size['pairs_per_token']:.1f} of the "
        "teacher's tokens are kept for each"
    )


def _source(settings: CacheConfig, hardware: Hardware) -> str:
    """Who runs the teacher."""
    if settings.source != "auto":
        return settings.source
    if settings.server is not None:
        return "server"
    return "vllm" if hardware.vllm else "transformers"


def _scorer(context: StageContext, settings: CacheConfig, source: str) -> Scorer:
    """Scores by whoever runs the teacher, which is only started when the first shard is to be made."""
    started: list[Scorer] = []

    def score(rows: Any) -> Any:
        if not started:
            started.append(_started(context, settings, source))
        return started[0](rows)

    return score


def _started(context: StageContext, settings: CacheConfig, source: str) -> Scorer:
    import os

    from starbench_train.distill.teacher import EngineTeacher, ModelTeacher, ServedTeacher

    config = context.model("teacher")
    if source == "server":
        key = os.environ.get("STARBENCH_TEACHER_KEY")
        return ServedTeacher(settings.server or "", settings.k, settings.mass, settings.served, key).score
    if source == "vllm":
        return EngineTeacher(config.path, settings.k, settings.mass).score
    model, _ = load_model(config, context.hardware)
    return ModelTeacher(model, settings.k, settings.mass).score


def _checked_tokenizer(context: StageContext) -> Any:
    """The student's tokenizer; TrainingError where the teacher's gives tokens other ids."""
    tokenizer = load_tokenizer(context.model("student"))
    if context.recipe.teacher is not None:
        same_vocabulary(load_tokenizer(context.model("teacher")), tokenizer)
    return tokenizer


def encoded_rows(context: StageContext, tokenizer: Any) -> list[Named]:
    """The rows as tokens, without those that cannot be trained on, of which it is said how many and why."""
    data, path = context.recipe.data, context.input("rows")
    template = Template(tokenizer, context.model("student").thinking)
    reasons: Counter[str] = Counter()
    found = []
    for row in read_rows(path):
        encoded = template.encode(row, data.mask, data.max_prompt, data.max_completion)
        if isinstance(encoded, Skipped):
            reasons[encoded.reason] += 1
        else:
            found.append(Named(row.id, encoded))
    if reasons:
        (reason, _), *_ = reasons.most_common(1)
        context.note(f"{reasons.total()} of {reasons.total() + len(found)} rows are left out, one because {reason}")
    if not found:
        raise TrainingError.at(context.name, f"no row of {path} can be used", "look at [data], or give other rows")
    return found


# ---------------------------------------------------------------------------------------------------- ckd


def ckd(context: StageContext) -> None:
    """Distil the student, by whichever objective the recipe names."""
    import torch
    from transformers import PrinterCallback

    from starbench_train.distill.trainer import summary
    from starbench_train.finetuning import save_merged
    from starbench_train.rl.callbacks import Metrics, resume_point

    settings: DistillConfig = context.settings.checked(context.name)
    if settings.collapses:
        context.note(
            "truncated reverse KL is least where most of the mass has left the teacher's top k (docs/distill.md)"
        )
    torch.manual_seed(context.seed)
    _checked_tokenizer(context)
    trainer, tokenizer = _trainer(context, settings)
    resumed = resume_point(context)
    done = int(resumed.rsplit("-", 1)[1]) if resumed else 0
    context.forget_after(done)
    context.begin("distilling", trainer.args.max_steps, done)
    trainer.add_callback(Metrics(context, shown="loss"))
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=resumed)
    save_merged(trainer, tokenizer, context.folder / "model")
    context.figures.update(summary(context.metrics()))


def _trainer(context: StageContext, settings: DistillConfig) -> tuple[DistillTrainer, Any]:
    """The trainer with everything that it needs, and the student's tokenizer."""
    from starbench_train.distill.batches import Collator
    from starbench_train.distill.heads import check_plain_head
    from starbench_train.distill.student import distilling
    from starbench_train.distill.trainer import DistillTrainer, arguments
    from starbench_train.finetuning import adapters, tensorboard, watchers
    from starbench_train.hardware import resolve

    config = context.model("student")
    # weights in float32, computed with in the hardware's precision: bfloat16 cannot hold steps of 3e-6
    model, tokenizer = load_model(config, dataclasses.replace(context.hardware, dtype="float32"))
    hardware = resolve(context.recipe.hardware, parameters(model))
    rows = encoded_rows(context, tokenizer)
    lookup, teacher = teacher_of(context, settings)
    low_rank = adapters(config, hardware)
    if low_rank is not None:
        import peft

        model = peft.get_peft_model(model, low_rank)
    check_plain_head(model, "the student")
    if settings.compile:
        model.get_decoder().compile(dynamic=True)
    distilling(model, settings.objective, settings.chunk)
    vocabulary = model.get_output_embeddings().weight.shape[0]
    flat = (hardware.attention or "").startswith("flash")
    trainer = DistillTrainer(
        stage=context.name,
        teacher=teacher,
        scored=lookup is not None,
        model=model,
        args=arguments(settings, hardware, context.checkpoints, len(rows), context.seed, context.name),
        train_dataset=rows,
        data_collator=Collator(lookup, vocabulary, tokenizer.pad_token_id, settings.pack, flat),
        callbacks=[*watchers(context, settings, hardware, tokenizer, config), *tensorboard(context)],
    )
    return trainer, tokenizer


def teacher_of(context: StageContext, settings: DistillConfig) -> tuple[Lookup | None, ModelTeacher | None]:
    """Where the teacher's tokens come from: a cache, or the model itself; neither where the loss needs no teacher.

    ``sft`` reads a cache that is there, for the figures' sake.
    """
    made: Path | None = context.made("cache")
    if settings.teacher == "cache" or (settings.teacher == "auto" and made is not None):
        return TeacherCache.open(made or context.input("cache")).lookup, None
    if not settings.needs_teacher and settings.teacher != "online":
        return None, None
    if context.recipe.teacher is None:
        raise InputError(f'[{context.name}] loss = "{settings.loss}" needs a [teacher]; name one with path = "…"')
    from starbench_train.distill.teacher import ModelTeacher

    model, _ = load_model(context.model("teacher"), context.hardware)
    return None, ModelTeacher(model, settings.k, settings.mass)
