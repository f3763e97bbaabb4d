"""Answers that are a row of messages, each with a header that says whom it is for: the user, the model itself, or a
tool.

    <|channel|>analysis<|message|>easy<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json
    <|message|>{"a": 1}<|call|>                                                                              gpt-oss
    <|start|>assistant to=f<|message|><atem:function_calls>…</atem:function_calls><|eom|>                    Muse
    <|message_model|><|content_invoke_tool_json|>{"name": "f", "args": {"a": 1}}<|end_message|>              Inkling

What a model says to itself is reasoning, and calls in it do not count. The last message's end marker may be missing,
because it is a stop token."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from starbench.dialects.base import (
    Reading,
    Sign,
    Span,
    Toolbox,
    Window,
    malformed,
    parsed,
    pattern_sign,
    too_many,
    truncated,
)
from starbench.dialects.calls import CallProblem, Keys, objects_of, read_arguments_object
from starbench.dialects.json_objects import read_objects
from starbench.dialects.json_text import JsonProblem, read_json, repair_json, skip_space
from starbench.dialects.tag_dialects import ATEM
from starbench.types import Attempt, Call

Kind = Literal["reasoning", "reply", "call", "foreign"]


@dataclass(frozen=True, slots=True)
class Channels:
    """The grammar as a dialect.

    ``header`` and ``end`` are patterns; ``kind`` says what a message with that header is (``foreign``: another
    role's, which is no part of the answer); ``calls`` reads the attempts of a call message between two positions."""

    name: str
    models: str
    header: str
    end: str
    kind: Callable[[re.Match[str]], Kind]
    calls: Callable[[Window, re.Match[str], int], list[Attempt]]
    write_calls: Callable[[Sequence[Call], Toolbox], str]
    sign_pattern: str = ""

    def read(self, window: Window) -> Reading:
        """Take the messages apart and read those that call."""
        header, ending = re.compile(self.header), re.compile(self.end)
        attempts: list[Attempt] = []
        markup: list[Span] = []
        reasoning: list[Span] = []
        complete = True
        head = header.search(window.text, window.start, window.end)
        while head is not None and not too_many(window, attempts, head.start()):
            kind = self.kind(head)
            found = self.calls(window, head, self._content_end(window, head, ending, kind)) if kind == "call" else []
            attempts.extend(found)
            last = found[-1].span[1] if found and found[-1].span else head.end()
            end = ending.search(window.text, last, window.end)
            stop = end.start() if end else window.end
            markup.extend(_framing(head, end, (head.start(), stop) if kind == "foreign" else None))
            if kind == "reasoning":
                reasoning.append((head.end(), stop))
                complete = end is not None or ending.match(window.text, stop) is not None
            head = header.search(window.text, end.start() if end else window.end, window.end)
        partial = re.compile(r"<\|(?:start|channel|constrain|message_model)\|>[^<]*\Z").search(
            window.text, window.start, window.end
        )
        if partial is not None and not any(a.span and a.span[1] > partial.start() for a in attempts):
            markup.append(partial.span())
        return Reading(attempts, sorted(markup), reasoning, complete)

    def _content_end(self, window: Window, head: re.Match[str], ending: re.Pattern[str], kind: Kind) -> int:
        end = ending.search(window.text, head.end(), window.end)
        return end.start() if end else window.end

    def sign(self, window: Window) -> Sign | None:
        """A message's header."""
        return pattern_sign(window, re.compile(self.sign_pattern or self.header))

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """One message a call."""
        return self.write_calls(calls, toolbox)


def _framing(head: re.Match[str], end: re.Match[str] | None, whole: Span | None) -> list[Span]:
    spans = [whole or head.span()]
    return [*spans, end.span()] if end else spans


def _harmony_kind(head: re.Match[str]) -> Kind:
    if head["role"] not in (None, "", "assistant"):
        return "foreign"
    if _recipient(head):
        return "call"
    return "reasoning" if head["channel"] == "analysis" else "reply"


def _recipient(head: re.Match[str]) -> str:
    found = re.search(r"\bto=([^\s<]+)", f"{head['before'] or ''} {head['after'] or ''}")
    return "" if found is None or found[1] in ("user", "all") else found[1]


def _harmony_call(window: Window, head: re.Match[str], end: int) -> list[Attempt]:
    """The attempt that a message to a tool is: its content must be the arguments as a JSON object."""
    text = window.text
    notes: list[str] = []
    ended = end < window.end or _HARMONY_END.match(text, end) is not None
    try:
        value, stop = read_json(text, head.end())
        if stop > window.end:
            raise JsonProblem("the text ends inside the arguments", head.end())
        after = skip_space(text, stop)
        if after < window.end and _HARMONY_END.match(text, after, window.end) is None:
            raise JsonProblem("text follows the arguments", stop)
    except JsonProblem as problem:
        repaired = repair_json(text[head.end() : end]) if window.repair and ended else None
        if repaired is None:
            span = (head.start(), end)
            return [malformed(text, span, str(problem)) if ended else truncated(text, span)]
        value, stop = repaired[0], end
        notes.append(repaired[1])
    span = (head.start(), stop)
    try:
        arguments, liberties = read_arguments_object(value, repair=window.repair)
    except CallProblem as problem:
        return [malformed(text, span, str(problem))]
    return [parsed(text, span, Call(_recipient(head).removeprefix("functions."), arguments), [*notes, *liberties])]


def _write_harmony(calls: Sequence[Call], toolbox: Toolbox) -> str:
    texts = ((call.name, json.dumps(dict(call.arguments), ensure_ascii=False)) for call in calls)
    return "<|start|>assistant".join(
        f"<|channel|>commentary to=functions.{name} <|constrain|>json<|message|>{text}<|call|>" for name, text in texts
    )


_HARMONY_END = re.compile(r"<\|(?:end|call|return)\|>|(?=<\|start\|>)")
GPTOSS = Channels(
    name="gptoss",
    models="gpt-oss 20b and 120b (harmony)",
    header=(
        r"(?:<\|start\|>(?P<role>[\w.-]*))?(?P<before>[ \t]{0,4}(?:to=[^\s<]{1,200})?\s{0,4})"
        r"<\|channel\|>(?P<channel>\w+)(?P<after>[^<]*)(?:<\|constrain\|>[^<]*)?<\|message\|>"
    ),
    end=_HARMONY_END.pattern,
    kind=_harmony_kind,
    calls=_harmony_call,
    write_calls=_write_harmony,
    sign_pattern=r"<\|channel\|>(?:analysis|commentary|final)",
)


def _muse_kind(head: re.Match[str]) -> Kind:
    if head["role"] not in (None, "assistant"):
        return "foreign"
    if head["to"] == "self":
        return "reasoning"
    return "reply" if head["to"] in (None, "user") else "call"


def _muse_calls(window: Window, head: re.Match[str], end: int) -> list[Attempt]:
    reading = ATEM.read(window.part(head.end(), end))
    if reading.attempts:
        first = reading.attempts[0]
        start = head.start()
        stop = first.span[1] if first.span else end
        whole = replace(first, raw=window.text[start:stop], span=(start, stop))
        rest = list(reading.attempts[1:])
        return [whole, *rest]
    ended = end < window.end or _MUSE_END.match(window.text, end) is not None
    span = (head.start(), end)
    return [
        malformed(window.text, span, "a message to a tool without a call") if ended else truncated(window.text, span)
    ]


def _write_muse(calls: Sequence[Call], toolbox: Toolbox) -> str:
    return "<|eom|><|start|>assistant".join(
        f" to={call.name}<|message|>{ATEM.write([call], toolbox)}" for call in calls
    )


_MUSE_END = re.compile(r"<\|(?:eom|eot)\|>")
MUSE = Channels(
    name="muse",
    models="Muse",
    header=r"(?:<\|start\|>\s*(?P<role>\w+))?[^\S\n]{0,4}(?:to=(?P<to>[\w.-]{1,200}))?<\|message\|>",
    end=_MUSE_END.pattern,
    kind=_muse_kind,
    calls=_muse_calls,
    write_calls=_write_muse,
    sign_pattern=r"<atem:(?:function_calls|invoke)",
)


def _inkling_kind(head: re.Match[str]) -> Kind:
    kinds: dict[str, Kind] = {"thinking": "reasoning", "text": "reply"}
    return kinds.get(head["kind"], "call")


def _inkling_calls(window: Window, head: re.Match[str], end: int) -> list[Attempt]:
    attempts, stop = read_objects(window, head.end(), _INKLING_KEYS)
    if attempts:
        first = attempts[0]
        begin, close = head.start(), first.span[1] if first.span else stop
        return [replace(first, raw=window.text[begin:close], span=(begin, close)), *attempts[1:]]
    ended = end < window.end or _INKLING_END.match(window.text, end) is not None
    span = (head.start(), end)
    return [malformed(window.text, span, "there is no JSON object") if ended else truncated(window.text, span)]


_INKLING_KEYS = Keys(arguments=("args", "arguments"))
_INKLING_END = re.compile(r"<\|end_message\|>|<\|content_model_end_sampling\|>|(?=<\|message_model\|>)")
INKLING = Channels(
    name="inkling",
    models="Inkling",
    header=r"(?:<\|message_model\|>[^<]*)?<\|content_(?P<kind>thinking|text|invoke_tool_json|invoke_tool_text)\|>",
    end=_INKLING_END.pattern,
    kind=_inkling_kind,
    calls=_inkling_calls,
    write_calls=lambda calls, toolbox: "".join(
        f"<|message_model|><|content_invoke_tool_json|>{json.dumps(value, ensure_ascii=False)}<|end_message|>"
        for value in objects_of(calls, _INKLING_KEYS)
    ),
)
