"""The stage ``rollout``: the teacher answers the training prompts; good answers become rows to distil.

    rows.jsonl        {"id": "tiny-7#0", "messages": […], "tools": […], "expected": […], "prompt": "<|user|>…",
                       "completion": "<tool_call>…</tool_call><|end|>", "details": {"similarity": 1.0}}
    answers.jsonl     every answer as it came, {"id": "tiny-7", "answers": ["…", …], "finished": [true, …]}

An answer is kept where its form is right, its similarity at least ``min_similarity``, it ended by itself, and the same
prompt has no such answer yet. ``answers.jsonl`` is only appended to, a batch at a time, and each batch has a seed of
its own: a stage that was killed goes on behind the last whole batch and ends with the same rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.scoring import json_line
from starbench_train.curriculum.state import StageContext
from starbench_train.data.rows import TrainingRow, read_rows, write_rows
from starbench_train.errors import TrainingError

if TYPE_CHECKING:
    from starbench_train.curriculum.config import RolloutConfig
    from starbench_train.generation import Writer


def rollout(context: StageContext) -> None:
    """Sample the teacher's answers and keep the good ones."""
    from starbench_train.data.template import Template
    from starbench_train.models import load_tokenizer

    settings: RolloutConfig = context.settings
    config = context.model("teacher")
    tokenizer = load_tokenizer(config)
    template = Template(tokenizer, config.thinking)
    rows = read_rows(context.input("train"))[: settings.rows]
    prompts = [template.prompt(row) for row in rows]
    lengths = [len(ids) for ids in tokenizer(prompts, add_special_tokens=False)["input_ids"]]
    fitting = [place for place, length in enumerate(lengths) if length <= context.recipe.data.max_prompt]
    rows, prompts = [rows[place] for place in fitting], [prompts[place] for place in fitting]
    path = context.folder / "answers.jsonl"
    _ask(context, settings, rows, prompts, path)
    kept, reasons = kept_rows(rows, prompts, _stored(path), settings, tokenizer.eos_token)
    total = len(rows) * settings.samples
    context.figures.update(
        prompts=len(rows), answers=total, kept=len(kept), **{f"not {k}": v for k, v in reasons.items()}
    )
    if not kept:
        raise TrainingError.at(
            context.name,
            f"none of the teacher's {total} answers is good enough ({dict(reasons)})",
            "lower [rollout] min_similarity, or take a better teacher",
        )
    write_rows(context.folder / "rows.jsonl", kept)
    context.note(f"{len(kept)} of {total} answers are kept, for {len({r.id.rsplit('#', 1)[0] for r in kept})} prompts")


def _ask(
    context: StageContext, settings: RolloutConfig, rows: Sequence[TrainingRow], prompts: Sequence[str], path: Path
) -> None:
    """Answer the prompts that ``path`` has no answers to yet."""
    from starbench_train.generation import Sampling, cut

    answered = _stored(path)
    sampling = Sampling(settings.samples, settings.temperature, settings.top_p, settings.max_completion, context.seed)
    batches = cut(prompts, max(1, _batch(context, settings) // settings.samples))
    left = [batch for batch in batches if not all(rows[place].id in answered for place in batch.places)]
    context.begin("asking the teacher", len(prompts), sum(len(b.places) for b in batches) - _count(left))
    if not left:
        return
    writer = opened_writer(context, "teacher", _batch(context, settings))
    with path.open("ab") as file:
        for batch in left:
            made = writer.write([prompts[place] for place in batch.places], sampling, batch.number)
            lines = [
                {"id": rows[place].id, "answers": [w.text for w in one], "finished": [w.finished for w in one]}
                for place, one in zip(batch.places, made, strict=True)
            ]
            file.write(b"".join(map(json_line, lines)))
            file.flush()
            context.step(len(lines))


def _count(batches: Sequence[Any]) -> int:
    return sum(len(batch.places) for batch in batches)


def _batch(context: StageContext, settings: RolloutConfig) -> int:
    return settings.batch or context.hardware.batch or (4096 if context.hardware.vllm else 128)


def opened_writer(context: StageContext, role: str, batch: int) -> Writer:
    """The newest model of a role, ready to answer: by vLLM where the hardware has it, else by transformers."""
    from starbench_train.generation import TransformersWriter, VLLMWriter
    from starbench_train.models import load_model, load_tokenizer

    config = context.model(role)
    if context.hardware.vllm:
        return VLLMWriter(config.path, load_tokenizer(config), batch)
    model, tokenizer = load_model(config, context.hardware)
    return TransformersWriter(model, tokenizer, batch)


def _stored(path: Path) -> dict[str, dict[str, Any]]:
    """The answers that were written; a torn last line is cut off, and its batch asked again."""
    if not path.exists():
        return {}
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
    return {row["id"]: row for row in map(json.loads, content[:whole].splitlines())}


def kept_rows(
    rows: Sequence[TrainingRow],
    prompts: Sequence[str],
    answered: dict[str, dict[str, Any]],
    settings: RolloutConfig,
    end: str,
) -> tuple[list[TrainingRow], Counter[str]]:
    """The good answers as rows, and how many of the others are not finished, well formed, similar or new."""
    reasons: Counter[str] = Counter()
    found: list[TrainingRow] = []
    for row, prompt in zip(rows, prompts, strict=True):
        good = list(_good(row, prompt, answered[row.id], settings, reasons))
        good.sort(key=lambda one: -one[1])
        for number, (text, similarity) in enumerate(good[: settings.per_prompt]):
            found.append(
                replace(
                    row,
                    id=f"{row.id}#{number}",
                    prompt=prompt,
                    completion=text + end,
                    details={"similarity": round(similarity, 6)},
                )
            )
    return found, reasons


def _good(
    row: TrainingRow, prompt: str, stored: dict[str, Any], settings: RolloutConfig, reasons: Counter[str]
) -> Iterator[tuple[str, float]]:
    """The different answers to one prompt that pass, with their similarity."""
    from starbench_train.rl.rewards import answer_score, made_reward

    reward = made_reward(settings.reward, settings.profile, settings.reasoning, settings.dialect)
    texts = stored["answers"]
    tools = list(row.tools) or None
    judged = reward.batch(texts, [row.case().expected] * len(texts), [tools] * len(texts), [prompt] * len(texts))
    seen: set[str] = set()
    for text, finished, one in zip(texts, stored["finished"], judged, strict=True):
        score = answer_score(one)
        if not finished:
            reasons["finished"] += 1
        elif one.parts.get("format", 1.0) < 1.0:
            reasons["well formed"] += 1
        elif score < settings.min_similarity:
            reasons["similar"] += 1
        elif text.strip() in seen:
            reasons["new"] += 1
        else:
            seen.add(text.strip())
            yield text, score
