"""Gemma's calls: unquoted keys, strings between a delimiter of their own, nested lists and objects.

    <start_function_call>call:f{city:<escape>Paris<escape>,days:3}<end_function_call>       FunctionGemma
    <|tool_call>call:f{city:<|"|>Paris<|"|>,days:3}<tool_call|>                             Gemma 4

Strings have no escapes: they end at the next delimiter, so a text that holds the delimiter cannot be written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starbench.dialects.base import (
    Reading,
    Sign,
    Toolbox,
    Window,
    malformed,
    parsed,
    pattern_sign,
    too_many,
    truncated,
)
from starbench.dialects.json_text import MAX_DEPTH, JsonProblem, read_all_json
from starbench.types import Attempt, Call

_SPACE = re.compile(r"\s*")
_KEY = re.compile(r"\s*([^\s:,{}\[\]<>]+)\s*:")
_BARE = re.compile(r"[^,{}\[\]<>]*")


class _Broken(Exception):
    """The arguments cannot be read."""


@dataclass(frozen=True, slots=True)
class GemmaCalls:
    """One of the two forms as a dialect; ``quote`` stands on both sides of a string."""

    name: str
    models: str
    open: str
    close: str
    quote: str

    @property
    def header(self) -> re.Pattern[str]:
        """The opening marker, ``call:`` (whose word may be missing) and the name."""
        return re.compile(rf"{re.escape(self.open)}\s*(?:call)?:\s*([^\s{{}}<>]+)\s*(?=\{{)")

    def read(self, window: Window) -> Reading:
        """Find every opening marker."""
        pattern = re.compile(re.escape(self.open))
        attempts: list[Attempt] = []
        mark = pattern.search(window.text, window.start, window.end)
        while mark is not None and not too_many(window, attempts, mark.start()):
            attempt, end = self._call(window, mark, pattern)
            attempts.append(attempt)
            mark = pattern.search(window.text, max(end, mark.end()), window.end)
        return Reading(attempts)

    def _call(self, window: Window, mark: re.Match[str], pattern: re.Pattern[str]) -> tuple[Attempt, int]:
        text, start = window.text, mark.start()
        head = self.header.match(text, start, window.end)
        try:
            if head is None:
                raise _Broken("no name and braces follow the marker")
            arguments, position = self._object(window, head.end(), 1)
            gap = _SPACE.match(text, position, window.end)
            position = gap.end() if gap else position
            if not text.startswith(self.close, position, window.end):
                raise _Broken("the call is not closed")
            end = position + len(self.close)
            return parsed(text, (start, end), Call(head[1], arguments)), end
        except _Broken as problem:
            following = pattern.search(text, mark.end(), window.end)
            limit = following.start() if following else window.end
            closing = text.find(self.close, mark.end(), limit)
            if closing < 0 and following is None:
                return truncated(text, (start, window.end)), window.end
            end = closing + len(self.close) if closing >= 0 else limit
            return malformed(text, (start, end), str(problem)), end

    def _value(self, window: Window, position: int, depth: int) -> tuple[Any, int]:
        text = window.text
        gap = _SPACE.match(text, position, window.end)
        position = gap.end() if gap else position
        if depth > MAX_DEPTH:
            raise _Broken(f"nested deeper than {MAX_DEPTH} levels")
        if text.startswith(self.quote, position, window.end):
            start = position + len(self.quote)
            end = text.find(self.quote, start, window.end)
            if end < 0:
                raise _Broken("a string is not closed")
            return text[start:end], end + len(self.quote)
        if text.startswith("{", position, window.end):
            return self._object(window, position, depth + 1)
        if text.startswith("[", position, window.end):
            return self._list(window, position, depth + 1)
        bare = _BARE.match(text, position, window.end)
        source = bare[0].strip() if bare else ""
        try:
            return read_all_json(source), position + len(bare[0] if bare else "")
        except JsonProblem:
            raise _Broken(f"{source[:40]!r} is no value") from None

    def _object(self, window: Window, opening: int, depth: int) -> tuple[dict[str, Any], int]:
        members: dict[str, Any] = {}
        position = self._first(window, opening, "}")
        while not window.text.startswith("}", position):
            if window.text.startswith(self.quote, position, window.end):
                key, position = self._value(window, position, depth)
                colon = re.compile(r"\s*:").match(window.text, position, window.end)
            else:
                colon = _KEY.match(window.text, position, window.end)
                key = colon[1] if colon else ""
            if colon is None:
                raise _Broken("a key is missing")
            if key in members:
                raise _Broken(f"key {key[:40]!r} is given twice")
            members[key], position = self._value(window, colon.end(), depth)
            position = self._next(window, position, "}")
        return members, position + 1

    def _list(self, window: Window, opening: int, depth: int) -> tuple[list[Any], int]:
        items: list[Any] = []
        position = self._first(window, opening, "]")
        while not window.text.startswith("]", position):
            item, position = self._value(window, position, depth)
            items.append(item)
            position = self._next(window, position, "]")
        return items, position + 1

    def _first(self, window: Window, opening: int, closer: str) -> int:
        """Where the first item stands, or the closing bracket."""
        gap = _SPACE.match(window.text, opening + 1, window.end)
        position = gap.end() if gap else opening + 1
        if position >= window.end:
            raise _Broken(f"{closer!r} is missing")
        return position

    def _next(self, window: Window, position: int, closer: str) -> int:
        """Where the next item stands, or the closing bracket."""
        position = self._first(window, position - 1, closer)
        if window.text[position] == ",":
            return self._first(window, position, closer)
        if window.text[position] != closer:
            raise _Broken(f"a comma is missing before {window.text[position : position + 20]!r}")
        return position

    def sign(self, window: Window) -> Sign | None:
        """The opening marker."""
        return pattern_sign(window, re.compile(re.escape(self.open)))

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """The calls one after the other."""
        return "".join(f"{self.open}call:{c.name}{self._written(dict(c.arguments))}{self.close}" for c in calls)

    def _written(self, value: Any) -> str:
        if isinstance(value, str):
            return f"{self.quote}{value}{self.quote}"
        if isinstance(value, dict):
            return f"{{{','.join(f'{key}:{self._written(item)}' for key, item in value.items())}}}"
        if isinstance(value, (list, tuple)):
            return f"[{','.join(map(self._written, value))}]"
        return json.dumps(value)


FUNCTION_GEMMA = GemmaCalls(
    "function-gemma", "FunctionGemma 270M", "<start_function_call>", "<end_function_call>", "<escape>"
)
GEMMA4 = GemmaCalls("gemma4", "Gemma 4", "<|tool_call>", "<tool_call|>", '<|"|>')
