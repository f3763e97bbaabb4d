"""Answers in BFCL's default format: a Python list of calls.

    read_python_calls("[clock.set(hour=7, days=['Mo', 'Tu'])]")     # [{"clock.set": {"hour": 7, "days": ["Mo", "Tu"]}}]

The text is parsed and its tree walked; nothing in it is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from starbench.benchmarks.bfcl.quirks import reading as quirks
from starbench.benchmarks.constant_folding import Folder
from starbench.benchmarks.quiet_source import parse_expression


def read_python_calls(text: str) -> list[dict[str, Any]]:
    """The calls of a list, tuple or set of calls, or the one call that ``text`` is: ``{function name: {name: value}}``.

    Raises SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError or MemoryError.
    """
    body = parse_expression(quirks.without_quotes_around(text))
    reader = _Reader()
    if isinstance(body, ast.Call):
        return [reader.call(body)]
    if not isinstance(body, (ast.List, ast.Tuple, ast.Set)):
        raise ValueError("the answer is neither a call nor a list of calls")
    if not all(isinstance(element, ast.Call) for element in body.elts):
        raise ValueError("the list holds something else than calls")
    return [reader.call(element) for element in body.elts]


class _Reader:
    """Turns trees into values; one for each answer, because arithmetic is paid for from one budget."""

    def __init__(self) -> None:
        self._folder = Folder()

    def call(self, node: Any) -> dict[str, Any]:
        name = quirks.dotted_name(node.func)
        return {name: {keyword: self.value(value) for keyword, value in quirks.named_arguments(node)}}

    def value(self, node: Any) -> Any:
        read = _READERS.get(type(node))
        if read is None:
            raise ValueError(f"{type(node).__name__} stands among the arguments")
        return read(self, node)

    def _constant(self, node: ast.Constant) -> Any:
        return quirks.dots_as_text(node.value)

    def _list(self, node: ast.List) -> list[Any]:
        return [self.value(element) for element in node.elts]

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple([self.value(element) for element in node.elts])

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        return {self.value(key): self.value(value) for key, value in zip(node.keys, node.values, strict=True)}

    def _nested_call(self, node: ast.Call) -> Any:
        return self.call(node) if node.keywords else quirks.call_as_text(node)

    def _arithmetic(self, node: ast.BinOp) -> Any:
        return quirks.worked_out(node, self._folder)


_READERS: Mapping[type[Any], Callable[[_Reader, Any], Any]] = {
    ast.Constant: _Reader._constant,
    ast.List: _Reader._list,
    ast.Tuple: _Reader._tuple,
    ast.Dict: _Reader._dict,
    ast.Call: _Reader._nested_call,
    ast.BinOp: _Reader._arithmetic,
    ast.UnaryOp: lambda _, node: quirks.negated(node),
    ast.Name: lambda _, node: quirks.name_as_text(node),
    ast.Subscript: lambda _, node: quirks.subscript_as_text(node),
}
