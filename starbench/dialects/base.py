"""What a dialect is: something that finds attempts in a window of text, recognises itself, and writes calls.

A dialect is an instance of one of the grammars (JSON in tags, calls as code, …) and is registered by name::

    HERMES = JsonTags(name="hermes", models="Qwen 2.5 and 3, …", open="<tool_call>", close="</tool_call>")
    reading = HERMES.read(Window.whole('<tool_call>{"name": "f", "arguments": {}}</tool_call>'))
    reading.attempts[0].call                                                        # Call("f", {})

Reading is a function of the window alone. It never raises, runs in linear time, and keeps every attempt in order with
its exact span; what is neither attempt nor markup is the reply.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from starbench.types import Attempt, Call, Tool

Span = tuple[int, int]


class Toolbox:
    """The offered tools by name, and what reading asks about them."""

    def __init__(self, tools: Sequence[Tool] = ()) -> None:
        self.by_name: dict[str, Tool] = {tool.name: tool for tool in tools}

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def properties(self, name: str) -> Mapping[str, Any]:
        """Parameter name -> schema of the tool ``name``, in the order of its definition; empty if there is none."""
        tool = self.by_name.get(name)
        properties = tool.parameters.get("properties") if tool else None
        return properties if isinstance(properties, Mapping) else {}

    def original(self, name: str) -> str:
        """The offered tool's name where ``name`` is that name with its dots turned into underscores.

        Servers that allow only ``[a-zA-Z0-9_-]`` in names force this on dotted names. An exact match wins, and a name
        that could stand for two tools is left as it is.
        """
        return name if name in self.by_name else self._underscored.get(name, name)

    @cached_property
    def _underscored(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for name in self.by_name:
            found.setdefault(name.replace(".", "_"), []).append(name)
        return {flat: names[0] for flat, names in found.items() if len(names) == 1}


@dataclass(frozen=True, slots=True)
class Window:
    """The part ``text[start:end]`` of a text, and with what it is read.

    ``repair`` allows unambiguous repairs of what is not well-formed; each one taken is recorded in the attempt.
    """

    text: str
    start: int
    end: int
    toolbox: Toolbox
    repair: bool = False

    @classmethod
    def whole(cls, text: str, tools: Sequence[Tool] = (), *, repair: bool = False) -> Window:
        """The window that is all of ``text``."""
        return cls(text, 0, len(text), Toolbox(tools), repair)

    def part(self, start: int, end: int) -> Window:
        """The same reading of ``text[start:end]``."""
        return Window(self.text, start, end, self.toolbox, self.repair)

    @property
    def content(self) -> str:
        """The text of the window."""
        return self.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a window, in order: attempts, ``markup`` around them, and ``reasoning`` of channel formats."""

    attempts: Sequence[Attempt] = ()
    markup: Sequence[Span] = ()
    reasoning: Sequence[Span] = ()
    reasoning_complete: bool = True


@dataclass(frozen=True, slots=True)
class Sign:
    """Why a window looks like a dialect: ``confidence`` in [0, 1], a reason for people, and where the sign stands.

    Of two equally sure signs the earlier one counts, because the outer form comes first. Where the window had to be
    read to find the sign, ``reading`` saves doing so again.
    """

    confidence: float
    reason: str
    position: int = 0
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """One candidate of automatic detection; see :func:`starbench.detect`."""

    dialect: str
    confidence: float
    reason: str
    position: int = field(default=0, compare=False, repr=False)
    reading: Reading | None = field(default=None, compare=False, repr=False)


class Reader(Protocol):
    """What can read a window."""

    @property
    def name(self) -> str:
        """The dialect's name, for example ``hermes``."""

    @property
    def models(self) -> str:
        """Which models write it, for people."""

    def read(self, window: Window) -> Reading:
        """Find the attempts in ``window``."""


class Dialect(Reader, Protocol):
    """What the registry holds: a reader that recognises its texts and writes them."""

    def sign(self, window: Window) -> Sign | None:
        """Whether ``window`` looks like this dialect, and why; None if nothing speaks for it."""

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> Any:
        """The calls as a model of this dialect would write them (a text, or a message for message dialects)."""


