"""Matching brackets in code, minding strings and comments; in one pass, however deep and however broken.

    scan("f(a=1, b=['x'])", 1, 15)                  # Region(closes={1: 14, 9: 13}, end=15)
    element_end("[1, 2], 3", 0, 9, ",")             # 6: the first comma outside the brackets

Text that ends early or closes the wrong bracket gives a region that says so, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starbench.dialects.json_text import MAX_DEPTH

STRING = (
    r"""'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"""
    r'''|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'''
    r"""|'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*\""""
)
_TOKENS = re.compile(rf"(?<!\S)\#[^\n]*|{STRING}|[\[\](){{}}'\"]", re.DOTALL)
_HOPELESS = 10 * MAX_DEPTH
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
CLOSER = {"(": ")", "[": "]", "{": "}"}
"""Opening bracket -> closing bracket."""


@dataclass(frozen=True, slots=True)
class Region:
    """Brackets of a text from one opening bracket to its partner.

    ``closes`` maps the position of each opening bracket to that of its partner. ``end`` is the position after the
    outermost partner, or where the scan stopped; ``problem`` is None if it is well-formed, ``unclosed`` if the text
    ended first.
    """

    closes: dict[int, int]
    end: int
    problem: str | None = None
    unclosed: bool = False


def scan(text: str, start: int, limit: int, tokens: re.Pattern[str] = _TOKENS) -> Region:
    """Match the bracket at ``start`` before ``limit``, minding strings and comments (which ``tokens`` finds).

    Linear in the distance covered.
    """
    closes: dict[int, int] = {}
    stack: list[int] = []
    deepest = 0
    for match in tokens.finditer(text, start, limit):
        token, position = match[0], match.start()
        if token in CLOSER:
            stack.append(position)
            deepest = max(deepest, len(stack))
            if deepest > _HOPELESS:
                return Region(closes, limit, _TOO_DEEP)
        elif token in (")", "]", "}"):
            if CLOSER[text[stack[-1]]] != token:
                return Region(closes, position, f"{token!r} does not close {text[stack[-1]]!r}")
            closes[stack.pop()] = position
            if not stack:
                return Region(closes, position + 1, _TOO_DEEP if deepest > MAX_DEPTH else None)
        elif token in ("'", '"'):
            return Region(closes, limit, "a string is not closed", unclosed=True)
    return Region(closes, limit, "the text ends inside brackets", unclosed=True)


def element_end(text: str, start: int, limit: int, stops: str, closes: Mapping[int, int] = MappingProxyType({})) -> int:
    """The first position from ``start`` on, outside strings and inner brackets, that holds one of ``stops``.

    A closing bracket that was not opened stops as well; ``limit`` if nothing does. ``closes`` are partners already
    known.
    """
    tokens = re.compile(rf"{STRING}|[\[\](){{}}]|[{re.escape(stops)}]", re.DOTALL)
    position = start
    while match := tokens.search(text, position, limit):
        if match[0] in stops or match[0] in (")", "]", "}"):
            return match.start()
        position = match.end()
        if match[0] in CLOSER:
            known = closes.get(match.start())
            position = scan(text, match.start(), limit).end if known is None else known + 1
    return limit
