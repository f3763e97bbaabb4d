"""A tag a call and a tag an argument, the values as raw text.

    <function=get_weather>
    <parameter=city>
    Paris
    </parameter>
    </function>

is read by ``Tags(call=r"<function=(?P<name>[^>]+)>", call_end="</function>", argument=r"<parameter=(?P<key>[^>]+)>",
argument_end="</parameter>", lines=True)``. A value ends at the closing tag that is followed by the next argument or
the end of the call, so that a closing tag inside a value does no harm.
"""

from __future__ import annotations

import html
import re
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from starbench.dialects.base import (
    MAX_ATTEMPTS,
    Reading,
    Span,
    Window,
    malformed,
    occurrences,
    overlaps,
    parsed,
    regions,
    too_many,
    truncated,
)
from starbench.dialects.raw_values import Typed, typed
from starbench.types import Attempt, Call

_TRIES = 16
"""How many closing tags of one value are looked at; more than one only where a value holds closing tags itself."""

Convert = Callable[["re.Match[str]", str, Any], Typed]


def by_schema(tag: re.Match[str], raw: str, schema: Any) -> Typed:
    """The value by the tool's schema alone."""
    return typed(raw, schema)


@dataclass(frozen=True, slots=True)
class Tags:
    """How a dialect's tags are written.

    ``call`` and ``argument`` are patterns of opening tags with the groups ``name`` and ``key``; an argument's pattern
    may also have a group ``value``, for a value inside the tag itself. ``around`` is what may stand between
    arguments. ``lines`` says that the line breaks next to a value's tags are no part of it; ``patterns`` that
    ``call_end`` and ``argument_end`` are patterns too. ``convert`` makes a value of a tag, its raw text and the
    schema.
    """

    call: str
    call_end: str
    argument: str
    argument_end: str
    wrappers: tuple[tuple[str, str], ...] = ()
    around: str = r"\s*"
    lines: bool = False
    entities: bool = False
    patterns: bool = False
    convert: Convert = by_schema

    @property
    def call_pattern(self) -> re.Pattern[str]:
        """The compiled opening tag of a call."""
        return re.compile(self.call)

    @property
    def end_pattern(self) -> str:
        """The pattern of a call's closing tag."""
        return self.call_end if self.patterns else re.escape(self.call_end)

    @property
    def value_end_pattern(self) -> str:
        """The pattern of an argument's closing tag."""
        return self.argument_end if self.patterns else re.escape(self.argument_end)


class _Broken(Exception):
    """The call cannot be read."""


def read_tags(window: Window, tags: Tags) -> Reading:
    """Every call in ``window``, and an attempt for every wrapper that holds none."""
    attempts: list[Attempt] = []
    match = tags.call_pattern.search(window.text, window.start, window.end)
    while match is not None and not too_many(window, attempts, match.start()):
        following = tags.call_pattern.search(window.text, match.end(), window.end)
        attempt, end = _call(window, tags, match, following.start() if following else window.end)
        attempts.append(attempt)
        if following is not None and following.start() < end:
            following = tags.call_pattern.search(window.text, end, window.end)
        match = following
    inside = [attempt.span for attempt in attempts if attempt.span]
    found = (span for pair in tags.wrappers for tag in pair for span in occurrences(window, tag))
    markup = sorted(span for span in found if not overlaps(span, inside))
    attempts.extend(_empty_wrappers(window, tags, inside))
    return Reading(sorted(attempts, key=lambda attempt: attempt.span or (0, 0)), markup)


def _call(window: Window, tags: Tags, opening: re.Match[str], following: int) -> tuple[Attempt, int]:
    """The attempt whose opening tag matched, and where it ends; a broken one ends by ``following`` at the latest."""
    text, start, name = window.text, opening.start(), opening["name"].strip()
    try:
        arguments, notes, end = _arguments(window, tags, name, opening.end())
        return parsed(text, (start, end), Call(name, arguments), notes), end
    except _Broken as problem:
        closing = re.compile(tags.end_pattern).search(text, opening.end(), following)
        if closing is None and following == window.end:
            return truncated(text, (start, window.end), str(problem)), window.end
        end = closing.end() if closing else following
        return malformed(text, (start, end), str(problem)), end


def _arguments(window: Window, tags: Tags, name: str, position: int) -> tuple[dict[str, Any], list[str], int]:
    """The arguments from ``position`` on, the liberties taken, and where the call ends."""
    text, properties = window.text, window.toolbox.properties(name)
    around, opening, closing = re.compile(tags.around), re.compile(tags.argument), re.compile(tags.end_pattern)
    arguments: dict[str, Any] = {}
    notes: list[str] = []
    while True:
        gap = around.match(text, position, window.end)
        position = gap.end() if gap else position
        end = closing.match(text, position, window.end)
        if end is not None:
            return arguments, notes, end.end()
        match = opening.match(text, position, window.end)
        if match is None:
            raise _Broken("neither an argument nor the end of the call")
        key = match["key"].strip()
        raw, position = _value(window, tags, match)
        if key in arguments:
            raise _Broken(f"argument {key!r} is given twice")
        raw = html.unescape(raw) if tags.entities else raw
        arguments[key], note = tags.convert(match, raw, properties.get(key))
        if note:
            notes.append(f"{key}: {note}")


def _value(window: Window, tags: Tags, opening: re.Match[str]) -> tuple[str, int]:
    """The raw text of the argument whose tag ``opening`` is, and where its closing tag ends."""
    text, start = window.text, opening.end()
    inside_tag = opening.groupdict().get("value")
    if inside_tag is not None:
        return inside_tag, start
    following = re.compile(rf"{tags.around}(?:{tags.argument}|{tags.end_pattern})")
    candidates = islice(re.compile(tags.value_end_pattern).finditer(text, start, window.end), _TRIES)
    first = closing = next(candidates, None)
    if first is None:
        raise _Broken(f"argument {opening['key'].strip()!r} is not closed")
    while closing is not None and not following.match(text, closing.end(), window.end):
        closing = next(candidates, None)
    closing = closing or first
    raw = text[start : closing.start()]
    return (raw.removeprefix("\n").removesuffix("\n") if tags.lines else raw), closing.end()


def _empty_wrappers(window: Window, tags: Tags, inside: Sequence[Span]) -> Iterator[Attempt]:
    """An attempt for each wrapper without a call in it; of nested ones for the outer."""
    taken = list(inside)
    for opening, closing in tags.wrappers:
        for inner, spans in islice(regions(window, opening, closing), MAX_ATTEMPTS):
            whole = (spans[0][0], spans[-1][1] if len(spans) == 2 else inner.end)
            if overlaps(whole, taken):
                continue
            insort(taken, whole)
            if len(spans) == 2 or inner.end < window.end:
                yield malformed(window.text, whole, "there is no call between the tags")
            else:
                yield truncated(window.text, whole)
