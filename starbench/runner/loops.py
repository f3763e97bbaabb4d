"""One case as a loop: a generator that gives out errands, gets what came of each, and returns the answer.

    loop = single_turn(request, "prompt")
    next(loop)                                       # the request
    loop.send(Completion(text="[f(x=1)]"))           # StopIteration({"output": "[f(x=1)]", "dialect": "bfcl-prompt"})

A loop knows nothing of networks, threads or other cases, so a conversation can be tested by talking to it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol

from starbench.backends import Completion, Request
from starbench.benchmarks.bfcl.memory import Snapshot
from starbench.benchmarks.bfcl.web_search import Lookup
from starbench.types import Case

Answer = dict[str, Any]
Errand = Request | Lookup
"""What a loop gives out: a request to a model, or a lookup in the web. ``to`` says who answers it."""
Loop = Generator[Errand, Completion, Answer]


class Asking(Protocol):
    """How the cases of a benchmark are asked."""

    def __call__(self, case: Case, sample: int, left: Snapshot | None = None) -> Loop:
        """The loop of a case; ``left`` is what the last conversation before it has left, where there are such."""
        ...

    def before(self, case: Case) -> Sequence[Case]:
        """The conversations that have to come before a case, one after the other; mostly none."""
        ...


def single_turn(request: Request, dialect: str | None = None) -> Loop:
    """One request, one completion. ``dialect`` is the one that the prompt asks for; reasoning is not written in it."""
    completion = yield request
    message = completion.message
    if message is not None and (dialect is None or message.get("tool_calls")):
        return {"message": dict(message)}
    text = completion.text if message is None else str(message.get("content") or "")
    answer: Answer = {"output": text}
    if message is not None and message.get("reasoning_content"):
        answer["reasoning"] = message["reasoning_content"]
    return answer if dialect is None or "</think>" in text else {**answer, "dialect": dialect}


def spoken(completion: Completion) -> str:
    """What a prompted model says: its text, without its reasoning."""
    text = completion.text if completion.message is None else str(completion.message.get("content") or "")
    return text.rpartition("</think>")[2].lstrip("\n") if "</think>" in text else text


def openai_tool(name: str, description: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A function as servers want it."""
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}
