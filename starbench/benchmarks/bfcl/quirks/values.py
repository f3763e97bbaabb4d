"""Oddities of turning Java and JavaScript source text into values.

    split_at_commas('"a, b", "c"')      # ['"a', 'b"', '"c"']

Upstream reads values with patterns where a parser is needed, so what a pattern overlooks is an oddity here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starbench.benchmarks.bfcl.quirks.registry import quirk


@quirk
def without_like_quotes(text: str) -> str:
    """A JavaScript value that starts and ends with the same quote loses both, also ``'a' + 'b'``."""
    for quote in ('"', "'"):
        if text.startswith(quote) and text.endswith(quote):
            return text[1:-1]
    return text


@quirk
def split_at_commas(text: str) -> list[str]:
    """Elements are separated at every comma, also inside a string or an inner bracket."""
    return [part.strip() for part in text.split(",")]


@quirk
def without_ends(element: str) -> str:
    """An element of a Java ArrayList of strings or characters loses its first and last character, quotes or not."""
    return element[1:-1]


@quirk
def kept_as_written(text: str) -> str:
    """A Java string keeps its quotes, so in an array, where they must be written, only unquoted text can be right."""
    return text


@quirk
def never_a_character(text: str) -> str:
    """No Java text is a character: upstream's pattern for one can never match, so it stays text as written."""
    return text


@quirk
def not_converted(text: str) -> Any:
    """A Java Set, Hashtable, Queue or Stack crashes the evaluation."""
    raise NotImplementedError("upstream does not convert this type")


_JAVA_LONG = re.compile(r"^-?\d+[lL]$")
_JAVA_FLOAT = re.compile(r"^-?\d+(\.\d+)?([eE][+-]?\d+)?[fF]$")


@quirk
def guessed_java_value(text: str) -> Any:
    """Values of a Java map have no known type and are guessed: anything that Python reads as a number is one."""
    if text in ("true", "false"):
        return text == "true"
    if text.startswith('"') and text.endswith('"'):
        return text[1:-1]
    if _JAVA_LONG.match(text):
        return int(text[:-1])
    if _JAVA_FLOAT.match(text):
        return float(text[:-1])
    return number_or_text(text)


def number_or_text(text: str) -> Any:
    """What Python's ``int`` or else ``float`` makes of ``text``, or ``text`` itself."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


@quirk
def guessed_javascript_value(text: str) -> Any:
    """Values of a JavaScript object or array of arrays are guessed: anything that Python reads as a number is one."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    unquoted = without_like_quotes(text)
    return number_or_text(text) if unquoted is text else unquoted


@quirk
def unquoted_before_guessing(text: str) -> Any:
    """Values of a JavaScript object lose all quotes at their ends before they are guessed, so ``'5'`` is 5."""
    return guessed_javascript_value(text.strip("'\""))


@quirk
def text_on_error(convert: Callable[[], Any], text: str) -> Any:
    """A JavaScript array or object that cannot be converted stays text instead of crashing the evaluation."""
    try:
        return convert()
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
        return text
