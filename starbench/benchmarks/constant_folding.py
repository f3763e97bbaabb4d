"""Arithmetic on constants, worked out without running anything: what the official decoder gives to ``eval``.

    Folder().fold(ast.parse("[0] * 3 + [2 ** 5]", mode="eval").body)      # [0, 0, 0, 32]

Only operators, displays and a handful of pure builtins on constants are known; a name, a method or a comprehension is
refused (upstream mostly fails there as well, because the name is not defined). Every result is paid for from a budget
before it is made, so neither ``9**9**9`` nor ``'a' * 10**9`` costs time or memory.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

BUDGET = 200_000
"""What all results of one answer together may weigh: a character, a byte of an integer or an item weighs 1."""

DEPTH = 323
"""Deeper expressions are refused; upstream, which writes them as text first, reaches its recursion limit there."""

_LONGEST_NUMBER = 6  # digits of a width in a %-format


class Folded(NamedTuple):
    """A value and what it weighs, everything inside it counted as often as it is mentioned."""

    value: Any
    weight: int


_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.LShift: operator.lshift,
    ast.RShift: operator.rshift, ast.BitOr: operator.or_, ast.BitXor: operator.xor, ast.BitAnd: operator.and_,
    ast.UAdd: operator.pos, ast.USub: operator.neg, ast.Not: operator.not_,
    ast.Invert: lambda number: ~int(number) if isinstance(number, bool) else ~number,  # ~True warns since Python 3.12
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items, ast.NotIn: lambda item, items: item not in items,
}  # fmt: skip


def _rounded(number: float, digits: int | None = None) -> Any:
    if digits is not None and abs(digits) > 1000:
        raise ValueError("too many digits to round to")
    return round(number, digits)


def _summed(numbers: list[complex], start: complex = 0) -> Any:
    if not all(isinstance(number, (int, float, complex)) for number in [*numbers, start]):
        raise TypeError("only numbers are summed up")
    return sum(numbers, start)


_BUILTINS: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "bool": bool, "float": float, "int": int, "len": len, "max": max, "min": min, "str": str,
    "round": _rounded, "sum": _summed,
}  # fmt: skip


class Folder:
    """Works out expressions on one budget; make a new one for each answer."""

    def __init__(self) -> None:
        self._left = BUDGET

    def fold(self, node: ast.expr) -> Any:
        """The value of ``node``. Raises ValueError, TypeError, LookupError or ArithmeticError where there is none."""
        return self._fold(node, DEPTH).value

    def _pay(self, cost: int) -> int:
        self._left -= cost
        if self._left < 0:
            raise ValueError("the result of the arithmetic is too large")
        return cost

    def _made(self, value: Any) -> Folded:
        return Folded(value, self._pay(_size(value)))

    def _fold(self, node: ast.expr, depth: int) -> Folded:
        if depth < 0:
            raise ValueError("the arithmetic is nested too deeply")
        fold = _FOLDS.get(type(node))
        if fold is None:
            raise ValueError(f"{type(node).__name__} stands in arithmetic")
        return fold(self, node, depth - 1)

    def _constant(self, node: ast.Constant, depth: int) -> Folded:
        if type(node.value) is int:
            str(node.value)  # fails beyond 4300 digits, as writing the expression as text does
        return self._made(node.value)

    def _items(self, node: ast.List | ast.Tuple | ast.Set, depth: int) -> Folded:
        items = [self._fold(item, depth) for item in node.elts]
        make: Callable[..., Any] = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        return Folded(make([item.value for item in items]), 1 + sum(item.weight for item in items))

    def _dict(self, node: ast.Dict, depth: int) -> Folded:
        if None in node.keys:
            raise ValueError("** stands in arithmetic")
        keys = [self._fold(key, depth) for key in node.keys if key is not None]
        values = [self._fold(value, depth) for value in node.values]
        members = {key.value: value.value for key, value in zip(keys, values, strict=True)}
        return Folded(members, 1 + sum(part.weight for part in [*keys, *values]))

    def _f_string(self, node: ast.JoinedStr, depth: int) -> Folded:
        return self._made("".join([self._fold(part, depth).value for part in node.values]))

    def _unary(self, node: ast.UnaryOp, depth: int) -> Folded:
        return self._made(_OPERATORS[type(node.op)](self._fold(node.operand, depth).value))

    def _binary(self, node: ast.BinOp, depth: int) -> Folded:
        left, right = self._fold(node.left, depth), self._fold(node.right, depth)
        work: Callable[..., Any] = _OPERATORS[type(node.op)]
        weight = self._pay(_WEIGHTS.get(type(node.op), _together)(left, right))
        return Folded(work(left.value, right.value), weight)

    def _comparison(self, node: ast.Compare, depth: int) -> Folded:
        left = self._fold(node.left, depth)
        holds: Any = True
        for sign, operand in zip(node.ops, node.comparators, strict=True):
            right = self._fold(operand, depth)
            self._pay(left.weight + right.weight)
            holds = _OPERATORS[type(sign)](left.value, right.value)
            if not holds:
                break
            left = right
        return Folded(holds, 1)

    def _choice(self, node: ast.BoolOp, depth: int) -> Folded:
        wanted = isinstance(node.op, ast.Or)
        for operand in node.values:
            folded = self._fold(operand, depth)
            if bool(folded.value) is wanted:
                break
        return folded

    def _conditional(self, node: ast.IfExp, depth: int) -> Folded:
        return self._fold(node.body if self._fold(node.test, depth).value else node.orelse, depth)

    def _subscript(self, node: ast.Subscript, depth: int) -> Folded:
        whole, index = self._fold(node.value, depth), self._fold(node.slice, depth)
        return Folded(whole.value[index.value], self._pay(whole.weight))

    def _slice(self, node: ast.Slice, depth: int) -> Folded:
        parts = [
            None if part is None else self._fold(part, depth).value for part in (node.lower, node.upper, node.step)
        ]
        return Folded(slice(*parts), 1)

    def _builtin(self, node: ast.Call, depth: int) -> Folded:
        if not isinstance(node.func, ast.Name) or node.func.id not in _BUILTINS or node.keywords:
            raise ValueError("a call stands in arithmetic")
        arguments = [self._fold(argument, depth) for argument in node.args]
        weight = self._pay(25 * (1 + sum(argument.weight for argument in arguments)))
        return Folded(_BUILTINS[node.func.id](*(argument.value for argument in arguments)), weight)


_FOLDS: Mapping[type[ast.expr], Callable[[Folder, Any, int], Folded]] = {
    ast.Constant: Folder._constant, ast.List: Folder._items, ast.Tuple: Folder._items, ast.Set: Folder._items,
    ast.Dict: Folder._dict, ast.JoinedStr: Folder._f_string, ast.UnaryOp: Folder._unary, ast.BinOp: Folder._binary,
    ast.Compare: Folder._comparison, ast.BoolOp: Folder._choice, ast.IfExp: Folder._conditional,
    ast.Subscript: Folder._subscript, ast.Slice: Folder._slice, ast.Call: Folder._builtin,
}  # fmt: skip


def _size(value: Any) -> int:
    if isinstance(value, int):
        return 1 + value.bit_length() // 8
    return max(1, len(value)) if isinstance(value, (str, bytes)) else 1


def _together(left: Folded, right: Folded) -> int:
    return left.weight + right.weight


def _multiplied(left: Folded, right: Folded) -> int:
    if isinstance(left.value, int) and not isinstance(right.value, int):
        left, right = right, left
    if isinstance(left.value, (str, bytes, list, tuple)) and isinstance(right.value, int):
        return left.weight * max(1, right.value)
    return left.weight * right.weight


def _raised(base: Folded, exponent: Folded) -> int:
    if isinstance(base.value, int) and isinstance(exponent.value, int) and abs(base.value) > 1 and exponent.value > 0:
        return base.value.bit_length() * exponent.value // 8 + 1
    return _together(base, exponent)


def _shifted(left: Folded, right: Folded) -> int:
    return left.weight + (right.value // 8 if isinstance(right.value, int) and right.value > 0 else 1)


def _remainder(left: Folded, right: Folded) -> int:
    if isinstance(left.value, (str, bytes)):
        return _formatted(left, right)
    return left.weight * right.weight


def _formatted(template: Folded, arguments: Folded) -> int:
    text = template.value if isinstance(template.value, str) else template.value.decode("latin-1")
    widths = re.findall(r"\d+", text)
    if "*" in text or any(len(width) > _LONGEST_NUMBER for width in widths):
        raise ValueError("a %-format asks for a width that may be anything")
    return len(text) + sum(map(int, widths)) + 25 * text.count("%") * arguments.weight


_WEIGHTS: Mapping[type[ast.operator], Callable[[Folded, Folded], int]] = {
    ast.Mult: _multiplied, ast.Pow: _raised, ast.LShift: _shifted, ast.Mod: _remainder, ast.FloorDiv: _multiplied,
}  # fmt: skip
