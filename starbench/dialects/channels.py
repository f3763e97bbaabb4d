"""Answers that are a row of messages, each with a header that says whom it is for: user, tool, or the model itself.

    <|channel|>analysis<|message|>easy<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json
    <|message|>{"a": 1}<|call|>                                                                              gpt-oss
    <|start|>assistant to=f<|message|><atem:function_calls>…</atem:function_calls><|eom|>                    Muse
    <|message_model|><|content_invoke_tool_json|>{"name": "f", "args": {"a": 1}}<|end_message|>              Inkling

What a model says to itself is reasoning, and calls in it do not count. The last message's end marker may be missing,
because it is a stop token.
"""

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
from starbench.dialects.json_text import JsonProblem, read_json, skip_space
from starbench.dialects.repair import repair_json
from starbench.dialects.tag_dialects import ATEM
from starbench.types import Attempt, Call

Kind = Literal["reasoning", "reply", "call", "foreign"]


@dataclass(frozen=True, slots=True)
class Channels:
    """The grammar as a dialect.

    ``header`` and ``end`` are patterns; ``kind`` says what a message with that header is (``foreign``: another
    role's, which is no part of the answer); ``calls`` reads the attempts of a call message between two positions.
    """

    name: str
    models: str
    header: str
    end: str
    kind: Callable[[re.Match[str]], Kind]
    calls: Callable[[Window, re.Match[str], int], Reading]
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
            end = ending.search(window.text, head.end(), window.end)
            if kind == "call":
                reading = self.calls(window, head, end.start() if end else window.end)
                attempts.extend(reading.attempts)
                markup.extend(reading.markup)
                end = ending.search(window.text, _last(reading, head.end()), window.end)
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

    def sign(self, window: Window) -> Sign | None:
        """A message's header."""
        return pattern_sign(window, re.compile(self.sign_pattern or self.header))

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """One message a call."""
        return self.write_calls(calls, toolbox)


def _framing(head: re.Match[str], end: re.Match[str] | None, whole: Span | None) -> list[Span]:
    spans = [whole or head.span()]
    return [*spans, end.span()] if end else spans


def _last(reading: Reading, position: int) -> int:
    """Where the last attempt ends, or ``position`` if there is none."""
    span = reading.attempts[-1].span if reading.attempts else None
    return span[1] if span else position


def _from_header(head: re.Match[str], reading: Reading) -> Reading:
    """The reading with its first attempt beginning at the header."""
    first = reading.attempts[0]
    start, stop = head.start(), _last(Reading([first]), head.end())
    whole = replace(first, raw=head.string[start:stop], span=(start, stop))
    return replace(reading, attempts=[whole, *reading.attempts[1:]])


def _unread(window: Window, head: re.Match[str], end: int, ending: re.Pattern[str], problem: str) -> Reading:
    """One attempt for a message to a tool in which no call can be found."""
    span = (head.start(), end)
    ended = end < window.end or ending.match(window.text, end) is not None
    return Reading([malformed(window.text, span, problem) if ended else truncated(window.text, span)])


def _harmony_kind(head: re.Match[str]) -> Kind:
    if head["role"] not in (None, "", "assistant"):
        return "foreign"
    if _recipient(head):
        return "call"
    return "reasoning" if head["channel"] == "analysis" else "reply"


def _recipient(head: re.Match[str]) -> str:
    found = re.search(r"\bto=([^\s<]+)", f"{head['before'] or ''} {head['after'] or ''}")
    return "" if found is None or found[1] in ("user", "all") else found[1]


def _harmony_call(window: Window, head: re.Match[str], end: int) -> Reading:
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
            return _unread(window, head, end, _HARMONY_END, str(problem))
        value, stop = repaired[0], end
        notes.append(repaired[1])
    span = (head.start(), stop)
    try:
        arguments, liberties = read_arguments_object(value, repair=window.repair)
    except CallProblem as problem:
        return Reading([malformed(text, span, str(problem))])
    name = _recipient(head).removeprefix("functions.")
    return Reading([parsed(text, span, Call(name, arguments), [*notes, *liberties])])


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


def _muse_calls(window: Window, head: re.Match[str], end: int) -> Reading:
    reading = ATEM.read(window.part(head.end(), end))
    if reading.attempts:
        return _from_header(head, reading)
    return _unread(window, head, end, _MUSE_END, "a message to a tool without a call")


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


def _inkling_calls(window: Window, head: re.Match[str], end: int) -> Reading:
    attempts, _ = read_objects(window, head.end(), _INKLING_KEYS)
    if attempts:
        return _from_header(head, Reading(attempts))
    return _unread(window, head, end, _INKLING_END, "there is no JSON object")


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
