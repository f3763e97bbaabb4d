"""Strict JSON out of the middle of a text, at C speed, with limits.

    read_json('call {"a": [1, 2]} done', 5)        # ({"a": [1, 2]}, 18)

Strict means RFC 8259, and three decisions of ours where it leaves room or Python is laxer: ``NaN`` and ``Infinity`` are
not JSON, a number that overflows a float is refused rather than read as infinity, and an object with the same key twice
is refused because readers disagree about which value counts. Values nested deeper than :data:`MAX_DEPTH` are refused.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

MAX_DEPTH = 100
_SPACE = re.compile(r"[ \t\r\n]*")
_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


class JsonText(str):
    """A text in which JSON may be sought at many places.

    The standard library's error counts the lines before the place of every failure, which makes a search that fails
    often quadratic; this text tells it that there are none.
    """

    __slots__ = ()

    def count(self, sub: str, *bounds: Any) -> int:
        """As usual, but 0 for line breaks."""
        return 0 if sub == "\n" else super().count(sub, *bounds)

    def rfind(self, sub: str, *bounds: Any) -> int:
        """As usual, but -1 for line breaks."""
        return -1 if sub == "\n" else super().rfind(sub, *bounds)


class JsonProblem(Exception):
    """Why there is no JSON value at a place; ``position`` is where reading failed."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class _Refused(ValueError):
    """Raised by the decoder's hooks; the message is for people."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Refused("an object has the same key twice")
    return members


def _not_json(constant: str) -> Any:
    raise _Refused(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _Refused("a number is too large for a float")
    return number


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_json, parse_float=_finite)
WITH_LINE_BREAKS = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_not_json, parse_float=_finite, strict=False
)


def skip_space(text: str, position: int) -> int:
    """The first position at or after ``position`` that is not JSON white space."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


def read_json(text: str, position: int, decoder: json.JSONDecoder = _STRICT) -> tuple[Any, int]:
    """The JSON value that starts at ``position`` (white space allowed before it) and where it ends.

    Raises :class:`JsonProblem` where there is none.
    """
    start = skip_space(text, position)
    if text.startswith("{'", start):  # Python's way of writing is common, and the decoder's own error is slow to make
        raise JsonProblem("invalid JSON: Expecting property name enclosed in double quotes", start + 1)
    try:
        value, end = decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise JsonProblem(f"invalid JSON: {error.msg}", error.pos) from None
    except _Refused as error:
        raise JsonProblem(f"invalid JSON: {error}", start) from None
    except ValueError:
        raise JsonProblem("invalid JSON: a number has too many digits", start) from None
    except RecursionError:
        raise JsonProblem(f"nested deeper than {MAX_DEPTH} levels", start) from None
    if _too_deep(text, start, end):
        raise JsonProblem(f"nested deeper than {MAX_DEPTH} levels", start)
    return value, end


def read_all_json(text: str) -> Any:
    """The JSON value that the whole of ``text`` is. Raises :class:`JsonProblem`."""
    value, end = read_json(text, 0)
    if skip_space(text, end) < len(text):
        raise JsonProblem("text follows the JSON value", end)
    return value


def _too_deep(text: str, start: int, end: int) -> bool:
    """Whether the valid JSON ``text[start:end]`` is nested deeper than :data:`MAX_DEPTH`."""
    if text.count("[", start, end) + text.count("{", start, end) <= MAX_DEPTH:
        return False
    depth = 0
    for token in _TOKENS.finditer(text, start, end):
        if token[0] in ("[", "{"):
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif token[0] in ("]", "}"):
            depth -= 1
    return False
