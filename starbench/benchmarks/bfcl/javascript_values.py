"""JavaScript source text of one value, turned into the Python value that the official BFCL checker compares.

    javascript_value("[1, 2]", "array", "integer")              # [1, 2]
    javascript_value("{a: 'x', b: true}", "dict", None)         # {"a": "x", "b": True}

Text that does not have the form of its type stays text, and so fails the check of types that follows. Upstream searches
with patterns that need quadratic time or worse on hostile text; the same is found here in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from starbench.benchmarks.bfcl.quirks import values as quirks

_WHOLE = re.compile(r"^-?\d+$")
_FLOAT = re.compile(r"^-?\d+(\.\d+)?$")
_BIGINT = re.compile(r"^-?\d+n$")

_NEW_ARRAYS = re.compile(r"\[\s*\[|new\s+Array\(\s*\[")
_NEXT_ARRAY = re.compile(r"\s*,\s*\[")
_TO_BRACKET = re.compile(r"[^\]\n]*\]")
_INNER_ARRAY = re.compile(r"\[([^\]\n]*)\]")
_ARRAY = re.compile(r"\[([^\]\n]*)\]|new\s+Array\(([^)\n]*)\)")
_CLOSING = {"[": re.compile(r"\s*\]"), "n": re.compile(r"\s*\)")}
_OBJECT = re.compile(r"\{([^}\n]*)\}")
_KEY = re.compile(r":*([^:]+):\s*")
_SPACES = re.compile(r"\s*")


def javascript_value(text: str, kind: str, element: str | None) -> Any:
    """The value of ``text`` for the documented type ``kind``; ``element`` is the type of an array's elements.

    Raises ValueError where upstream does: a whole number of more than 4300 digits outside an array or object.
    """
    if kind == "array":
        return _array(text.strip(), element)
    if kind == "dict":
        return _object(text.strip())
    return _SCALARS[kind](text)


def _whole(text: str) -> int | str:
    return int(text) if _WHOLE.match(text) else text


def _float(text: str) -> float | str:
    return float(text) if _FLOAT.match(text) else text


def _bigint(text: str) -> int | str:
    return int(text[:-1]) if _BIGINT.match(text) else text


def _boolean(text: str) -> bool | str:
    return text == "true" if text in ("true", "false") else text


def _array(text: str, element: str | None) -> Any:
    inner = _inner_arrays(text)
    if inner is not None:
        return [[quirks.guessed_javascript_value(item) for item in items.split(",")] for items in inner]
    flat = _ARRAY.match(text)
    if flat is None:
        return text
    inside = (flat[1] if flat[1] is not None else flat[2]).strip()
    items = quirks.split_at_commas(inside) if inside else []
    return quirks.text_on_error(lambda: [_element(item, element) for item in items], text)


def _element(item: str, element: str | None) -> Any:
    return quirks.guessed_javascript_value(item) if element is None else javascript_value(item, element, None)


def _inner_arrays(text: str) -> list[str] | None:
    """What stands inside each of the arrays that the array at the start of ``text`` holds; None if it holds none."""
    opening = _NEW_ARRAYS.match(text)
    if opening is None:
        return None
    closing = _CLOSING[text[0]]
    position = opening.end()
    while inner := _TO_BRACKET.match(text, position):
        following = _NEXT_ARRAY.match(text, inner.end())
        if following is None and closing.match(text, inner.end()):
            arrays = [array.strip() for array in _INNER_ARRAY.findall(text[: inner.end()])]
            return [arrays[0].removeprefix("["), *arrays[1:]]
        position = following.end() if following else inner.end()
    return None


def _object(text: str) -> Any:
    whole = _OBJECT.match(text)
    if whole is None:
        return text
    members = {}
    for key, value in _members(whole[1]):
        is_array = value.startswith("[") and value.endswith("]")
        members[key.strip().strip("'\"")] = _array(value, None) if is_array else quirks.unquoted_before_guessing(value)
    return members


def _members(text: str) -> Iterator[tuple[str, str]]:
    """Keys and values: a key ends at its colon, a value at the first comma that another key and its colon follow."""
    position = 0
    while key := _KEY.match(text, position):
        end, position = _end_of_member(text, key.end())
        yield key[1], text[key.end() : end].strip()


def _end_of_member(text: str, start: int) -> tuple[int, int]:
    """Where the value at ``start`` ends and where the next key starts."""
    comma = text.find(",", start)
    while comma >= 0:
        next_comma = text.find(",", comma + 1)
        colon = text.rfind(":", comma + 2, next_comma if next_comma >= 0 else len(text))
        if colon >= 0:
            spaces = _SPACES.match(text, comma + 1)
            return comma, min(spaces.end() if spaces else comma + 1, colon - 1)
        comma = next_comma
    return len(text), len(text)


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "String": quirks.without_like_quotes,
    "integer": _whole,
    "float": _float,
    "Bigint": _bigint,
    "Boolean": _boolean,
    "any": quirks.kept_as_written,
}
