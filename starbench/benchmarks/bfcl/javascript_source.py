"""Answers of the JavaScript category: a call whose arguments are written as assignments.

    read_javascript_call("login(user='ann', retry=[1, 2])")     # [{"login": {"user": "ann", "retry": "[1, 2]"}}]

Values stay source text; :mod:`starbench.benchmarks.bfcl.javascript_values` turns them into values where the type is
known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from starbench.benchmarks.bfcl.quirks import reading as quirks
from starbench.benchmarks.bfcl.quirks.values import without_like_quotes
from starbench.benchmarks.bfcl.syntax_tree import parse

if TYPE_CHECKING:
    from tree_sitter import Node

_WITHOUT_NAME = frozenset({"identifier", "true"})
_PASSES = 3  # ending a statement can bring up another one that has to be ended


def read_javascript_call(source: str) -> list[Any] | None:
    """The first statement of ``source`` that is a call, as ``[{name: {parameter: source text}}]``.

    Raises SyntaxError or ValueError (a parameter given twice, a lone surrogate).
    """
    root = _tree(source.encode())
    if quirks.holds_error(root):
        raise SyntaxError("the answer is not JavaScript source")
    return quirks.lone_javascript_call(_statement_calls(root))


def _tree(source: bytes) -> Node:
    root = parse(source, "javascript")
    for _ in range(_PASSES if b"`" in source else 0):
        ends = quirks.ends_before_template(root)
        if not ends:
            break
        for end in sorted(ends, reverse=True):
            source = source[:end] + b";" + source[end:]
        root = parse(source, "javascript")
    return root


def _statement_calls(root: Node) -> Iterator[dict[str, Any]]:
    for statement in root.children:
        if statement.type == "expression_statement":
            for node in statement.children:
                if node.type == "call_expression":
                    yield {_text(node.children[0]): _arguments(node.children[1])}


def _arguments(node: Node) -> dict[str | None, str]:
    arguments: dict[str | None, str] = {}
    for child in node.children:
        if child.type == "assignment_expression":
            name: str | None = _text(child.children[0])
            value = without_like_quotes(_text(child.children[2]))
        elif child.type in _WITHOUT_NAME:
            name, value = quirks.UNNAMED, _text(child)
        else:
            continue
        if name in arguments:
            raise ValueError(f"the argument {name!r} is given twice")
        arguments[name] = value
    return arguments


def _text(node: Node) -> str:
    return (node.text or b"").decode()
