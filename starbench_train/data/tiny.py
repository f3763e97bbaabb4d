"""The tiny task: calls whose arguments stand in the question, for models of under a million parameters.

    row = tiny_rows("train", 1, seed=0)[0]
    row.messages   ({"role": "user", "content": "how far is oslo from rome"},)
    row.tools      ({"name": "distance", "parameters": {…start, end…}}, {"name": "call_person", …})
    row.expected   [{"name": "distance", "arguments": {"start": "rome", "end": "oslo"}}]
    row.category   "simple"; also "parallel" (two calls) and "irrelevance" (no offered tool fits)

Tools, questions and words stand in ``tiny.toml``. Whether a question is for training or held out is decided by its own
text, so that no question is ever in both, whatever the seeds. The order of arguments and of tools is drawn, and so is
the sentence that declines: answers that score the same are written in several ways, as in real data.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from starbench_train.data.rows import TrainingRow

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Split = Literal["train", "held_out"]

HELD_OUT = 0.1
"""The share of all questions that is never trained on."""
CATEGORIES = {"simple": 0.6, "parallel": 0.2, "irrelevance": 0.2}
DIFFERENT = 0.7
"""The share of parallel questions that are about two tools; the others ask one tool twice."""


@dataclass(frozen=True, slots=True)
class TinyTask:
    """What ``tiny.toml`` says: words by kind (pairs as two lists), tools with their parameters' kinds and questions."""

    kinds: Mapping[str, tuple[tuple[str, ...], ...]]
    parameters: Mapping[str, Mapping[str, str]]
    asks: Mapping[str, tuple[str, ...]]
    replies: tuple[str, ...]


@cache
def task() -> TinyTask:
    """The task, read once."""
    table = tomllib.loads((Path(__file__).parent / "tiny.toml").read_text(encoding="utf-8"))
    kinds = {
        kind: tuple(tuple(words.split()) for words in ([said] if isinstance(said, str) else said))
        for kind, said in table["kinds"].items()
    }
    return TinyTask(
        kinds,
        {name: tool["parameters"] for name, tool in table["tools"].items()},
        {name: tuple(tool["asks"]) for name, tool in table["tools"].items()},
        tuple(table["replies"]["texts"]),
    )


def tool_definition(name: str) -> dict[str, Any]:
    """A tool of the task as a JSON-Schema definition."""
    kinds = task().parameters[name]
    types = {parameter: "integer" if kind == "number" else "string" for parameter, kind in kinds.items()}
    return {
        "name": name,
        "parameters": {
            "type": "object",
            "properties": {parameter: {"type": type} for parameter, type in types.items()},
            "required": list(kinds),
        },
    }


def tiny_rows(split: Split, count: int, seed: int = 0) -> list[TrainingRow]:
    """``count`` rows with different questions; the same for the same arguments."""
    rng = random.Random(f"{split} {seed}")
    rows: list[TrainingRow] = []
    asked: set[str] = set()
    for row in _drawn(rng):
        if is_held_out(row.query) == (split == "held_out") and row.query not in asked:
            asked.add(row.query)
            rows.append(_named(row, f"tiny-{split}-{seed}-{len(rows)}"))
            if len(rows) == count:
                break
    return rows


def is_held_out(query: str) -> bool:
    """Whether a question belongs to the held-out ones, by a hash of each of its two halves that are joined by "and".

    A question of two parts is held out with either part, so that a held-out part is not trained on inside a pair.
    """
    return any(_share(part) < HELD_OUT for part in query.split(" and "))


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


def _named(row: TrainingRow, id: str) -> TrainingRow:
    return TrainingRow(id, row.messages, row.tools, row.expected, row.category, row.answer)


def _drawn(rng: random.Random) -> Iterator[TrainingRow]:
    """Rows without end."""
    names = list(task().parameters)
    while True:
        category = rng.choices(list(CATEGORIES), list(CATEGORIES.values()))[0]
        wanted = rng.sample(names, 2 if category == "parallel" and rng.random() < DIFFERENT else 1)
        asked = wanted if category != "parallel" or len(wanted) == 2 else wanted * 2
        parts = [_asked(rng, name) for name in asked]
        others = rng.sample([name for name in names if name not in wanted], rng.randint(1, 3))
        offered = others if category == "irrelevance" else wanted + others[: 4 - len(wanted)]
        rng.shuffle(offered)
        calls = [call for _, call in parts]
        query = " and ".join(question for question, _ in parts)
        yield _row(rng, category, query, offered, [] if category == "irrelevance" else calls)


def _asked(rng: random.Random, name: str) -> tuple[str, dict[str, Any]]:
    """A question for a tool, and the call that answers it, its arguments in any order."""
    kinds = task().parameters[name]
    values: dict[str, str] = {}
    for parameter, kind in kinds.items():
        value = " ".join(rng.choice(words) for words in task().kinds[kind])
        while value in values.values():
            value = " ".join(rng.choice(words) for words in task().kinds[kind])
        values[parameter] = value
    question = rng.choice(task().asks[name]).format(**values)
    order = rng.sample(list(kinds), len(kinds))
    arguments = {p: int(values[p]) if kinds[p] == "number" else values[p] for p in order}
    return question, {"name": name, "arguments": arguments}


def _row(rng: random.Random, category: str, query: str, offered: list[str], calls: list[dict[str, Any]]) -> TrainingRow:
    answer: dict[str, Any] = {"role": "assistant", "content": "" if calls else rng.choice(task().replies)}
    if calls:
        answer["tool_calls"] = calls
    return TrainingRow(
        id="",
        messages=({"role": "user", "content": query},),
        tools=tuple(tool_definition(name) for name in offered),
        expected=calls,
        category=category,
        answer=answer,
    )
