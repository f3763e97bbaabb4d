"""Java and JavaScript source text read as the value it stands for: what BFCL meant where it compares source text.

In ``simple_java`` and ``simple_javascript`` a model writes every argument as source text, and the answers hold values::

    typed('new String[]{"a", "b"}', {"type": "Array"}, "java")                                -> ["a", "b"]
    typed('new HashMap<String, Long>() {{ put("k", 5L); }}', {"type": "HashMap"}, "java")     -> {"k": 5}
    typed("{method: 'GET'}", {"type": "dict"}, "javascript")                                  -> {"method": "GET"}
    typed("userProfile", {"type": "HashMap"}, "java")                                         -> "userProfile": its name

The documented type decides what is looked for; text that does not hold it stays text. Official grading reads the same
text with patterns of its own (``java_values``, ``javascript_values``), which miss some right answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starbench.benchmarks.bfcl.source_tree import Group, Item, Token, tree
from starbench.types import Language

_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("byte", "short", "integer", "long", "float", "double", "bigint"), "number"),
    **dict.fromkeys(("array", "arraylist"), "list"),
    **dict.fromkeys(("hashmap", "dict"), "map"),
    "boolean": "boolean",
    "any": "any",
}
"""Documented type, in lower case -> what to look for; every other type is text."""

_FITS: Mapping[str, Callable[[Any], bool]] = {
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "map": lambda value: isinstance(value, dict),
}


_STRING = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\$]|\\.)*)`)\s*""", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}


def typed(value: Any, schema: Mapping[str, Any], language: Language) -> Any:
    """What ``value`` stands for as an argument documented by ``schema`` (``{"type": "ArrayList", "items": …}``).

    A value that is not text is kept, but for a parameter of type ``any``, whose answers are text: there 42 is ``"42"``.
    """
    kind = _KINDS.get(str(schema.get("type", "")).lower(), "text")
    if not isinstance(value, str):
        return json.dumps(value) if kind == "any" and not isinstance(value, (list, dict)) else value
    if kind in ("any", "text"):
        content = _string(value)
        return value if content is None else content
    nodes = tree(value)
    if nodes is None:
        return value
    read = _value(nodes, value, language)
    return read if read is None or _FITS[kind](read) else value


def _string(text: str) -> str | None:
    """The content of ``text`` where it is one string literal."""
    match = _STRING.fullmatch(text)
    if match is None:
        return None
    inside = next(group for group in match.groups() if group is not None)
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPED.get(m[2], m[2]), inside)


class _NoLiteral(Exception):
    """The nodes are no literal; their source text stands for itself."""


def _value(nodes: Item, text: str, language: Language) -> Any:
    """The value of one expression; one that is no literal (a variable, a call) is its own source text."""
    if not nodes:
        raise _NoLiteral
    try:
        if len(nodes) <= 2 and all(isinstance(node, Token) for node in nodes):
            return _plain("".join(node.text for node in nodes if isinstance(node, Token)))
        return _java(nodes, text) if language == "java" else _script(nodes, text)
    except _NoLiteral:
        return text[nodes[0].start : nodes[-1].end]


def _plain(text: str) -> Any:
    """A string, number, ``true``, ``null`` …"""
    if text in _WORDS:
        return _WORDS[text]
    content = _string(text)
    if content is not None:
        return content
    return _number(text)


def _number(text: str) -> int | float:
    """A number with its sign, underscores and suffix (``-1_000L``, ``2.5f``, ``10n``)."""
    bare = text.replace("_", "")
    hexadecimal = "0x" in bare.lower()
    if not hexadecimal and bare[-1:] in "lLnfFdD":
        as_float, bare = bare[-1] in "fFdD", bare[:-1]
    else:
        as_float = not hexadecimal and any(sign in bare for sign in ".eE")
    try:
        return float(bare) if as_float else int(bare, 16 if hexadecimal else 10)
    except ValueError:  # no number, or one with more digits than Python reads
        raise _NoLiteral from None


def _list(group: Group, text: str, language: Language) -> list[Any]:
    """The items of a bracket that are separated by commas."""
    if ";" in group.marks:
        raise _NoLiteral
    return [_value(nodes, text, language) for nodes in group.items]


# JavaScript: [1, "a"] and {key: value}


def _script(nodes: Item, text: str) -> Any:
    if len(nodes) == 1 and isinstance(nodes[0], Group):
        group = nodes[0]
        if group.kind == "[":
            return _list(group, text, "javascript")
        if group.kind == "{" and ";" not in group.marks:
            return dict(_field(nodes, text) for nodes in group.items)
        if group.kind == "(" and len(group.items) == 1:
            return _value(group.items[0], text, "javascript")
    raise _NoLiteral


