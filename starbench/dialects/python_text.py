"""Python values and call arguments read without Python's parser: total, linear, nothing executed.

    region = scan("f(a=1, b=['x'])", 1, 15)                     # the parenthesis at 1 closes at 14
    read_arguments("f(a=1, b=['x'])", 1, region)            # Arguments(named={"a": 1, "b": ["x"]}, positional=())

What is no literal (a name, a nested call, arithmetic with names) is kept as its source text, with a note. Read more
generously than Python does: keywords as argument names (``from=1``), ``true``/``false``/``null``, ``not True``;
tuples become lists. Refused as Python does: an argument or key given twice, ``*args``, a string that is not closed on
its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starbench.dialects.brackets import CLOSER, STRING, Region, element_end, scan
from starbench.dialects.expressions import fold, problem_of
from starbench.dialects.json_text import JsonProblem, read_all_json
from starbench.dialects.python_literals import NUMBER, NotLiteral, PythonProblem, number_of, signed, unescaped

_SPACE = re.compile(r"\s*(?:(?<!\S)#[^\n]*\s*)*")
_STRING = re.compile(rf"([A-Za-z]{{0,2}})({STRING})", re.DOTALL)
_SIGNS = re.compile(r"(?:[+-]\s*|not\b\s*)*")
_NAME = re.compile(r"[^\W\d]\w*")
_KEYWORD = re.compile(r"([^\W\d]\w*)\s*=(?!=)")
_CONSTANTS = {"True": True, "False": False, "None": None, "true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands between the parentheses of a call; ``notes`` names what was kept as text or repaired."""

    named: dict[str, Any] = field(default_factory=dict)
    positional: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()


def read_arguments(text: str, opening: int, region: Region, *, repair: bool = False) -> Arguments:
    """The arguments between the parenthesis at ``opening`` and its partner. Raises :class:`PythonProblem`."""
    if region.problem is not None:
        raise PythonProblem(region.problem, at_end=region.unclosed)
    return _Reader(text, region.closes, repair).arguments(opening)


def read_literal(text: str) -> Any:
    """The list, tuple or dict that the whole of ``text`` is. Raises :class:`PythonProblem`, also for expressions in
    it.
    """
    start = _end(_SPACE, text, 0)
    if text[start : start + 1] not in CLOSER or not text[start:]:
        raise PythonProblem("neither a list nor an object")
    region = scan(text, start, len(text))
    if region.problem is not None:
        raise PythonProblem(region.problem, at_end=region.unclosed)
    if _end(_SPACE, text, region.end) < len(text):
        raise PythonProblem("text follows the value")
    reader = _Reader(text, region.closes, repair=False)
    value, _ = reader.value(start, ",)]}")
    if reader.notes:
        raise PythonProblem(reader.notes[0])
    return value


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _plainly(source: str) -> tuple[Any] | None:
    """The value of a bracketed literal that JSON notation covers, read at C speed, in a tuple; None for any other."""
    if "\\" in source or (source[0] == "(" and "(" in source[1:]):
        return None
    inner = source[1:-1].rstrip()
    listed = inner.endswith(",")
    try:
        if source[0] == "{":
            return (read_all_json(source),)
        items = read_all_json(f"[{inner[:-1] if listed and inner != ',' else inner}]")
    except JsonProblem:
        return None
    single = source[0] == "(" and len(items) == 1 and not listed
    return (items[0] if single else items,)


