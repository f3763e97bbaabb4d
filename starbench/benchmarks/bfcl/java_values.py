"""Java source text of one value, turned into the Python value that the official BFCL checker compares.

    java_value('new ArrayList<String>(Arrays.asList("a", "b"))', "ArrayList", "String")      # ["a", "b"]
    java_value("10L", "long", None)                                                          # 10

Text that does not have the form of its type stays text, and so fails the check of types that follows. Upstream searches
with patterns that need quadratic time or worse on hostile text; the same is found here in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from starbench.benchmarks.bfcl.quirks import values as quirks

_WHOLE = re.compile(r"^-?\d+$")
_LONG = re.compile(r"^-?\d+[lL]$")
_FLOAT = re.compile(r"^-?\d+(\.\d+)?([eE][+-]?\d+)?[fF]$")
_DOUBLE = re.compile(r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$")

_AS_LIST = re.compile(r"new\s+ArrayList<\w*>\(Arrays\.asList\(")
_NEW_LIST = re.compile(r"new\s+ArrayList<\w*>\(\)")
_FILLED_LIST = re.compile(r"new\s+ArrayList<\w*>\(\)\s*\{\{")
_ADD = re.compile(r"add\(")
_NEW_ARRAY = re.compile(r"new\s+\w+\[\]\s*\{")
_NEW_MAP = re.compile(r"new\s+HashMap<")
_MAP_FILLED = re.compile(r">\s*\(\)\s*\{\s*\{?\s*")
_PUT = re.compile(r"put\(\"")
_KEY = re.compile(r"(.*?)\",\s*")
_KEY_AT_LINE_END = re.compile(r"(.*)\",[^\S\n]*\n\s*")
_VALUE = re.compile(r"([^)\n]*)\)")


class _Found(NamedTuple):
    """The parts of a pattern that was found, and where it ends."""

    groups: tuple[str, ...]
    end: int


def _by(pattern: str) -> Callable[[str, int], _Found | None]:
    """A search at one position for a pattern with one group."""
    compiled = re.compile(pattern)

    def search(text: str, position: int) -> _Found | None:
        match = compiled.match(text, position)
        return _Found((match[1],), match.end()) if match else None

    return search


_AS_LIST_BODY = _by(r"(.+?)\)\)")
_ADD_BODY = _by(r"([^\n][^)\n]*)\)")
_ARRAY_BODY = _by(r"([^}\n]*)\}")
_EMPTY_MAP_BODY = _by(r"(.*?)>\s*\(\)")


def java_value(text: str, kind: str, element: str | None) -> Any:
    """The value of ``text`` for the documented type ``kind``; ``element`` is the type of an array's elements.

    Raises ValueError where upstream does: a whole number of more than 4300 digits, or (NotImplementedError) a type that
    upstream does not convert.
    """
    if kind in _COLLECTIONS:
        return _COLLECTIONS[kind](text, element)
    return _SCALARS[kind](text)


def _whole(text: str) -> int | str:
    return int(text) if _WHOLE.match(text) else text


def _long(text: str) -> int | str:
    return int(text.rstrip("\n")[:-1]) if _LONG.match(text) else text


def _float(text: str) -> float | str:
    return float(text.rstrip("\n")[:-1]) if _FLOAT.match(text) else text


def _double(text: str) -> float | str:
    return float(text) if _DOUBLE.match(text) else text


def _boolean(text: str) -> bool | str:
    return text == "true" if text in ("true", "false") else text


def _array(text: str, element: str | None) -> Any:
    found = next(_on_one_line(_NEW_ARRAY, _ARRAY_BODY, text), None)
    if found is None:
        return text
    return [_element(item, element) for item in quirks.split_at_commas(found.groups[0]) if item]


def _array_list(text: str, element: str | None) -> Any:
    found = next(_on_one_line(_AS_LIST, _AS_LIST_BODY, text), None)
    if found is not None:
        return _unquoted_elements(quirks.split_at_commas(found.groups[0]), element)
    body = _filled_list_body(text)
    if body is not None:
        return _unquoted_elements((add.groups[0].strip() for add in _on_one_line(_ADD, _ADD_BODY, body)), element)
    return [] if _NEW_LIST.search(text) else text


def _unquoted_elements(items: Iterable[str], element: str | None) -> list[Any]:
    quoted = element in ("char", "String")
    return [quirks.without_ends(item) if quoted else _element(item, element) for item in items]


def _element(item: str, element: str | None) -> Any:
    return quirks.guessed_java_value(item) if element is None else java_value(item, element, None)


def _hash_map(text: str, _: str | None) -> Any:
    start = _NEW_MAP.search(text)
    if start is None:
        return text
    filled = _MAP_FILLED.search(text, start.end())
    end = text.find("}", filled.end()) if filled else -1
    if filled and end >= 0:
        return {key: quirks.guessed_java_value(value) for key, value in _puts(text[filled.end() : end].rstrip())}
    return {} if any(_on_one_line(_NEW_MAP, _EMPTY_MAP_BODY, text)) else text


def _filled_list_body(text: str) -> str | None:
    """What stands between ``{{`` and the first ``}}`` after at least one character, without the spaces around it."""
    header = _FILLED_LIST.search(text)
    if header is None:
        return None
    start = header.end() + len(text[header.end() :]) - len(text[header.end() :].lstrip())
    end = text.find("}}", start + 1)
    if end >= 0:
        return text[start] + text[start + 1 : end].rstrip()
    return " " if start > header.end() and text.startswith("}}", start) else None


def _puts(text: str) -> Iterator[tuple[str, str]]:
    """The key and value of every ``put("key", value)``; neither can contain a line break."""
    return ((put.groups[0], put.groups[1].strip()) for put in _on_one_line(_PUT, _put_body, text))


def _put_body(text: str, position: int) -> _Found | None:
    """The key ends at the first ``",`` that a value follows: the first of all, or the one before a line break."""
    for pattern in (_KEY, _KEY_AT_LINE_END):
        key = pattern.match(text, position)
        value = _VALUE.match(text, key.end()) if key else None
        if key and value:
            return _Found((key[1], value[1]), value.end())
    return None


def _on_one_line(opening: re.Pattern[str], body: Callable[[str, int], _Found | None], text: str) -> Iterator[_Found]:
    """What ``body`` finds right after each ``opening``, in order and not overlapping, in linear time.

    ``body`` cannot leave the line it starts on, and where it finds nothing, it finds nothing later on that line either.
    """
    position, hopeless = 0, -1
    while header := opening.search(text, position):
        position = header.end()
        if position <= hopeless:
            continue
        found = body(text, position)
        if found is not None:
            yield found
            position = found.end
        else:
            line_end = text.find("\n", position)
            hopeless = len(text) if line_end < 0 else line_end


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "byte": _whole, "short": _whole, "integer": _whole, "long": _long, "float": _float, "double": _double,
    "boolean": _boolean, "char": quirks.never_a_character,
    **dict.fromkeys(("String", "any"), quirks.kept_as_written),
    **dict.fromkeys(("Set", "Hashtable", "Queue", "Stack"), quirks.not_converted),
}  # fmt: skip
_COLLECTIONS: Mapping[str, Callable[[str, str | None], Any]] = {
    "Array": _array,
    "ArrayList": _array_list,
    "HashMap": _hash_map,
}
