"""Hermes answers in their common form, read without the general machinery, because a trainer reads millions of them.

    because</think>\\n\\n<tool_call>\\n{"name": "f", "arguments": {"a": 1}}\\n</tool_call><|im_end|>

What is read: at most one block of reasoning between ``<think>`` and ``</think>``, and then prose and hermes calls. An
answer of another form gives None and is left to :func:`starbench.parse`; where this reader does not give None, both
find the same calls, reply and problem (tested).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from starbench.dialects.json_text import JsonProblem, read_json, skip_space
from starbench.dialects.reasoning import TAGS, content_span
from starbench.types import Call


class Answer(NamedTuple):
    """What counts of an answer. ``problem`` is a code: unreadable calls, or reasoning that is not well-formed.

    ``key`` is the text that all this follows from, or None where it is not known to.
    """

    calls: Sequence[Call]
    reply: str
    problem: str | None
    attempted: bool
    reasoned: bool
    key: str | None = None


_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
_THINK, _THOUGHT = "<think>", "</think>"
_OTHER = tuple(tag for pair in TAGS for tag in pair if pair != (_THINK, _THOUGHT))
_ANGLED = tuple(tag for tag in _OTHER if tag[0] == "<")
_UNUSUAL = tuple(tag for tag in _OTHER if tag[0] != "<")
_MORE = re.compile(r"[\[{]")
SHORT = 1024
"""Calls up to this many characters are remembered."""
_UNCLOSED = Answer((), "", "reasoning:unclosed", False, True)
_MALFORMED = Answer((), "", "call:malformed", True, True)
_TRUNCATED = Answer((), "", "call:truncated", True, True)


def read_hermes(text: str, opened: bool | None) -> Answer | None:
    """The answer, or None where it is not of the common form; ``opened``: whether the prompt opened the reasoning."""
    first = text.find("<")  # one character is found much faster than a tag, and before it there is none
    if first < 0:
        first = len(text)
    if _has_other_tags(text, first):
        return None
    closing = text.rfind(_THOUGHT)
    if closing < 0:
        return _without_reasoning(text, opened)
    opening = text.find(_THINK, first)
    if opening >= 0:
        common = not opened and (opening == 0 or text[:opening].isspace()) and text.find(_THINK, opening + 1) < 0
    else:  # if nobody knows that reasoning was opened, the closing tag may stand inside a call
        common = opened is True or (opened is None and text.find(_OPEN, first, closing) < 0)
    if not common or not opening < closing or text.find(_THOUGHT, first) < closing:
        return None
    return _calls(text, closing + len(_THOUGHT), True)


def _without_reasoning(text: str, opened: bool | None) -> Answer | None:
    if _THINK in text:
        return None
    return _UNCLOSED if opened else _calls(text, 0, False)


def _has_other_tags(text: str, position: int) -> bool:
    """Whether a reasoning tag other than think's occurs; ``position`` is that of the first "<"."""
    while position >= 0:
        if text.startswith(_ANGLED, position):
            return True
        position = text.find("<", position + 1)
    return any(tag[0] in text and tag in text for tag in _UNUSUAL)


def _calls(text: str, start: int, reasoned: bool) -> Answer | None:
    position = first = text.find(_OPEN, start)
    if first < 0:
        return None if _CLOSE in text else Answer((), _content(text, start), None, False, reasoned, text[start:])
    calls: list[Call] = []
    while position >= 0:
        inner = position + len(_OPEN)
        closing = text.find(_CLOSE, inner)
        call = plain_call(text[inner:closing]) if 0 <= closing <= inner + SHORT else None
        if call is None:
            return _unread(text, inner, closing)
        calls.append(call)
        position = text.find(_OPEN, closing)
    return Answer(calls, "", None, True, reasoned, text[first:])


def _unread(text: str, inner: int, closing: int) -> Answer | None:
    """The problem of a closed tag without JSON, or of an unclosed one with a call; else None, for a closer look."""
    try:
        value, end = read_json(text, inner)
    except JsonProblem:
        array = text.startswith("[", skip_space(text, inner))  # its elements may still be calls
        return _MALFORMED if closing >= 0 and not array else None
    alone = closing < 0 and text.find(_OPEN, inner) < 0 and not _MORE.search(text, end)
    return _TRUNCATED if alone and _plain_call(value) else None


@lru_cache(maxsize=16_384)
def plain_call(inside: str) -> Call | None:
    """The call of ``{"name": text, "arguments": object}`` and nothing else; golds and answers share many."""
    try:
        value, end = read_json(inside, 0)
    except JsonProblem:
        return None
    return None if inside[end:].strip(" \t\r\n") else _plain_call(value)


def _plain_call(value: Any) -> Call | None:
    if not isinstance(value, dict) or len(value) != 2:
        return None
    name, arguments = value.get("name"), value.get("arguments")
    if not isinstance(name, str) or not isinstance(arguments, dict) or name.strip() != name or not name:
        return None
    return Call(name, arguments)


def _content(text: str, start: int) -> str:
    first, end = content_span(text)
    return text[max(start, first) : end].strip()
