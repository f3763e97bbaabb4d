"""What a gold is, in any of the forms that data sets hold it in, as an Expected.

    [{"name": "add", "arguments": {"a": 1}}]                        calls (also OpenAI's tool_calls, and as JSON text)
    '</think><tool_call>\\n{"name": "add", …}\\n</tool_call>'         chat text, as in the paper's data
    "Which city?"                                                   a reply
    [], "", "</think>"                                              no call (irrelevance)
    {"role": "assistant", "content": None, "tool_calls": […]}       a chat message, or a list of them
    [{"add": {"a": [1, "one"], "b": ["", 2]}}]                      BFCL's possible answers: alternatives in lists
    {"add": {"a": 1}, "add_1": {"a": 2}}                            ACEBench's: repeated calls are numbered
    Expected(…), Case(…), [Call(…)], [ExpectedCall(…)]              ours

A gold that is none of these raises :class:`~starbench.errors.InputError` and says what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starbench.dialects import parse
from starbench.dialects.calls import looks_like_call
from starbench.dialects.reasoning import content_span
from starbench.errors import InputError
from starbench.reward.hermes import SHORT, plain_call
from starbench.similarity import ABSTAIN, expected_calls, expected_reply, possible_answers
from starbench.types import Call, Case, Expected, ExpectedCall, Output, Tool

_MESSAGE_KEYS = frozenset({"role", "content", "tool_calls", "function_call", "output"})
_NUMBERED = re.compile(r"(.+)_\d+")
_CALL_LIKE = re.compile(r"[\[<{`]|[\w.]+\(")
"""How a text begins that may be calls in another dialect; any other text without call tags is a reply."""

Tools = Callable[[], Sequence[Tool]]
"""The tools on offer, fetched only where a gold cannot be read without them."""


def read_gold(gold: Any, tools: Tools = tuple) -> Expected:
    """The expected answer that ``gold`` describes.

    Raises:
        InputError: it describes none, and why.
    """
    if isinstance(gold, str):
        return _of_text(gold, tools)
    if isinstance(gold, Expected):
        return gold
    if isinstance(gold, Case):
        return gold.expected
    if hasattr(gold, "tolist"):  # a column that came through numpy
        gold = gold.tolist()
    if isinstance(gold, Mapping):
        return _of_mapping(gold, tools)
    if isinstance(gold, Sequence):
        return _of_list(gold, tools)
    raise InputError(f"the gold is {_shown(gold)}; give calls, a reply, possible answers, or an Expected")


def _of_text(text: str, tools: Tools) -> Expected:
    start = text.lstrip()[:1]
    if start == "[" or start == "{":
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, (list, dict)):
            return read_gold(value, tools)
    if "<tool_call>" in text:
        return _plain_calls(text) or _of_output(parse(text, "hermes", tools()), text)
    answer = text[slice(*content_span(text))].rpartition("</think>")[2].strip()
    if _CALL_LIKE.match(answer):
        output = parse(answer, "auto", tools())
        if _calls_offered(output, tools()):
            return _of_output(output, text)
    return expected_reply(answer) if answer else ABSTAIN


def _plain_calls(text: str) -> Expected | None:
    """The calls of tags that each hold an object of a name and arguments, the usual form; None for another form."""
    _, *tagged = text.split("<tool_call>")
    calls = []
    for stretch in tagged:
        inside, closed, _ = stretch.partition("</tool_call>")
        call = _tagged_call(inside) if closed and "think>" not in stretch else None
        if call is None:
            return None
        calls.append(call)
    return expected_calls(calls)


def _tagged_call(inside: str) -> Call | None:
    """The call between tags: as of an answer, or with what only Python's JSON reads (``Infinity``, a name twice)."""
    call = plain_call(inside) if len(inside) <= SHORT else None
    try:
        return call or _plain_call(json.loads(inside))
    except (ValueError, RecursionError):
        return None


def _calls_offered(output: Output, tools: Sequence[Tool]) -> bool:
    """Whether a text without tags is calls: readable ones, of offered tools (else it is a reply that mentions some)."""
    offered = {tool.name for tool in tools}
    return bool(output.calls) and not output.failed and all(call.name in offered for call in output.calls)


def _of_mapping(gold: Mapping[str, Any], tools: Tools) -> Expected:
    if "ground_truth" in gold:
        return read_gold(gold["ground_truth"], tools)
    if looks_like_call(gold) or _MESSAGE_KEYS & set(gold):
        return _of_output(parse(gold, "message.openai", tools()), gold)
    if gold and all(isinstance(arguments, Mapping) for arguments in gold.values()):
        offered = {tool.name for tool in tools()}
        return expected_calls(Call(_unnumbered(name, gold, offered), dict(given)) for name, given in gold.items())
    raise InputError(f"the gold is {_shown(gold)}: neither a call nor a message nor possible answers")


def _unnumbered(name: str, gold: Mapping[str, Any], offered: set[str]) -> str:
    """The function that a key of ACEBench's answers names: ``add_1`` is the second call of ``add``."""
    match = _NUMBERED.fullmatch(name)
    return match[1] if match and name not in offered and (match[1] in offered or match[1] in gold) else name


def _of_list(gold: Sequence[Any], tools: Tools) -> Expected:
    if not gold:
        return ABSTAIN
    if all(isinstance(call, ExpectedCall) for call in gold):
        return Expected("calls", tuple(gold))
    if all(isinstance(call, Call) for call in gold):
        return expected_calls(gold)
    if all(isinstance(text, str) for text in gold):
        return _of_output(parse(f"[{', '.join(gold)}]", "pythonic", tools()), gold)
    if all(isinstance(answer, Mapping) and _is_possible_answer(answer) for answer in gold):
        return possible_answers(gold, tools())
    if all(isinstance(row, Mapping) and len(row) == 1 for row in gold):
        return _of_output(parse(gold, "bfcl-fc", tools()), gold)
    calls = [_plain_call(call) for call in gold]
    if None not in calls:
        return expected_calls(call for call in calls if call is not None)
    return _of_output(parse(gold, "message.openai", tools()), gold)


def _plain_call(call: Any) -> Call | None:
    """The call of an object that is just a name and arguments."""
    if not isinstance(call, Mapping) or call.keys() != {"name", "arguments"}:
        return None
    name, arguments = call["name"], call["arguments"]
    return Call(name, dict(arguments)) if isinstance(name, str) and isinstance(arguments, Mapping) else None


def _is_possible_answer(answer: Mapping[str, Any]) -> bool:
    """Whether this is ``{function: {parameter: [alternatives]}}``."""
    return len(answer) == 1 and all(
        isinstance(arguments, Mapping) and all(isinstance(alternatives, list) for alternatives in arguments.values())
        for arguments in answer.values()
    )


def _of_output(output: Output, gold: Any) -> Expected:
    """What an answer that is right by definition says."""
    if output.failed:
        raise InputError(f"the gold {_shown(gold)} holds a call that cannot be read: {output.failed[0].problem}")
    if output.calls:
        return expected_calls(output.calls)
    return expected_reply(output.reply) if output.reply else ABSTAIN


def _shown(gold: object) -> str:
    text = repr(gold)
    return text if len(text) <= 120 else f"{text[:119]}…"
