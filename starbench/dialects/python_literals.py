"""Single Python literals: what a number, a sign before it, or the inside of a string stands for.

    number_of("0x1F")          # 31
    signed("-", 5)             # -5
    unescaped(r"a\\tb")         # "a", a tab, "b"

What cannot be read raises :class:`PythonProblem`; what is no literal after all raises :class:`NotLiteral`.
"""

from __future__ import annotations

import math
import re
from typing import Any

NUMBER = re.compile(r"0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?")
_ESCAPE = re.compile(r"\\(\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})", re.DOTALL)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SIMPLE = {"\n": "", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class PythonProblem(Exception):
    """Why a text cannot be read; ``at_end`` where it only ends too early."""

    def __init__(self, message: str, *, at_end: bool = False) -> None:
        super().__init__(message)
        self.at_end = at_end


class NotLiteral(Exception):
    """What was taken for a literal is an expression, to be kept as text."""


def unescaped(body: str) -> str:
    """The text that the inside of a string literal stands for; unknown escapes stay as they are."""
    if "\\" not in body:
        return body
    try:
        plain = _ESCAPE.sub(_character, body)
    except ValueError:
        raise PythonProblem("an escape beyond Unicode's last character") from None
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), plain)


def _character(escape: re.Match[str]) -> str:
    code = escape[1]
    if code[0] in "xuU":
        return chr(int(code[1:], 16))
    return chr(int(code, 8)) if code[0].isdigit() else _SIMPLE.get(code, code)


def number_of(digits: str) -> int | float:
    """The number written as ``digits``. Raises :class:`PythonProblem` for ``007`` and for what no float can hold."""
    plain = digits.replace("_", "")
    try:
        if plain[:2].lower() in ("0x", "0b", "0o"):
            return int(plain, 0)
        if plain.isdigit():
            if plain[0] == "0" and plain.strip("0"):
                raise PythonProblem(f"the number {digits[:40]!r} starts with 0")
            return int(plain)
        number = float(plain)
    except ValueError:
        raise PythonProblem("a number has too many digits") from None
    if math.isinf(number):
        raise PythonProblem("a number is too large for a float")
    return number


def signed(signs: str, value: Any) -> Any:
    """``value`` after all of ``signs`` (``+``, ``-``, ``not``), the innermost first."""
    for sign in reversed(re.findall(r"[+-]|not", signs)):
        if sign == "not":
            value = not value
        elif value is None or isinstance(value, bool):
            raise NotLiteral
        else:
            value = -value if sign == "-" else value
    return value
