"""Raw text to values: what a tag's content means, by the parameter's schema or by a type written beside it.

    typed("5", {"type": "integer"})     # (5, None)
    typed("5", {"type": "string"})      # ("5", None)
    typed("5", None)                    # ("5", "kept as text: its type is not known")

A text that does not fit its type is kept as it is, and the second value says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starbench.dialects.json_text import JsonProblem, read_all_json
from starbench.dialects.python_literals import PythonProblem
from starbench.dialects.python_text import read_literal

_PYTHON_WORDS = {"True": True, "False": False, "None": None}
_OF_TYPE: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
    "string": (str,),
}
_NAMED_TYPES = {
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "dict": "object",
    "list": "array",
    "tuple": "array",
    "str": "string",
}
_NOT_KNOWN = "kept as text: its type is not known"

Typed = tuple[Any, str | None]


def types_of(schema: Any) -> frozenset[str]:
    """The JSON types that a schema admits, as far as it says so; empty if it does not."""
    if not isinstance(schema, Mapping):
        return frozenset()
    found = schema.get("type")
    names = {found} if isinstance(found, str) else set(found) if isinstance(found, (list, tuple)) else set()
    for key in ("anyOf", "oneOf"):
        for option in schema.get(key) or ():
            names |= types_of(option)
    if not names and schema.get("enum"):
        names = {_type_name(value) for value in schema["enum"]}
    return frozenset(name for name in names if name in _OF_TYPE)


def typed(text: str, schema: Any) -> Typed:
    """The value that ``text`` is for a parameter with that schema (None if there is none), and the liberty taken if
    any.
    """
    admitted = types_of(schema)
    if not admitted:
        return text, _NOT_KNOWN
    if admitted == {"string"}:
        return text, None
    bare = text.strip()
    try:
        value = read_all_json(bare)
    except JsonProblem:
        return _not_json(text, bare, admitted)
    if _type_name(value) in admitted or (_type_name(value) == "integer" and "number" in admitted):
        return value, None
    if "string" in admitted:
        return text, None
    return value, f"read as {_type_name(value)}, not {' or '.join(sorted(admitted))}"


def _not_json(text: str, bare: str, admitted: frozenset[str]) -> Typed:
    if bare in _PYTHON_WORDS and _type_name(_PYTHON_WORDS[bare]) in admitted:
        return _PYTHON_WORDS[bare], f"{bare!r} read as a Python word"
    if admitted & {"array", "object"}:
        try:
            value = read_literal(bare)
            if _type_name(value) in admitted:
                return value, "read as a Python literal"
        except PythonProblem:
            pass
    if "string" in admitted:
        return text, None
    return text, f"kept as text: no {' or '.join(sorted(admitted))}"


def named_type(text: str, name: str) -> Typed:
    """The value of ``text`` by a type's name written beside it (``integer``, ``float``, ``dict``, …)."""
    return typed(text, {"type": _NAMED_TYPES.get(name.strip().lower(), name.strip().lower())})


def _type_name(value: Any) -> str:
    return next(name for name, types in _OF_TYPE.items() if type(value) in types) if value is not None else "null"
