"""Answers of the JavaScript category: a call whose arguments are written as assignments.

    read_javascript_call("login(user='ann', retry=[1, 2])")     # [{"login": {"user": "ann", "retry": "[1, 2]"}}]

Values stay source text; :mod:`starbench.benchmarks.bfcl.javascript_values` turns them into values where the type is
known.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from starbench.benchmarks.bfcl.quirks import reading as quirks
from starbench.benchmarks.bfcl.quirks.values import without_like_quotes

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_UNNAMED = frozenset({"identifier", "true"})


def read_javascript_call(source: str) -> list[Any] | None:
    """The first statement of ``source`` that is a call, as ``[{name: {parameter: source text}}]``.

    Raises SyntaxError or ValueError (a parameter given twice, a lone surrogate).
    """
    from tree_sitter import Parser

    root = Parser(_language()).parse(source.encode()).root_node
    if quirks.holds_error(root):
        raise SyntaxError("the answer is not JavaScript source")
    return quirks.lone_javascript_call(_statement_calls(root))


@cache
def _language() -> Language:
    import tree_sitter_javascript
    from tree_sitter import Language

    return Language(tree_sitter_javascript.language())


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
        elif child.type in _UNNAMED:
            name, value = quirks.unnamed(), _text(child)
        else:
            continue
        if name in arguments:
            raise ValueError(f"the argument {name!r} is given twice")
        arguments[name] = value
    return arguments


def _text(node: Node) -> str:
    return (node.text or b"").decode()
