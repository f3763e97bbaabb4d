"""How the release reads texts: the answer of a completion, the calls in it, and the tools of a prompt.

    answer_of('because</think>\\n\\n<tool_call>…</tool_call>', "<think>", opens=True)  ->  '<tool_call>…</tool_call>'
    calls_of('<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>')          ->  [("f", {"a": 1})]
    tools_of('<tools>\\n{"name": "f", "parameters": {"a": {}}}\\n</tools>')            ->  {"f": ("a",)}

The names of the oddities, in capitals, are explained in :mod:`starbench.reward.star`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from starbench.reward.first_come import StarCall

_TURN = "<|im_start|>assistant\n"
_THINK, THOUGHT = "<think>", "</think>"
_CALL, _CALLED = "<tool_call>", "</tool_call>"
TOOLS, _OFFERED = "<tools>", "</tools>"
RAISED = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
"""What reading arbitrary JSON as if it had the right shape can raise."""
_decode = json.JSONDecoder().raw_decode
_SHORT = 1024
"""Calls up to this many characters are remembered: answers of a group, and gold and answer, have many in common."""


class Refused(Exception):
    """The answer is worth -1; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# ---- the answer ----


def last_turn(text: str) -> str:
    """LAST TURN: what follows the last header of an assistant's turn, or all of the text."""
    return text.rpartition(_TURN)[2]


def opens_thought(turn: str) -> bool:
    """Whether a turn of the prompt is nothing but an opened thought."""
    return turn.count("<") == 1 and _THINK in turn


def answer_of(completion: str, head: str | None, *, opens: bool) -> str:
    """What follows the last ``</think>`` of the last turn, if there is exactly one thought; else refused.

    The last turn of prompt and completion together: ``head`` is the prompt's, and ``opens`` that it does nothing but
    open the reasoning. Without a prompt (None) the same is assumed, if the completion does not do so itself.
    """
    closing = completion.rfind(THOUGHT)
    if opens and closing >= 0 and completion.find("<", 0, closing) < 0:  # a thought without any tag
        answer = completion[closing + len(THOUGHT) :]
        if _TURN not in answer:
            return answer.strip()
    if head is None:
        return _after_thought(completion if _THINK in completion else _THINK + completion)
    return _after_thought(last_turn(head + completion))


def _after_thought(text: str) -> str:
    opening, closing = text.find(_THINK), text.rfind(THOUGHT)
    if opening < 0 or closing < opening:
        raise Refused("reasoning:unclosed")
    if text.find(_THINK, opening + len(_THINK)) >= 0 and len(between(text, _THINK, THOUGHT)) > 1:
        raise Refused("reasoning:repeated")
    return text[closing + len(THOUGHT) :].strip()


def between(text: str, open_tag: str, close_tag: str) -> list[str]:
    """What stands between pairs of tags, from the left and without overlap; an unclosed tag ends the search."""
    found: list[str] = []
    start = text.find(open_tag)
    while start >= 0:
        start += len(open_tag)
        end = text.find(close_tag, start)
        if end < 0:
            break
        found.append(text[start:end])
        start = text.find(open_tag, end)
    return found


# ---- calls ----


def calls_of(answer: str) -> list[StarCall] | None:
    """The calls of an answer or a label; None without a call tag: then it is a reply. Refused where one is no call."""
    start = answer.find(_CALL)
    if start < 0:
        return None
    read = _call if len(answer) <= _SHORT else _read_call
    calls: list[StarCall] = []
    while start >= 0:  # as between() finds them; straight, because this is where a trainer's rows spend their time
        start += len(_CALL)
        end = answer.find(_CALLED, start)
        if end < 0:
            break
        call = read(answer[start:end])
        if call is None:
            raise Refused("call:malformed")
        calls.append(call)
        start = answer.find(_CALL, end)
    return calls


def _loads(text: str) -> Any:
    """As ``json.loads``, at two thirds of its cost for short texts."""
    text = text.strip(" \t\n\r")
    value, end = _decode(text)
    if end < len(text):
        raise ValueError("more than one value")
    return value


def _read_call(inside: str) -> StarCall | None:
    """Name and arguments of the JSON between call tags; None where the release raises."""
    try:
        value = _loads(inside)
        return value["name"], value["arguments"]
    except RAISED:
        return None


_call = lru_cache(maxsize=16_384)(_read_call)


# ---- tools ----


def tools_of(prompt: str) -> Mapping[Any, Any] | None:
    """Function -> a container of its argument names; None where the release raises."""
    lines = map(str.strip, _last_between(prompt, TOOLS, _OFFERED).split("\n"))
    tools = list(map(_tool, filter(None, lines)))
    return None if None in tools else dict(tools)  # type: ignore[arg-type]


def _last_between(text: str, open_tag: str, close_tag: str) -> str:
    """The last one of :func:`between`, looked for from the end; "" where there is none.

    No tag is open right after a closing one, so each stretch up to a closing tag holds one pair, or none.
    """
    end = text.rfind(close_tag)
    while end >= 0:
        before = text.rfind(close_tag, 0, end)
        start = text.find(open_tag, before + 1, end)
        if start >= 0:
            return text[start + len(open_tag) : end]
        end = before
    return ""


@lru_cache(maxsize=8192)
def _tool(line: str) -> tuple[Any, Any] | None:
    """Name and container of argument names of the tool on a line; None where the release raises."""
    try:
        tool = _loads(line)
        name, parameters = tool["name"], tool["parameters"]
        if "properties" in parameters and isinstance(parameters["properties"], dict) and "type" in parameters:
            parameters = parameters["properties"] if parameters["type"] is not None else parameters
        hash(name)
    except RAISED:
        return None
    return name, tuple(parameters) if type(parameters) is dict else parameters
