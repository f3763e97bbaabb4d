"""Documents of functions as OpenAI-style tools, the types of BFCL's notation as those of JSON Schema.

    {"name": "math.gcd", "parameters": {"type": "dict", "properties": {"a": {"type": "float", "description": "A."}}}}
    ->  {"type": "function", "function": {"name": "math_gcd", "parameters": {"type": "object", "properties": {
             "a": {"type": "number", "format": "float", "description": "A. This is a float type value."}}}}}

Servers that speak OpenAI's protocol refuse dots in names, so they become underscores; a template of a local model has
no such limit. Names of parameters are never changed.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]

TYPES: Mapping[str, str] = {
    **dict.fromkeys(("integer", "byte", "short", "long", "Bigint"), "integer"),
    **dict.fromkeys(("number", "float", "double"), "number"),
    **dict.fromkeys(("string", "any", "Any", "char", "String"), "string"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("array", "list", "tuple", "ArrayList", "Array", "Queue", "Stack"), "array"),
    **dict.fromkeys(("dict", "object", "HashMap", "Hashtable"), "object"),
}
"""A type in BFCL's notation -> the type in JSON Schema; any other is a string."""


def openai_tools(documents: Sequence[Document], *, dots: bool = False) -> list[dict[str, Any]]:
    """The documents as tools; ``dots`` says that the names keep theirs."""
    return [{"type": "function", "function": _function(document, dots)} for document in documents]


def _function(document: Document, dots: bool) -> dict[str, Any]:
    function: dict[str, Any] = copy.deepcopy(dict(document))
    if not dots:
        function["name"] = function["name"].replace(".", "_")
    function["parameters"]["type"] = "object"
    _convert(function["parameters"]["properties"])
    return function


def _convert(properties: dict[str, Any]) -> None:
    """Give every property its type in JSON Schema, as deep as upstream goes: into objects and arrays of arrays."""
    for schema in properties.values():
        if schema.get("type") == "float":
            schema["format"] = "float"
            schema["description"] += " This is a float type value."
        schema["type"] = TYPES.get(schema.get("type"), "string")
        if schema["type"] not in ("array", "object"):
            continue
        if "properties" in schema:
            _convert(schema["properties"])
        elif "items" in schema:
            _convert_items(schema["items"])


def _convert_items(items: dict[str, Any]) -> None:
    items["type"] = TYPES[items["type"]]
    if items["type"] == "array" and "items" in items:
        items["items"]["type"] = TYPES[items["items"]["type"]]
    elif items["type"] == "object" and "properties" in items:
        _convert(items["properties"])
