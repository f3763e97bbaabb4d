"""A BFCL conversation as a loop: the model's calls are run in a simulated world, and it is told what came of them.

The answer is what an official result file holds, a list of turns of steps, a step being one completion::

    {"result": [[[{"cd": "{\\"folder\\": \\"document\\"}"}], "Done."], …], "dialect": "bfcl-fc"}       tools
    {"result": [["[cd(folder='document')]", "Done."], …], "dialect": "bfcl-prompt"}                  prompt

A turn ends with the first completion without a call that can be read. After 21 steps with calls the conversation is
ended, and its later turns stay unasked, as in the official code. What the world needs from the web is asked of whoever
runs the loop.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starbench.backends import Completion, Request
from starbench.benchmarks.bfcl.multi_turn.quirks import call_text
from starbench.benchmarks.bfcl.multi_turn.reading import Action, read_turns
from starbench.benchmarks.bfcl.multi_turn.world import World
from starbench.benchmarks.bfcl.prompts import Mode, Prompts
from starbench.benchmarks.bfcl.web_search import Lookup, performed
from starbench.dialects import parse
from starbench.runner.loops import Loop, spoken
from starbench.types import Call, Case

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What one completion comes to: ``step`` is stored, ``messages`` go into the history, ``calls`` have these ids."""

    step: Any
    message: Message
    ids: tuple[str, ...] = ()


def conversation(case: Case, first: Request, prompts: Prompts, world: World, mode: Mode, *, dots: bool) -> Loop:
    """Ask a conversation turn by turn; ``first`` is the request of its first turn, ``world`` what its calls act on."""
    is_prompted = mode == "prompt"
    dialect = "bfcl-prompt" if is_prompted else "bfcl-fc"
    documents, tools = prompts.documents(case), list(first.tools)
    messages: list[Message] = list(first.messages)
    result: list[list[Any]] = []
    asked = 0
    for number, turn in enumerate(prompts.turns(case)):
        if arriving := prompts.arriving(case, number):
            turn = [{"role": "user", "content": _arrival(prompts, arriving, is_prompted)}]
            documents = [*documents, *arriving]
            tools = tools if is_prompted else list(prompts.tools(documents, mode, dots=dots))
        if number:
            messages += turn
        steps: list[Any] = []
        result.append(steps)
        for _ in range(prompts.texts.step_limit + 1):
            completion = yield replace(first, messages=tuple(messages), tools=tuple(tools), step=asked)
            asked += 1
            said = _prompted(completion) if is_prompted else _called(completion, case, asked)
            steps.append(said.step)
            messages.append(said.message)
            actions = _actions(said.step, dialect, case)
            if not actions:
                break
            results = yield from _results(actions, world)
            messages += _told(actions, results, said.ids, is_prompted)
        else:
            break  # forced to quit
    return {"result": result, "dialect": dialect}


def _results(actions: Sequence[Action], world: World) -> Generator[Lookup, Completion, list[str]]:
    """The result texts of the calls of a step."""
    results = []
    for action in actions:
        results.append((yield from performed(action, world)))
    return results


def _actions(step: Any, dialect: str, case: Case) -> Sequence[Action]:
    """The calls of a step as upstream runs them."""
    (turn,) = read_turns([[step]], dialect, case.tools)
    return turn[0].actions if turn else ()


def _arrival(prompts: Prompts, arriving: list[dict[str, Any]], is_prompted: bool) -> str:
    """What the user says in the turn in which held-out functions arrive."""
    texts = prompts.texts
    return texts.more_functions_prompted.format(functions=arriving) if is_prompted else texts.more_functions


def _prompted(completion: Completion) -> Said:
    """A completion of a prompted model."""
    answer = spoken(completion)
    return Said(answer, {"role": "assistant", "content": answer})


def _called(completion: Completion, case: Case, asked: int) -> Said:
    """A completion of a model that was given tools: rows of its calls, or its text where it makes none."""
    message = completion.message
    if message is None:
        output = parse(completion.text, "auto", case.tools)
        rows = [{call.name: _json(call)} for call in output.calls]
        return Said(rows or output.reply or completion.text, _history(completion.text, rows, asked), _ids(rows, asked))
    calls = [call for call in message.get("tool_calls") or () if isinstance(call, Mapping)]
    functions: list[Mapping[str, Any]] = [f if isinstance(f := call.get("function"), Mapping) else {} for call in calls]
    made = [{str(function.get("name")): function.get("arguments")} for function in functions]
    kept = {key: value for key, value in message.items() if key in ("role", "content", "tool_calls") and value}
    # a server's reply without calls is its text; some say so by an empty list and nothing else
    step = made or message.get("content") or message.get("tool_calls")
    return Said(step, {"content": None, **kept}, tuple(str(call.get("id")) for call in calls))


def _history(text: str, rows: Sequence[Mapping[str, str]], asked: int) -> Message:
    """The turn of a local model in its own template's terms: calls apart, and the text only where there are none."""
    if not rows:
        return {"role": "assistant", "content": text}
    functions = [{"name": name, "arguments": arguments} for row in rows for name, arguments in row.items()]
    calls = [
        {"id": id, "type": "function", "function": function}
        for id, function in zip(_ids(rows, asked), functions, strict=True)
    ]
    return {"role": "assistant", "content": "", "tool_calls": calls}


def _ids(rows: Sequence[Any], asked: int) -> tuple[str, ...]:
    return tuple(f"call_{asked}_{number}" for number in range(len(rows)))


def _json(call: Call) -> str:
    try:
        return json.dumps(dict(call.arguments))
    except (TypeError, ValueError, RecursionError):
        return "null"  # no JSON can say it, and no simulated API could take it


def _told(actions: Sequence[Action], results: Sequence[str], ids: Sequence[str], is_prompted: bool) -> list[Message]:
    """The results as messages: one for each call, or for a prompted model one user message with all of them."""
    if is_prompted:
        texts = [call_text(a.name, a.arguments) if isinstance(a, Call) else a for a in actions]
        rows = [{"role": "tool", "name": text, "content": said} for text, said in zip(texts, results, strict=True)]
        return [{"role": "user", "content": repr(rows)}]
    # as upstream pairs them: where fewer calls have an id than results came, the rest is not told
    return [{"role": "tool", "content": said, "tool_call_id": id} for said, id in zip(results, ids, strict=False)]