class _Reader:
    """Reads values of one region; ``notes`` collects what was kept as text."""

    def __init__(self, text: str, closes: dict[int, int], repair: bool) -> None:
        self.text, self.closes, self.repair = text, closes, repair
        self.notes: list[str] = []

    def arguments(self, opening: int) -> Arguments:
        named: dict[str, Any] = {}
        positional: list[Any] = []
        for start in self._items(opening):
            if self.text.startswith("*", start):
                raise PythonProblem("unpacking with * is not supported")
            keyword = _KEYWORD.match(self.text, start)
            if keyword is None:
                if named:
                    raise PythonProblem("a positional argument follows a named one")
                value, self._after = self.value(start, ",)")
                positional.append(value)
                continue
            if keyword[1] in named:
                raise PythonProblem(f"argument {keyword[1]!r} is given twice")
            named[keyword[1]], self._after = self.value(keyword.end(), ",)")
        return Arguments(named, tuple(positional), tuple(self.notes))

    def _items(self, opening: int) -> Iterator[int]:
        """Where each comma-separated item starts; the consumer sets ``_after`` to where the item ended."""
        close = self.closes[opening]
        position = _end(_SPACE, self.text, opening + 1)
        while position < close:
            if self.text[position] == ",":
                raise PythonProblem("a comma without a value before it")
            yield position
            position = _end(_SPACE, self.text, self._after)
            if position < close:
                if self.text[position] != ",":
                    raise PythonProblem(f"a comma is missing before {self.text[position : position + 20]!r}")
                position = _end(_SPACE, self.text, position + 1)
        self._after = close + 1

    def value(self, position: int, stops: str) -> tuple[Any, int]:
        """The value at ``position`` and where it ends; ``stops`` are the characters that may follow it."""
        start = _end(_SPACE, self.text, position)
        try:
            value, end = self._literal(start)
            after = _end(_SPACE, self.text, end)
            if after >= len(self.text) or self.text[after] in stops:
                return value, end
        except NotLiteral:
            pass
        return self._expression(start, stops)

    def _expression(self, start: int, stops: str) -> tuple[Any, int]:
        end = element_end(self.text, start, len(self.text), stops, self.closes)
        source = self.text[start:end].strip()
        if problem := problem_of(source):
            raise PythonProblem(f"{problem} in {source[:40]!r}")
        number = fold(source)
        if number is not None:
            self.notes.append(f"arithmetic {source[:40]!r} worked out")
            return number, end
        self.notes.append(f"{source[:40]!r} kept as text")
        return source, end

    def _literal(self, start: int) -> tuple[Any, int]:
        opener = self.text[start : start + 1]
        if opener in ("[", "{", "("):
            return self._bracketed(start)
        if _STRING.match(self.text, start):
            return self._strings(start)
        signs = _end(_SIGNS, self.text, start)
        number = NUMBER.match(self.text, signs)
        if number is not None:
            return signed(self.text[start:signs], number_of(number[0])), number.end()
        name = _NAME.match(self.text, signs)
        if name is None or name[0] not in _CONSTANTS:
            raise NotLiteral
        return signed(self.text[start:signs], _CONSTANTS[name[0]]), name.end()

    def _bracketed(self, opening: int) -> tuple[Any, int]:
        end = self.closes[opening] + 1
        source = self.text[opening:end]
        value = _plainly(source)
        if value is not None:
            return value[0], end
        if source[0] == "{":
            return self._dict(opening), end
        closer = CLOSER[source[0]]
        items = []
        for start in self._items(opening):
            value, self._after = self.value(start, f",{closer}")
            items.append(value)
        if source[0] == "(" and len(items) == 1 and not source[:-1].rstrip().endswith(","):
            return items[0], end
        return items, end

    def _dict(self, opening: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for start in self._items(opening):
            if self.text.startswith("*", start):
                raise PythonProblem("unpacking with ** is not supported")
            key, colon = self.value(start, ",:}")
            colon = _end(_SPACE, self.text, colon)
            if self.text[colon] != ":":
                raise NotLiteral
            if not isinstance(key, str):
                self.notes.append(f"key {key!r} made a string"[:60])
                key = str(key)
            if key in members:
                raise PythonProblem(f"key {key[:40]!r} is given twice")
            members[key], self._after = self.value(colon + 1, ",}")
        return members

    def _strings(self, start: int) -> tuple[str, int]:
        """Adjacent string literals, concatenated."""
        parts: list[str] = []
        end = start
        while match := _STRING.match(self.text, _end(_SPACE, self.text, end) if parts else start):
            parts.append(self._string(match[1].lower(), match[2]))
            end = match.end()
        return "".join(parts), end

    def _string(self, prefix: str, quoted: str) -> str:
        width = 3 if quoted[:3] in ("'''", '"""') else 1
        body = quoted[width:-width]
        if prefix not in ("", "r", "u") and (prefix not in ("f", "fr", "rf") or "{" in body):
            raise NotLiteral
        if width == 1 and "\n" in body.replace("\\\n", ""):
            if not self.repair:
                raise PythonProblem("a line break inside a quoted string")
            self.notes.append("a raw line break inside a string was kept")
        return body if "r" in prefix else unescaped(body)
