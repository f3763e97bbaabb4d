"""One BFCL entry as a Case: its messages, its tools, and what is accepted as its answer.

An answer lists alternatives for each argument; ``""`` among them means that the argument may be left out::

    {"calculate_triangle_area": {"base": [10], "height": [5], "unit": ["units", ""]}}
    ->  ExpectedCall("calculate_triangle_area", {"base": Accepted((10,)), "height": Accepted((5,)),
                                                 "unit": Accepted(("units",), optional=True)})

What is read here is what the benchmark meant (strict grading and similarity use it); official grading works on the
entry itself. Where the published answer cannot be meant as it stands, :mod:`.errata` says how it is read instead.

Of a conversation the case holds the messages and the answer's calls of all turns one after the other; its ``source``
has them turn by turn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starbench.benchmarks.bfcl.categories import Place
from starbench.benchmarks.bfcl.data import Entry
from starbench.benchmarks.bfcl.errata import mended
from starbench.benchmarks.bfcl.multi_turn.gold import answer_call
from starbench.benchmarks.bfcl.source_values import typed
from starbench.similarity import expected_calls
from starbench.types import Accepted, Case, Expected, ExpectedCall, Fields, Language, Tool

Schema = Mapping[str, Any]


def case_of(place: Place, entry: Entry, tools: tuple[Tool, ...]) -> Case:
    """The case at ``place``; ``entry`` is what the data holds there, ``tools`` are its functions."""
    return Case(
        id=place.id,
        benchmark="bfcl",
        category=place.category.name,
        messages=tuple(message for turn in entry["question"] for message in turn),
        tools=tools,
        expected=expected_of(place, entry),
        language=place.base_category.language,
        source=entry,
    )


def expected_of(place: Place, entry: Entry) -> Expected:
    """What is accepted as an answer to ``entry``."""
    kind = place.base_category.answers
    if kind == "abstain" or kind == "any_call":
        return Expected(kind)
    if kind == "text":
        return Expected("reply", replies=tuple(entry["ground_truth"]))
    schemas = {tool["name"]: tool["parameters"] for tool in entry["function"]}
    if kind == "conversation":
        parameters = {name: tuple(schema["properties"]) for name, schema in schemas.items()}
        return expected_calls(answer_call(text, parameters) for turn in entry["ground_truth"] for text in turn)
    calls = [
        ExpectedCall(name, _arguments(arguments, schemas[name], place.base_category.language))
        for answer in mended(place.base, entry["ground_truth"])
        for name, arguments in answer.items()
    ]
    return Expected("calls", tuple(calls))


def _arguments(answer: Mapping[str, Any], schema: Schema, language: Language) -> dict[str, Accepted]:
    required = schema.get("required", ())
    properties = schema["properties"]
    return {
        # an argument that is not documented cannot be known to a model, so it is never demanded
        name: _accepted(alternatives, properties[name], name in required, language)
        if name in properties
        else Accepted(_alternatives(alternatives), optional=True)
        for name, alternatives in answer.items()
    }


def _accepted(alternatives: Sequence[Any], schema: Schema, required: bool, language: Language) -> Accepted:
    """What is accepted for one documented argument.

    ``""`` stands for leaving the argument out. Where that cannot be meant, because the argument is required, it is a
    value of its own; where it is meant, a documented default that is empty may be written out as well.
    """
    values = list(_alternatives(alternatives))
    if language != "python":
        values = [typed(value, schema, language) for value in values]
    if schema["type"] == "string":
        values += [json.dumps(value) for value in values if isinstance(value, (bool, int, float))]
    if schema["type"] == "array" and not alternatives:
        values = [[]]  # "none of these", as live_simple_106-63-0 and live_simple_112-68-0 have it
    if "" not in alternatives:
        return Accepted(tuple(values))
    if required:
        return Accepted((*values, "") if schema["type"] == "string" else tuple(values))
    if schema.get("default") in ("", [], {}) and schema["default"] not in values:
        values.append(schema["default"])
    return Accepted(tuple(values), optional=True)


def _alternatives(alternatives: Sequence[Any]) -> tuple[Any, ...]:
    """Every alternative but ``""``, objects with alternatives of their own as Fields, also inside a list."""
    return tuple(_fields(value) for value in alternatives if value != "")


def _fields(value: Any) -> Any:
    """An object whose fields hold alternatives as Fields; everything below that level stands for itself."""
    if isinstance(value, list):
        return [_fields(item) if isinstance(item, dict) else item for item in value]
    if not isinstance(value, dict):
        return value
    return Fields({name: _field(options) for name, options in value.items()})


def _field(options: Any) -> Accepted:
    """What is accepted for one field; a bare value, as in simple_java_64, is meant as the only alternative."""
    if not isinstance(options, list):
        return Accepted((options,))
    return Accepted(tuple(value for value in options if value != ""), optional="" in options)
