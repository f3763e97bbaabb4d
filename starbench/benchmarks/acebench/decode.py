"""What ACEBench's scorer reads in an answer: the calls of a Python list, through its two ways of finding that list.

    decode("Sure: [book(to='Paris')]", multi_turn=False)  ->  [{"book": {"to": "Paris"}}]
    decode("[ book(to = 'New York') ]", multi_turn=True)  ->  [{"book": {"to": "NewYork"}}]      whitespace_deleted

The text is parsed and its tree walked; nothing in it is executed. Where upstream's own exceptions reach its score
files, the words are the same, except what Python's parser says of broken syntax.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from starbench.benchmarks.acebench import quirks
from starbench.benchmarks.constant_folding import Folder
from starbench.benchmarks.quiet_source import called_name, parse_expression

UNREADABLE = (
    SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, NameError, AssertionError,
    RecursionError, MemoryError,
)  # fmt: skip
"""What parsing an answer and reading its values can raise."""


class DecodeFailure(Exception):
    """The answer cannot be read; the text is what upstream writes behind "Failed to decode AST."."""


def decode(result: Any, *, multi_turn: bool, delete_whitespace: bool = False) -> list[dict[str, Any]]:
    """The calls of ``result`` as ``{name: {argument: value}}``. Raises DecodeFailure and nothing else.

    ``delete_whitespace`` reads every answer as multi-turn answers are read (the scorer until October 2025).
    """
    try:
        if multi_turn or delete_whitespace:
            return _calls(quirks.without_whitespace(result))
        return _calls(quirks.first_brackets(result))
    except UNREADABLE as failure:
        raise DecodeFailure(str(failure)) from None


def _calls(text: str | None) -> list[dict[str, Any]]:
    if text is None:
        raise TypeError("compile() arg 1 must be a string, bytes or AST object")
    body = parse_expression(text)
    if not isinstance(body, (ast.List, ast.Tuple, ast.Set)):
        raise AttributeError(f"{type(body).__name__!r} object has no attribute 'elts'")
    reader = Reader()
    calls = []
    for element in body.elts:
        if not isinstance(element, ast.Call):
            raise AssertionError
        calls.append(reader.call(element))
    return calls


class Reader:
    """Turns trees into values; one for each answer, because arithmetic is paid for from one budget."""

    def __init__(self) -> None:
        self._folder = Folder()

    def call(self, node: ast.Call) -> dict[str, Any]:
        """A call as ``{name: {argument: value}}``; raises one of :data:`UNREADABLE`."""
        arguments = {keyword.arg: self.value(keyword.value) for keyword in node.keywords}  # quirk positional_dropped
        return {called_name(node.func): arguments}  # quirk odd_callee

    def value(self, node: Any) -> Any:
        """The value of any other node; raises the same."""
        read = _READERS.get(type(node))
        if read is None:
            raise ValueError(f"Unsupported AST type: {type(node)}")
        return read(self, node)

    def _constant(self, node: ast.Constant) -> Any:
        return "..." if node.value is ... else node.value

    def _list(self, node: ast.List) -> list[Any]:
        return [self.value(element) for element in node.elts]

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple([self.value(element) for element in node.elts])

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        return {self.value(key): self.value(value) for key, value in zip(node.keys, node.values, strict=True)}

    def _arithmetic(self, node: ast.BinOp) -> Any:
        return quirks.evaluated(node, self._folder)

    def _lambda(self, node: ast.Lambda) -> Any:
        raise TypeError(f"{type(node.body).__name__!r} object is not subscriptable")


_READERS: Mapping[type[Any], Callable[[Reader, Any], Any]] = {
    ast.Constant: Reader._constant,
    ast.List: Reader._list,
    ast.Tuple: Reader._tuple,
    ast.Dict: Reader._dict,
    ast.Call: Reader.call,
    ast.BinOp: Reader._arithmetic,
    ast.Lambda: Reader._lambda,
    ast.UnaryOp: lambda _, node: quirks.negated(node),
    ast.Name: lambda _, node: node.id,
    ast.Subscript: lambda _, node: f"{ast.unparse(node.value)}[{ast.unparse(node.slice)}]",
}