def _field(nodes: Item, text: str) -> tuple[str, Any]:
    """``key: value``, or ``name`` alone, which means ``name: name``."""
    if not nodes or not isinstance(nodes[0], Token) or nodes[0].kind not in ("word", "string", "number"):
        raise _NoLiteral
    name = _string(nodes[0].text) or nodes[0].text
    if len(nodes) == 1 and nodes[0].kind == "word":
        return name, name
    if len(nodes) < 3 or not isinstance(nodes[1], Token) or nodes[1].text != ":":
        raise _NoLiteral
    return name, _value(nodes[2:], text, "javascript")


# Java: new T[]{…}, new List<>(…) {{ add(…); }}, Arrays.asList(…), Map.of(…)


def _pairs(values: list[Any]) -> dict[Any, Any]:
    return dict(zip(values[::2], values[1::2], strict=True))


def _first(values: list[Any]) -> Any:
    return values[0]


_JAVA_CALLS: Mapping[str, Callable[[list[Any]], Any]] = {
    "Arrays.asList": list,
    "List.of": list,
    "Set.of": list,
    "ImmutableList.of": list,
    "Collections.singletonList": list,
    "Collections.emptyList": list,
    "Map.of": _pairs,
    "ImmutableMap.of": _pairs,
    "Collections.singletonMap": _pairs,
    "Collections.emptyMap": _pairs,
    **{
        f"{box}.valueOf": _first for box in ("Byte", "Short", "Integer", "Long", "Float", "Double", "Boolean", "String")
    },
}
"""Calls that make a value: class and method -> what they make of their arguments."""

_JAVA_CLASSES: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(("ArrayList", "LinkedList", "Vector"), (list, "add")),
    **dict.fromkeys(("HashMap", "LinkedHashMap", "TreeMap", "Hashtable"), (dict, "put")),
}
"""Classes that hold values: name -> Python's counterpart, and the method that ``{{ … }}`` fills them with."""


def _java(nodes: Item, text: str) -> Any:
    first = nodes[0]
    if isinstance(first, Group):
        if len(nodes) == 1 and first.kind == "{":
            return _list(first, text, "java")
        raise _NoLiteral
    if first.text == "new":
        return _java_new(nodes[1:], text)
    name, rest = _dotted(nodes)
    make = _JAVA_CALLS.get(".".join(name.split(".")[-2:]))
    if make is None or len(rest) != 1 or not isinstance(rest[0], Group) or rest[0].kind != "(":
        raise _NoLiteral
    return _made(make, _list(rest[0], text, "java"))


def _java_new(nodes: Item, text: str) -> Any:
    """What ``new`` makes: an array with its elements, or a list or map."""
    name, rest = _dotted(nodes)
    groups = [node for node in rest if isinstance(node, Group)]
    kinds = "".join(group.kind for group in groups)
    if not groups or len(groups) != len(rest):
        raise _NoLiteral
    if kinds[-1] == "{" and set(kinds[:-1]) == {"["}:
        return _list(groups[-1], text, "java")
    if name.rpartition(".")[2] not in _JAVA_CLASSES or kinds not in ("(", "({"):
        raise _NoLiteral
    holder, method = _JAVA_CLASSES[name.rpartition(".")[2]]
    given = [value for value in _list(groups[0], text, "java") if not isinstance(value, int)]  # a number is a capacity
    filled = holder(given[0]) if len(given) == 1 and isinstance(given[0], holder) else holder()
    if len(given) > 1 or (given and not isinstance(given[0], holder)):
        raise _NoLiteral
    for values in _added(groups[1], method, text) if len(groups) == 2 else ():
        if holder is dict:
            filled.update(_made(_pairs, values))
        else:
            filled.append(_made(_first, values))
    return filled


def _added(body: Group, method: str, text: str) -> Iterable[list[Any]]:
    """The arguments of each ``method(…);`` in ``{{ … }}``."""
    if len(body.items) != 1 or len(body.items[0]) != 1 or not isinstance(inner := body.items[0][0], Group):
        raise _NoLiteral
    for nodes in inner.items:
        name, rest = _dotted(nodes)
        if name.removeprefix("this.") != method or len(rest) != 1 or not isinstance(rest[0], Group):
            raise _NoLiteral
        yield _list(rest[0], text, "java")


def _made(make: Callable[[list[Any]], Any], values: list[Any]) -> Any:
    try:
        return make(values)
    except (IndexError, TypeError, ValueError):  # too few arguments, an odd number of them, a list as a key
        raise _NoLiteral from None


def _dotted(nodes: Item) -> tuple[str, Item]:
    """The name (``java.util.Map.of``, type arguments left out) that ``nodes`` begin with, and what follows it."""
    place = 0
    while place < len(nodes) and isinstance(node := nodes[place], Token) and (node.kind != "sign" or node.text == "."):
        place += 1
    words = [node.text for node in nodes[:place] if isinstance(node, Token) and node.kind != "generics"]
    return "".join(words), nodes[place:]
