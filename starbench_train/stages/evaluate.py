"""The stage ``evaluate``: every student of the run on held-out rows, before and after, with paired tests.

    answers/, samples/      what each model wrote
    scores/                 the greedy answers scored: starbench view runs/a/06-evaluate/scores
    benchmark/LABEL/        where a benchmark was asked
    figures.json            {"models": {"base": {…}, "ckd": {…}, "student-simrl": {…}}, "comparisons": [{…}, …]}

The students are ``base`` (before any training), one for each stage that made a new one, and if asked for the teacher.
The first comparison is the final student with the base; then each with the one before it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.scoring import written_whole
from starbench_train.curriculum.state import STUDENTS, StageContext
from starbench_train.data.rows import TrainingRow, read_rows
from starbench_train.errors import TrainingError
from starbench_train.stages import STAGES, folder_name

if TYPE_CHECKING:
    from starbench_train.curriculum.config import EvaluateConfig
    from starbench_train.models import ModelConfig


def evaluate(context: StageContext) -> None:
    """Answer, score, compare."""
    from starbench.reports.scored_run import read_run
    from starbench_train.evaluation.answering import read_lines
    from starbench_train.evaluation.figures import compared, model_figures
    from starbench_train.evaluation.scoring import score_answers
    from starbench_train.judging import Judge

    settings: EvaluateConfig = context.settings
    rows = held_out_rows(context, settings)
    contenders = models_of(context, settings)
    for label, config in contenders.items():
        _ask(context, label, config, rows, settings)
    labels = list(contenders)
    files = [context.folder / "answers" / f"{label}.jsonl" for label in labels]
    score_answers(files, context.folder / "scores", context.name, settings.profile, settings.dialect)
    judge = Judge(rows, settings.profile, settings.dialect)
    found: dict[str, Any] = {"models": {}, "comparisons": []}
    for label, file in zip(labels, files, strict=True):
        sampled = context.folder / "samples" / f"{label}.jsonl"
        found["models"][label] = model_figures(read_lines(file), read_lines(sampled) if sampled.exists() else [], judge)
    run = read_run(context.folder / "scores")
    found["comparisons"] = [compared(run, before, after) for before, after in pairs(labels)]
    if settings.benchmark:
        found["benchmark"] = _benchmark(context, contenders, settings)
    with written_whole(context.folder / "figures.json") as file:
        file.write(json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n")
    context.figures.update(_brief(found))


def held_out_rows(context: StageContext, settings: EvaluateConfig) -> list[TrainingRow]:
    """The rows to judge by; TrainingError where there are none."""
    path = context.input("held-out")
    rows = read_rows(path)[: settings.rows] if path.exists() else []
    if not rows:
        raise TrainingError.at(context.name, "there are no held-out rows", "give some with [data] held_out")
    return rows


def models_of(context: StageContext, settings: EvaluateConfig) -> dict[str, ModelConfig]:
    """Label -> model: the base, every student that a stage made, and the teacher if wanted."""
    import dataclasses

    student = context.recipe.student
    base = context.made(STUDENTS)
    found = {"base": student if base is None else dataclasses.replace(student, path=str(base))}
    for name in context.before:
        if name != "base" and "student" in STAGES[name].makes:
            path = context.out / folder_name(name) / STAGES[name].makes["student"]
            found[name] = dataclasses.replace(student, path=str(path))
    if settings.teacher and context.recipe.teacher is not None:
        found["teacher"] = context.model("teacher")
    return found


def pairs(labels: Sequence[str]) -> list[tuple[str, str]]:
    """Who is compared with whom: the final student with the base first, then each with the one before."""
    students = [label for label in labels if label != "teacher"]
    steps = list(pairwise(students))
    whole = [(students[0], students[-1])] if len(students) > 2 else []
    return whole + steps


def _ask(
    context: StageContext, label: str, config: ModelConfig, rows: Sequence[TrainingRow], settings: EvaluateConfig
) -> None:
    """The answers of one model, where they are not there yet."""
    from starbench_train.data.template import Template
    from starbench_train.evaluation.answering import answer_rows, sample_rows, transformers_parts

    greedy, sampled = (context.folder / kind / f"{label}.jsonl" for kind in ("answers", "samples"))
    if greedy.exists() and (sampled.exists() or not settings.samples):
        return
    writer, tokenizer = _writer(context, config, settings)
    template = Template(tokenizer, config.thinking)
    prompts = [template.prompt(row) for row in rows]
    context.begin(f"asking {label}", len(rows) * (2 if settings.samples else 1))
    if not greedy.exists():
        answer_rows(label, writer, rows, prompts, settings, greedy, context.step)
    if settings.samples and not sampled.exists():
        model, _ = transformers_parts(writer)
        sample_rows(writer, model, tokenizer, rows, prompts, settings, context.seed, sampled, context.step)


def _writer(context: StageContext, config: ModelConfig, settings: EvaluateConfig) -> tuple[Any, Any]:
    from starbench_train.generation import TransformersWriter, VLLMWriter
    from starbench_train.models import load_model, load_tokenizer

    batch = settings.batch or context.hardware.batch or (4096 if context.hardware.vllm else 128)
    if context.hardware.vllm:
        tokenizer = load_tokenizer(config)
        return VLLMWriter(config.path, tokenizer, batch), tokenizer
    model, tokenizer = load_model(config, context.hardware)
    return TransformersWriter(model, tokenizer, batch), tokenizer


def _benchmark(context: StageContext, contenders: dict[str, ModelConfig], settings: EvaluateConfig) -> dict[str, Any]:
    """Base and final student on a benchmark, with the same tests."""
    from starbench.reports.scored_run import read_run
    from starbench_train.evaluation.benchmark import ask_benchmark
    from starbench_train.evaluation.figures import compared

    students = [label for label in contenders if label != "teacher"]
    ends = list(dict.fromkeys([students[0], students[-1]]))
    folders = {label: ask_benchmark(context, _folder(context, contenders[label]), label, settings) for label in ends}
    runs = {label: read_run(folder) for label, folder in folders.items()}
    found: dict[str, Any] = {
        "name": settings.benchmark,
        "models": {label: dict(run.summary["models"][label]["total"]) for label, run in runs.items()},
    }
    if len(ends) == 2:
        found["comparison"] = compared(runs[ends[0]], ends[0], ends[1], runs[ends[1]])
    return found


def _folder(context: StageContext, config: ModelConfig) -> str:
    """A path that any backend can load, with the chat template that was trained with."""
    from starbench_train.models import load_model, save_model

    if Path(config.path).is_dir():
        return config.path
    folder = context.folder / "base-model"
    if not folder.exists():
        save_model(*load_model(config, context.hardware), folder)
    return str(folder)


def _brief(found: dict[str, Any]) -> dict[str, Any]:
    """What the table of stages says."""
    brief: dict[str, Any] = {label: round(one["accuracy"], 4) for label, one in found["models"].items()}
    if found["comparisons"]:
        first = found["comparisons"][0]
        brief |= {"gain": round(first["accuracy"][0], 4), "p": first["p"]}
    return brief
