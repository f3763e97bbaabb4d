"""A backend that gives stored answers again, from any file that ``starbench score`` reads.

    ReplayBackend("runs/mine/outputs.jsonl", ReplayOptions(model=None))

An answer is found by the id of its case, and the sample where the file has several. A stored conversation (a list of
turns of steps) is given out step by step; rows of ``{name: JSON text}`` come as messages with calls. What the file
does not hold is a failure.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from starbench.backends.base import BackendError, Capabilities, Completion, Request, as_sent
from starbench.predictions import BadRow, Prediction, find_sources, read_predictions


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """``only`` picks one model where a file holds the answers of several."""

    only: str | None = None


class ReplayBackend:
    """Implements :class:`~starbench.backends.base.Backend`; ``model`` is a path."""

    Options: ClassVar[type] = ReplayOptions
    capabilities = Capabilities(batch=64, separates_calls=True)

    def __init__(self, model: str, options: ReplayOptions) -> None:
        self.model = model
        self._steps: dict[tuple[str, int], list[Any]] = {}
        samples: Counter[str] = Counter()
        for row in _answers(Path(model), options.only):
            self._steps[row.id, samples[row.id]] = list(_steps(row.answer))
            samples[row.id] += 1
        if not self._steps:
            raise BackendError(f"{model} holds no answer that could be replayed")

    def rendered(self, request: Request) -> str:
        """The messages and tools."""
        return as_sent(request)

    async def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """The stored answers."""
        return [self._completion(request) for request in requests]

    def described(self) -> dict[str, Any]:
        """How many cases there are answers to."""
        return {"answers": len(self._steps)}

    async def close(self) -> None:
        """Nothing is held."""

    def _completion(self, request: Request) -> Completion:
        steps = self._steps.get((request.case, request.sample))
        if steps is None:
            return Completion(failure=f"{self.model} holds no answer to {request.case}, sample {request.sample}")
        if request.step >= len(steps):
            return Completion(failure=f"{self.model} holds {len(steps)} steps of {request.case}, and another was asked")
        step = steps[request.step]
        if isinstance(step, str):
            return Completion(text=step, finish="stop")
        message = step if isinstance(step, Mapping) else _message(step)
        return Completion(message=message, finish="stop")


def _answers(path: Path, only: str | None) -> Iterator[Prediction]:
    for row in read_predictions(find_sources([path])):
        if isinstance(row, BadRow) and row.row is None:
            raise BackendError(f"nothing can be replayed: {row.sentence}")
        if isinstance(row, Prediction) and only in (None, row.model):
            yield row


def _steps(answer: Any) -> Iterator[Any]:
    """The completions that an answer is made of: itself, or the steps of a conversation one after the other."""
    if isinstance(answer, list) and answer and all(isinstance(turn, list) for turn in answer):
        yield from (step for turn in answer for step in turn)
    else:
        yield answer


def _message(rows: Any) -> dict[str, Any]:
    """Stored rows of ``{name: JSON text}`` as a server's message; None and [] as one without content."""
    calls = [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": _text(arguments)}}
        for n, row in enumerate(rows or ())
        if isinstance(row, Mapping)
        for name, arguments in row.items()
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)