def parsed(text: str, span: Span, call: Call, repairs: Sequence[str] = ()) -> Attempt:
    """An attempt that was read."""
    return Attempt(text[slice(*span)], span, "parsed", call, None, tuple(repairs))


def malformed(text: str, span: Span, problem: str) -> Attempt:
    """An attempt that ended and cannot be read."""
    return Attempt(text[slice(*span)], span, "malformed", None, problem)


def truncated(text: str, span: Span, problem: str = "the text ends inside the call") -> Attempt:
    """An attempt inside which the text ends."""
    return Attempt(text[slice(*span)], span, "truncated", None, problem)


class Finder:
    """``str.find`` for one needle in a window at rising positions, which searches every part of it only once."""

    def __init__(self, window: Window, needle: str) -> None:
        self.text, self.end, self.needle = window.text, window.end, needle
        self._found = -2

    def at(self, position: int) -> int:
        """The first occurrence at or after ``position``, or -1. Positions must not fall between calls."""
        if self._found == -1 or self._found >= position:
            return self._found
        self._found = self.text.find(self.needle, position, self.end)
        return self._found


def earliest(window: Window, needles: Sequence[str]) -> tuple[int, str] | None:
    """The first place in ``window`` where one of ``needles`` stands, and which; the longest where several start
    there.
    """
    found = [(window.text.find(needle, window.start, window.end), -len(needle), needle) for needle in needles]
    position, _, needle = min((hit for hit in found if hit[0] >= 0), default=(-1, 0, ""))
    return (position, needle) if needle else None


MARKED = 0.95
"""Confidence of a dialect that is known by a marker of its own."""

BARE_MARKER = 0.6
"""Confidence where the marker stands there, but not what must follow it."""


def marker_sign(window: Window, markers: Sequence[str], confidence: float = MARKED) -> Sign | None:
    """The sign of a dialect that is known by its markers."""
    hit = earliest(window, markers)
    return Sign(confidence, f"{hit[1]!r} at character {hit[0]}", hit[0]) if hit else None


def pattern_sign(window: Window, pattern: re.Pattern[str], confidence: float = MARKED) -> Sign | None:
    """The sign of a dialect that is known by what ``pattern`` matches."""
    match = pattern.search(window.text, window.start, window.end)
    if match is None:
        return None
    return Sign(confidence, f"{match[0].strip()[:40]!r} at character {match.start()}", match.start())


MAX_ATTEMPTS = 250
"""An answer with more attempts than this is no answer: what follows is kept as one malformed attempt."""

MAX_CANDIDATES = 4_000
"""After so many places that looked like the start of a call and were none, nothing more is looked for."""


def too_many(window: Window, attempts: list[Attempt], position: int) -> bool:
    """Whether reading must stop; then all from ``position`` on has become the last attempt."""
    if len(attempts) < MAX_ATTEMPTS or position >= window.end:
        return False
    attempts.append(malformed(window.text, (position, window.end), f"more than {MAX_ATTEMPTS} calls"))
    return True


def occurrences(window: Window, needle: str) -> Iterator[Span]:
    """Where ``needle`` stands in ``window``."""
    at = window.text.find(needle, window.start, window.end)
    while at >= 0:
        yield at, at + len(needle)
        at = window.text.find(needle, at + len(needle), window.end)


def regions(window: Window, opening: str, closing: str) -> Iterator[tuple[Window, list[Span]]]:
    """Each part of ``window`` after an ``opening`` marker, up to its ``closing`` one (or the next opening), and the
    markers.
    """
    openings, closings = Finder(window, opening), Finder(window, closing)
    start = openings.at(window.start)
    while start >= 0:
        inner = start + len(opening)
        stop, following = closings.at(inner), openings.at(inner)
        limit = following if following >= 0 else window.end
        closed = 0 <= stop < limit
        spans = [(start, inner), (stop, stop + len(closing))] if closed else [(start, inner)]
        yield window.part(inner, stop if closed else limit), spans
        start = following


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether ``span`` shares a character with one of ``others``, which are in order and apart."""
    at = bisect_left(others, span)
    return (at < len(others) and others[at][0] < span[1]) or (at > 0 and others[at - 1][1] > span[0])
