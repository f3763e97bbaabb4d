"""Oddities of reading an answer: what upstream's decoders make of a model's text.

    negated(ast.parse("not 5", mode="eval").body)      # -5

They stand in the order in which the formats come: any, Python, JSON and XML, Java and JavaScript.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from starbench.benchmarks.bfcl.quirks.registry import QUIRKS, quirk
from starbench.benchmarks.quiet_source import called_name

if TYPE_CHECKING:
    from tree_sitter import Node

    from starbench.benchmarks.constant_folding import Folder


# Reading an answer in any format.


@quirk
def between_brackets(text: str) -> str:
    """Backticks, spaces and newlines go from both ends, and a missing ``[`` or ``]`` is supplied, even to prose.

    The word ``python`` of a fence stays, so a fenced answer cannot be read.
    """
    text = text.strip("`\n ")
    if not text.startswith("["):
        text = "[" + text
    return text if text.endswith("]") else text + "]"


@quirk
def first_member(row: Mapping[str, Any]) -> tuple[str, Any]:
    """Of a row of function calling with several names, the first is read and the others are dropped."""
    for member in row.items():
        return member
    raise ValueError("a row names no function")


# Reading Python.


@quirk
def without_quotes_around(text: str) -> str:
    """Single quotes around the whole answer are dropped, as many as there are."""
    return text.strip().strip("'")


@quirk
def named_arguments(call: ast.Call) -> Iterator[tuple[str | None, ast.expr]]:
    """Positional arguments are ignored, whatever they are, and ``**x`` is an argument named None."""
    return ((keyword.arg, keyword.value) for keyword in call.keywords)


@quirk
def dotted_name(function: ast.expr) -> str:
    """What is called need not be a name: ``x[0].f()`` calls ``f``, and ``(lambda: 1)()`` calls the empty name."""
    return called_name(function)


@quirk
def negated(node: ast.UnaryOp) -> Any:
    """Every unary operator is a minus: ``+5`` and ``~5`` are -5, ``not True`` is -1; ``-x`` and ``--5`` fail."""
    if not isinstance(node.operand, ast.Constant):
        raise TypeError("a unary operator stands before something else than a constant")
    constant: Any = node.operand.value
    return -constant


@quirk
def name_as_text(node: ast.Name) -> str:
    """A bare name is its own text, so ``true`` and ``null`` are strings."""
    return node.id


@quirk
def dots_as_text(value: Any) -> Any:
    """``...`` is the text of three dots."""
    return "..." if value is ... else value


@quirk
def call_as_text(node: ast.Call) -> str:
    """A call among the arguments that has no named arguments is its source text, written anew."""
    return ast.unparse(node)


@quirk
def subscript_as_text(node: ast.Subscript) -> str:
    """``x[0]`` among the arguments is its source text, written anew."""
    return f"{ast.unparse(node.value)}[{ast.unparse(node.slice)}]"


@quirk
def worked_out(node: ast.BinOp, folder: Folder) -> Any:
    """Arithmetic among the arguments is evaluated, so ``2**10`` is 1024 and ``'a' + 'b'`` is ``'ab'``.

    Upstream runs ``eval`` on the model's text. Here only operators on constants are worked out (see
    :mod:`starbench.benchmarks.constant_folding`); what else upstream might have run counts as unreadable.
    """
    return folder.fold(node)


# Reading JSON and XML.

_LIST_OF_OBJECTS = re.compile(r"\[\s*\{")
_END_OF_OBJECTS = re.compile(r"\}\s*\]")


@quirk
def cut_out_list(text: str) -> str:
    """A JSON answer is cut from its first ``[{`` to the first ``}]`` that follows, be it inside a string."""
    start, end = text.find("["), text.rfind("]")
    if 0 <= start < end:
        text = text[start : end + 1]
    first = _LIST_OF_OBJECTS.search(text)
    last = first and _END_OF_OBJECTS.search(text, first.end())
    return text[first.start() : last.end()] if first and last else text


@quirk
def no_call_in_broken_json() -> list[Any]:
    """JSON that cannot be parsed holds no call, which is a wrong count and no failure to decode."""
    return []


@quirk
def objects_among(items: Iterable[Any]) -> list[dict[Any, Any]]:
    """What is no object in the JSON answer is skipped, and one object without a list around it holds no call."""
    return [item for item in items if isinstance(item, dict)]


@quirk
def true_or_false(text: str) -> bool:
    """An XML value of type boolean is false unless it says true, whatever else it says."""
    return text.lower() == "true"


@quirk
def untyped_text(text: str) -> str:
    """An XML value whose type is unknown stays text, so ``type="number"`` never gives a number."""
    return text


@quirk
def name_of_parameter(attributes: Mapping[str, str], verbose: bool) -> str | None:
    """In verbose XML a parameter may lack its name, which is then None; in concise XML it cannot be read."""
    return attributes.get("name") if verbose else attributes["name"]


# Reading Java and JavaScript.


@quirk
def cut_by_bytes(text: str, node: Node) -> str:
    """The text of a Java node is cut from the characters at its byte positions, so every non-ASCII letter shifts it."""
    return text[node.start_byte : node.end_byte]


@quirk
def holds_error(root: Node) -> bool:
    """Source is wrong only where the parser found an error; a bracket or semicolon that it supplied itself is none."""
    suspects = [root] if root.has_error else []
    while suspects:
        node = suspects.pop()
        if node.is_error:
            return True
        suspects.extend(child for child in node.children if child.has_error)
    return False


@quirk
def first_java_call(calls: Iterable[dict[str, Any]]) -> list[Any] | dict[str, Any]:
    """Only the first Java call is read, wherever it stands; without one, the answer is an object and not a list."""
    for call in calls:
        return [call]
    return {}


_OPENING, _CLOSING = frozenset({"(", "[", "{", "${"}), frozenset({")", "]", "}"})


@quirk
def ends_before_template(root: Node) -> list[int]:
    """A JavaScript template literal on a new line starts a statement, as with the second fence of a fenced answer.

    The grammar that upstream uses (0.21) says so; JavaScript itself, and newer grammars, take what stands before it for
    the template's tag. Gives the byte positions, outside all brackets, where upstream's grammar ends a statement.
    """
    ends, waiting = [], [root]
    while waiting:
        children = waiting.pop().children
        if len(children) == 2 and children[1].type == "template_string":
            tag, template = children
            if tag.end_point[0] < template.start_point[0]:
                ends.append(tag.end_byte)
        depth = 0
        for child in children:
            depth += (child.type in _OPENING) - (child.type in _CLOSING)
            if depth == 0 and child.child_count:
                waiting.append(child)
    return ends


@quirk
def lone_javascript_call(calls: Iterable[dict[str, Any]]) -> list[Any] | None:
    """Only the first JavaScript statement that is itself a call is read; ``f(), g()`` and ``x = f()`` give None."""
    for call in calls:
        return [call]
    return None


UNNAMED: None = None
QUIRKS["UNNAMED"] = (
    "An identifier (in JavaScript also ``true``) without a name before it is the argument None; other values go."
)


@quirk
def without_outer_quotes(literal: str, nested: bool) -> str:
    """A Java string or character loses its quotes where it is a whole argument and keeps them inside a larger value."""
    return literal if nested else literal[1:-1]


@quirk
def without_class_body(type_name: str, arguments: Iterable[str]) -> str:
    """The body after ``new T(…)`` is dropped, so ``new HashMap<>() {{ put("k", 1); }}`` arrives empty."""
    return f"new {type_name}({', '.join(arguments)})"


@quirk
def without_spaces(parts: Iterable[str]) -> str:
    """A Java expression is put together from its tokens without the spaces between them."""
    return "".join(parts)
