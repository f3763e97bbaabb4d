"""The words that tool lists use for a type -> JSON Schema.

Example: ``"List[Union[int, float]], optional"`` reads as
``TypeWord({"type": "array", "items": {"type": ["integer", "number"]}}, optional=True, known=True)``.

The words come from JSON Schema, Python and its ``typing`` module (xLAM, ToolRL), BFCL (``dict``, ``float``, ``tuple``,
``any`` and the types of Java and JavaScript), ACEBench (``list``, ``list(string)``) and Gemini (capitals). Case never
matters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

_WORDS = {
    "string": "string str text char character charsequence bytes callable function",
    "integer": "integer int long short byte bigint biginteger int32 int64",
    "number": "number float double bigdecimal decimal float32 float64 numeric",
    "boolean": "boolean bool",
    "array": "array list tuple set frozenset sequence iterable arraylist linkedlist queue deque stack vector",
    "object": "object dict map mapping hashmap hashtable treemap json",
    "null": "null none nonetype void",
}
SIMPLE = {word: name for name, words in _WORDS.items() for word in words.split()}
"""Word in lower case -> JSON Schema type. A function can only be written down as its source text, hence ``string``."""

ANYTHING = frozenset({"any", "", "mixed", "unknown", "enum", "type_unspecified"})
"""Words that allow every type; they become a schema without ``type``."""

WRAPPERS = frozenset({"optional", "union", "literal", "annotated", "final"})
"""Words that say something about the types in their brackets and are no type themselves."""

MAX_LENGTH, MAX_DEPTH = 1_000, 16
"""A type longer or deeper than this is not a type that anybody wrote; it is taken as unknown."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<word>[^\W\d][\w.]*)|(?P<value>'[^']*'|"[^"]*"|-?\d+(?:\.\d+)?)|(?P<mark>[][()<>,|]))"""
)
_CLOSING = {"[": "]", "(": ")", "<": ">"}
_MODIFIER = re.compile(r"[,(]\s*(optional|required|default\s*[=:].*|defaults to .*?)\)?$", re.IGNORECASE | re.DOTALL)


class TypeWord(NamedTuple):
    """What a type says: a schema, whether the argument may be left out, and whether every word of it is known."""

    schema: Mapping[str, Any]
    optional: bool = False
    known: bool = True


@lru_cache(maxsize=4_096)
def read_type(text: str) -> TypeWord:
    """The schema a type stands for; an unknown word gives the empty schema, which allows everything.

    The schema belongs to a cache: copy it before changing it.
    """
    if len(text) > MAX_LENGTH:
        return TypeWord({}, known=False)
    stem, optional = text.strip(), False
    while found := _MODIFIER.search(stem):
        optional = optional or not found[1].casefold().startswith("required")
        stem = stem[: found.start()].rstrip()
    reader = _Reader(stem)
    return TypeWord(reader.read(), optional, reader.known)


class _Unreadable(Exception):
    """The text is not a type."""


class _Reader:
    """Reads ``Head[inner, ...]``, ``A | B`` and single words; the brackets may also be round or pointed.

    ``known`` turns False where a word is met that is no type.
    """

    def __init__(self, text: str) -> None:
        self.known = True
        self.place = 0
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while found := _TOKEN.match(text, place):
            kind = found.lastgroup or ""
            self.tokens.append((kind, found[kind]))
            place = found.end()
        if text[place:].strip():
            self.tokens.append(("rest", text[place:]))  # fits nowhere, so that the whole text is refused

    def read(self) -> dict[str, Any]:
        """The schema of the whole text."""
        if not self.tokens:
            return {}
        try:
            schema = self.union(0)
        except _Unreadable:
            self.known = False
            return {}
        if self.place == len(self.tokens):
            return schema
        self.known = False
        return {}

    def take(self, *marks: str) -> str | None:
        """The next token if it is one of these marks."""
        if self.place < len(self.tokens):
            kind, text = self.tokens[self.place]
            if kind == "mark" and text in marks:
                self.place += 1
                return text
        return None

    def union(self, depth: int) -> dict[str, Any]:
        """``A | B | ...``."""
        parts = [self.single(depth)]
        while self.take("|"):
            parts.append(self.single(depth))
        return any_of(parts)

    def single(self, depth: int) -> dict[str, Any]:
        """A word with what stands in its brackets, or one of the values of a ``Literal``."""
        if depth > MAX_DEPTH or self.place >= len(self.tokens):
            raise _Unreadable
        if depth and self.take("["):  # the arguments of Callable[[int], str]
            self.listed("]", depth)
            return {}
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "value" and depth:
            return {"const": _value(text)}
        if kind != "word":
            raise _Unreadable
        head = text.rpartition(".")[2].casefold()
        schema = self.plain(head)
        while opening := self.take(*_CLOSING):
            inner = self.listed(_CLOSING[opening], depth)
            if inner:
                schema = self.generic(head, inner)
            elif opening == "[":  # Java's String[]
                schema = {"type": "array", "items": schema} if schema else {"type": "array"}
        return schema

    def listed(self, closing: str, depth: int) -> list[dict[str, Any]]:
        """The schemas up to the closing bracket, which is taken too."""
        found: list[dict[str, Any]] = []
        while not self.take(closing):
            found.append(self.union(depth + 1))
            if not self.take(",") and self.tokens[self.place : self.place + 1] != [("mark", closing)]:
                raise _Unreadable
        return found

    def plain(self, head: str) -> dict[str, Any]:
        """The schema of a word alone."""
        if head in SIMPLE:
            return {"type": SIMPLE[head]}
        self.known = self.known and (head in ANYTHING or head in WRAPPERS)
        return {}

    def generic(self, head: str, inner: list[dict[str, Any]]) -> dict[str, Any]:
        """The schema of ``head[inner...]``."""
        if head == "literal":
            values = [part["const"] for part in inner if "const" in part]
            return {"enum": values} if values else {}
        inner = [{} if "const" in part else part for part in inner]
        if head == "optional":
            return any_of([*inner, {"type": "null"}])
        if head in WRAPPERS:
            return any_of(inner if head == "union" else inner[:1])
        schema = self.plain(head)
        kind = schema.get("type")
        if kind == "array" and (items := any_of(inner)):
            schema["items"] = items
        if kind == "object" and len(inner) == 2 and inner[1]:
            schema["additionalProperties"] = inner[1]
        return schema


def any_of(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema that allows what any of ``parts`` allows; plain types are joined in one ``type``."""
    if not all(parts):
        return {}
    distinct = [part for place, part in enumerate(parts) if part not in parts[:place]]
    if len(distinct) < 2:
        return distinct[0] if distinct else {}
    if all(part.keys() == {"type"} for part in distinct):
        names: dict[str, None] = {}
        for part in distinct:
            names.update(dict.fromkeys([part["type"]] if isinstance(part["type"], str) else part["type"]))
        return {"type": list(names)}
    return {"anyOf": distinct}


def _value(text: str) -> Any:
    """The value of one literal: a quoted text or a number."""
    if text[0] in "'\"":
        return text[1:-1]
    return float(text) if "." in text else int(text)
