"""Python expressions that are no literals: are they well-formed, and are they arithmetic that can be worked out?

    problem_of("x[0] + len(y)")     # None: well-formed
    problem_of("not a call")        # "'a' and 'call' stand side by side"
    fold("2 * 3.5")                 # 7.0

Nothing is executed: arithmetic means ``+``, ``*`` and one ``/`` between a few numbers. Differences and repeated
division are left as text, because ``20-30`` and ``10/15/2024`` are ranges and dates far more often than sums.
"""

from __future__ import annotations

import math
import re

_QUOTED = r"""'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*\""""
_TOKEN = re.compile(
    rf"\s*(?:(?P<operand>[A-Za-z]{{0,2}}(?:{_QUOTED})|(?:\d|\.\d)[\w.]*(?:(?<=[eE])[+-]\d+)?|[^\W\d]\w*)"
    r"|(?P<open>[\[({])|(?P<close>[\])}])|(?P<operator>\*\*|//|<<|>>|[<>=!]=|[-+*/%@&|^<>~.,:=]))",
    re.DOTALL,
)
_NUMBER = re.compile(
    r"0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:0[0_]*|[1-9][\d_]*)[jJ]?"
    r"|(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?|\d[\d_]*[eE][+-]?\d+[jJ]?"
)
_BINARY_WORDS = frozenset({"and", "or", "in", "is", "if", "else", "for", "not", "async"})
_PREFIX_WORDS = frozenset({"not", "lambda", "await"})
_ARITHMETIC = re.compile(r"[\d.]+(?:\s*[+*/]\s*[\d.]+){1,15}")
_TERM = re.compile(r"([+*/]?)\s*([\d.]+)\s*")


def problem_of(source: str) -> str | None:
    """Why ``source`` is no Python expression, or None. Checks that operands and operators alternate."""
    want_operand, previous, position, depth = True, "", 0, 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            return f"{source[position : position + 10].strip()!r} is no Python"
        token, position = match[0].strip(), match.end()
        kind = match.lastgroup
        if kind == "operand" and token in (_PREFIX_WORDS if want_operand else _BINARY_WORDS):
            if token == "lambda":
                return None
            want_operand = True
        elif kind == "operand" and not want_operand and not _adjacent_strings(previous, token):
            return f"{previous[:20]!r} and {token[:20]!r} stand side by side"
        elif kind == "operand" and (token[0].isdigit() or token[0] == ".") and not _NUMBER.fullmatch(token):
            return f"{token[:20]!r} is no number"
        elif kind == "open":
            depth += 1
            want_operand = True
        elif kind == "close":
            depth -= 1
            want_operand = False
        elif kind == "operand":
            want_operand = False
        elif want_operand and token not in ("+", "-", "~", "*", "**", ":"):
            return f"nothing stands before {token!r}"
        else:
            want_operand = True
        previous = token
    if depth:
        return "brackets do not match"
    return "a value is missing" if want_operand else None


def _adjacent_strings(left: str, right: str) -> bool:
    return left[-1:] in ("'", '"') and right[-1:] in ("'", '"')


def fold(source: str) -> int | float | None:
    """The value of a short sum of products of numbers; None if ``source`` is anything else."""
    if not _ARITHMETIC.fullmatch(source) or source.count("/") > 1:
        return None
    terms: list[int | float] = []
    try:
        for operator, digits in _TERM.findall(source):
            number = float(digits) if "." in digits else int(digits)
            if operator == "*":
                terms[-1] *= number
            elif operator == "/":
                terms[-1] /= number
            else:
                terms.append(number)
        result = sum(terms)
        return result if math.isfinite(result) else None
    except (ValueError, ArithmeticError):
        return None
