"""Answers of the Java category: a call whose arguments are written as assignments.

    read_java_call('Shape.area(radius=2.5f, name="a")')      # [{"Shape.area": {"radius": "2.5f", "name": "a"}}]

Values stay source text; :mod:`starbench.benchmarks.bfcl.java_values` turns them into values where the type is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from starbench.benchmarks.bfcl.quirks import reading as quirks
from starbench.benchmarks.bfcl.syntax_tree import parse

if TYPE_CHECKING:
    from tree_sitter import Node

_LITERALS = frozenset({"string_literal", "character_literal"})
_KEPT = frozenset({"identifier", "class_literal", "type_identifier", "method_invocation"})
_WITHOUT_NAME = frozenset({"identifier", "class_literal"})
_PUNCTUATION = frozenset({",", "(", ")"})


def read_java_call(source: str) -> list[Any] | dict[str, Any]:
    """The first call in ``source`` as ``[{name: {parameter: source text}}]``.

    Raises SyntaxError, ValueError (a parameter given twice, a lone surrogate), AttributeError or RecursionError.
    """
    root = parse(source, "java")
    if quirks.holds_error(root):
        raise SyntaxError("the answer is not Java source")
    return quirks.first_java_call(_calls(root, source))


def _calls(node: Node, source: str) -> Iterator[dict[str, Any]]:
    """Calls from top to bottom, without those inside another call; recursion ends about where upstream's does."""
    if node.type != "method_invocation":
        for child in node.children:
            yield from _calls(child, source)
    elif (arguments := node.child_by_field_name("arguments")) is not None:
        yield {_name(node, source): _arguments(arguments, source)}


def _name(call: Node, source: str) -> str:
    fields = [call.child_by_field_name(field) for field in ("object", "name")]
    return ".".join(quirks.cut_by_bytes(source, field) for field in fields if field is not None)


def _arguments(node: Node, source: str) -> dict[str | None, str]:
    arguments: dict[str | None, str] = {}
    for child in node.children:
        if child.type == "assignment_expression":
            name: str | None = quirks.cut_by_bytes(source, child.children[0])
            value = _text(child.children[2], source, nested=False)
        elif child.type in _WITHOUT_NAME:
            name, value = quirks.UNNAMED, _text(child, source, nested=False)
        else:
            continue
        if name in arguments:
            raise ValueError(f"the argument {name!r} is given twice")
        arguments[name] = value
    return arguments


def _text(node: Node, source: str, *, nested: bool = True) -> str:
    """The source text of a value, as upstream puts it together again."""
    if node.type in _LITERALS:
        return quirks.without_outer_quotes(quirks.cut_by_bytes(source, node), nested)
    if node.type in _KEPT or not node.child_count:
        return quirks.cut_by_bytes(source, node)
    if node.type == "array_creation_expression":
        return f"new {_field(node, 'type', source)}[]{_field(node, 'value', source)}"
    if node.type == "object_creation_expression":
        arguments = node.child_by_field_name("arguments")
        given = [child for child in (arguments.children if arguments else []) if child.type not in _PUNCTUATION]
        return quirks.without_class_body(_field(node, "type", source), [_text(child, source) for child in given])
    return quirks.without_spaces(_text(child, source) for child in node.children)


def _field(node: Node, name: str, source: str) -> str:
    field = node.child_by_field_name(name)
    if field is None:
        raise ValueError(f"{node.type} without {name}")
    return _text(field, source)
