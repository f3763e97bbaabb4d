"""One case as a loop: a generator that gives out requests, gets completions, and returns the answer.

    loop = single_turn(request, "prompt")
    next(loop)                                       # the request
    loop.send(Completion(text="[f(x=1)]"))           # StopIteration({"output": "[f(x=1)]", "dialect": "bfcl-prompt"})

A loop knows nothing of networks, threads or other cases, so a conversation can be tested by talking to it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from starbench.backends import Capabilities, Completion, Request
from starbench.benchmarks import Benchmark
from starbench.benchmarks.bfcl.categories import place
from starbench.benchmarks.bfcl.multi_turn import Sources
from starbench.benchmarks.bfcl.prompts import Prompts, load_texts
from starbench.errors import DataUnavailableError, InputError
from starbench.runner.conversation import conversation
from starbench.runner.settings import Settings
from starbench.store import obtain
from starbench.types import Case

Answer = dict[str, Any]
Loop = Generator[Request, Completion, Answer]
Asking = Callable[[Case, int], Loop]
"""A case and the number of the sample, from 0 -> its loop."""


def asking(benchmark: Benchmark, settings: Settings, capabilities: Capabilities) -> Asking:
    """How cases of ``benchmark`` are asked; InputError for a mode that the benchmark does not have."""
    if benchmark.name == "bfcl":
        return _bfcl(settings, capabilities)
    if benchmark.name == "acebench":
        return _acebench(settings)
    if settings.mode != "tools":
        raise InputError(f"the benchmark {benchmark.name!r} has no prompts of its own; ask it with --mode tools")

    def ask(case: Case, sample: int) -> Loop:
        tools = [_openai_tool(tool.name, tool.description, tool.parameters) for tool in case.tools]
        return single_turn(_request(case, case.messages, tools, settings, sample))

    return ask


def _bfcl(settings: Settings, capabilities: Capabilities) -> Asking:
    prompts, sources = Prompts(load_texts()), Sources(obtain("bfcl").read)
    dots = not capabilities.separates_calls  # only servers refuse them

    def ask(case: Case, sample: int) -> Loop:
        asked = prompts.of(case, settings.mode, dots=dots)
        first = _request(case, asked.messages, asked.tools, settings, sample)
        if place(case.id).category.answers == "conversation":
            return conversation(case, first, prompts, sources, settings.mode, dots=dots)
        return single_turn(first, "bfcl-prompt" if settings.mode == "prompt" else None)

    return ask


def _acebench(settings: Settings) -> Asking:
    """ACEBench's own prompts, which its cases hold; each step of a dialogue is a case, with the steps before it."""
    if settings.mode != "prompt":
        raise InputError("ACEBench is asked by its own prompts; give --mode prompt")

    def ask(case: Case, sample: int) -> Loop:
        if case.messages[0]["role"] != "system":
            raise DataUnavailableError(
                "ACEBench's prompts are not among the data here; fetch them with: starbench data pull acebench"
            )
        return single_turn(_request(case, case.messages, (), settings, sample), "acebench")

    return ask


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


def _request(case: Case, messages: Any, tools: Any, settings: Settings, sample: int) -> Request:
    return Request(case.id, messages, tools, settings.sampling, settings.model.thinking, sample)


def _openai_tool(name: str, description: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}
