"""A model answers the held-out rows, greedily and by sampling; the answers are kept as self-contained rows.

    answers/student-simrl.jsonl    {"id": "tiny-4", "model": "student-simrl", "output": "<tool_call>…", "tools": […],
                                    "messages": […], "expected": […], "category": "simple"}
    samples/student-simrl.jsonl    {"id": "tiny-4", "answers": ["<tool_call>…", …], "entropy": 0.21, "length": 13.5}

The first kind can be read by ``starbench score`` and everything behind it. Each file is written whole, so a stage that
was killed asks only the models that it has not asked yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starbench.scoring import json_line, written_whole
from starbench_train.curriculum.config import EvaluateConfig
from starbench_train.data.rows import TrainingRow
from starbench_train.generation import Sampling, TransformersWriter, Writer, Written


def answer_rows(
    label: str, writer: Writer, rows: Sequence[TrainingRow], prompts: Sequence[str], settings: EvaluateConfig,
    path: Path, step: Callable[[int], None],
) -> None:  # fmt: skip
    """Write the greedy answers of the model called ``label``."""
    made = _written(writer, prompts, Sampling(temperature=0.0, max_tokens=settings.max_completion), step)
    with written_whole(path) as file:
        for row, (one,) in zip(rows, made, strict=True):
            file.write(
                json_line(
                    {
                        "id": row.id,
                        "model": label,
                        "category": row.category,
                        "output": one.text,
                        "messages": list(row.messages),
                        "tools": list(row.tools),
                        "expected": row.expected,
                    }
                )
            )


def sample_rows(
    writer: Writer, model: Any, tokenizer: Any, rows: Sequence[TrainingRow], prompts: Sequence[str],
    settings: EvaluateConfig, seed: int, path: Path, step: Callable[[int], None],
) -> None:  # fmt: skip
    """Write several sampled answers to each row, with the entropy of the model while it wrote the first of them."""
    sampling = Sampling(settings.samples, settings.temperature, max_tokens=settings.max_completion, seed=seed)
    made = _written(writer, prompts, sampling, step)
    entropies = mean_entropies(model, tokenizer, prompts, [one[0].ids for one in made]) if model is not None else {}
    with written_whole(path) as file:
        for place, (row, several) in enumerate(zip(rows, made, strict=True)):
            lengths = [len(one.ids) for one in several]
            line = {"id": row.id, "answers": [w.text for w in several], "length": sum(lengths) / len(lengths)}
            file.write(json_line(line | {"entropy": entropies.get(place)}))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON lines file of this stage."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _written(
    writer: Writer, prompts: Sequence[str], sampling: Sampling, step: Callable[[int], None]
) -> list[list[Written]]:
    found: dict[int, list[Written]] = {}
    for batch in writer.batches(prompts, sampling.samples):
        made = writer.write([prompts[place] for place in batch.places], sampling, batch.number)
        found.update(zip(batch.places, made, strict=True))
        step(len(batch.places))
    return [found[place] for place in range(len(prompts))]


def mean_entropies(
    model: Any, tokenizer: Any, prompts: Sequence[str], answers: Sequence[Sequence[int]], tokens: int = 8192
) -> dict[int, float]:
    """Place -> the mean entropy, in nats a token, of the model's distribution along the answer; none for empty ones.

    ``tokens`` is about how many are looked at in one pass.
    """
    import torch

    device = next(model.parameters()).device
    places = sorted((place for place, ids in enumerate(answers) if ids), key=lambda place: len(prompts[place]))
    found: dict[int, float] = {}
    vocabulary = model.config.get_text_config().vocab_size
    size = max(1, min(64, tokens * 1024 // (vocabulary * 8)))
    for at in range(0, len(places), size):
        part = places[at : at + size]
        starts = tokenizer([prompts[place] for place in part], add_special_tokens=False)["input_ids"]
        whole = [start + list(answers[place]) for start, place in zip(starts, part, strict=True)]
        width, longest = max(map(len, whole)), max(len(answers[place]) for place in part)
        ids = torch.tensor([[tokenizer.pad_token_id] * (width - len(w)) + w for w in whole], device=device)
        mask = torch.tensor([[0] * (width - len(w)) + [1] * len(w) for w in whole], device=device)
        with torch.no_grad():
            logits = model(input_ids=ids, attention_mask=mask, logits_to_keep=longest + 1).logits[:, :-1].float()
        entropies = torch.distributions.Categorical(logits=logits, validate_args=False).entropy()
        for row, place in enumerate(part):
            found[place] = float(entropies[row, -len(answers[place]) :].mean())
    return found


def transformers_parts(writer: Writer) -> tuple[Any, Any]:
    """Model and tokenizer behind a writer, for entropies; (None, None) where an engine hides them."""
    return (writer.model, writer.tokenizer) if isinstance(writer, TransformersWriter) else (None, None)
