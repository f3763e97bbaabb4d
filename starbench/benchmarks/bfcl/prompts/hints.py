"""What the official loader adds to the documents of functions before a model sees them.

Every description says in which language the function is; in Java and JavaScript every parameter becomes a string whose
description names its type::

    "Sorts."                                     ->  "Sorts. Note that the provided function is in Java 8 SDK syntax."
    {"type": "Array", "items": {"type": "int"},  ->  {"type": "string", "description": "Numbers. This is Java Array type
     "description": "Numbers."}                       parameter in string representation. The list elements are …"}

The sentences are part of what is measured, so they are the published ones word for word.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from starbench.types import Language

Document = Mapping[str, Any]

_SYNTAX: Mapping[Language, str] = {
    "python": "Python 3 syntax",
    "java": "Java 8 SDK syntax",
    "javascript": "JavaScript syntax",
}
_CALLED: Mapping[Language, str] = {"java": "Java", "javascript": "JavaScript"}
_LISTS: Mapping[Language, frozenset[str]] = {
    "java": frozenset({"ArrayList", "Array"}),
    "javascript": frozenset({"array"}),
}


def hinted(documents: Sequence[Document], language: Language) -> list[dict[str, Any]]:
    """Copies of the documents as a model sees them."""
    return [_hinted(document, language) for document in documents]


def _hinted(document: Document, language: Language) -> dict[str, Any]:
    shown: dict[str, Any] = copy.deepcopy(dict(document))
    shown["description"] += f" Note that the provided function is in {_SYNTAX[language]}."
    if language != "python":
        for parameter in shown["parameters"]["properties"].values():
            _write_type(parameter, language)
    return shown


def _write_type(parameter: dict[str, Any], language: Language) -> None:
    """Make a parameter a string, and say in its description what stands in it."""
    kind, called = parameter["type"], _CALLED[language]
    if kind == "any":
        said = f" This parameter can be of any type of {called} object in string representation."
    else:
        said = f" This is {called} {kind} type parameter in string representation."
    if kind in _LISTS[language]:
        items = parameter.pop("items")
        said += f" The list elements are of type {items['type']}; they are not in string representation."
    if language == "javascript" and kind == "dict" and "properties" in parameter:
        schema = json.dumps(parameter.pop("properties"))
        said += f" The dictionary entries have the following schema; they are not in string representation. {schema}"
    parameter["description"] += said
    parameter["type"] = "string"
