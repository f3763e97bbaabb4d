from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from starbench.tools.schema import KEYWORDS, MAX_DEPTH, ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS, clean_parameters


def cleaned(schema: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    notes: list[str] = []
    return clean_parameters(schema, notes), notes


def argument(schema: Any) -> tuple[Any, list[str]]:
    """What becomes of one argument's schema, and the notes about it."""
    parameters, notes = cleaned({"type": "object", "properties": {"x": schema}, "required": []})
    return parameters["properties"]["x"], notes


@pytest.mark.parametrize(
    ("schema", "clean", "note"),
    [
        ({"type": "float"}, {"type": "number"}, "type 'float' read as 'number' at x"),
        ({"type": "any"}, {}, "type 'any' read as any type at x"),
        ({"type": "Money"}, {}, "unknown type 'Money' read as any type at x"),
        ({"type": {"a": 1}}, {}, "type a dict dropped at x"),
        ({"type": ["string", "None"]}, {"type": ["string", "null"]}, "type 'string | None' read as"),
        ({"type": "string", "enum": "a, b"}, {"type": "string"}, "enum 'a, b' dropped at x"),
        ({"type": "string", "enum": []}, {"type": "string"}, "enum [] dropped at x"),
        ({"type": "string", "required": True}, {"type": "string"}, "required True dropped at x"),
        ({"pattern": "[\\w-\\.]"}, {}, "pattern '[\\\\w-\\\\.]' dropped at x"),
        ({"minimum": "1"}, {}, "minimum '1' dropped at x"),
        ({"minLength": -1}, {}, "minLength -1 dropped at x"),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"], "nullable": True}, "nullable read as type"),
        ({"items": [{"type": "int"}]}, {"prefixItems": [{"type": "integer"}]}, "a list of items read as 'prefixItems'"),
        ({"items": "str"}, {"items": {"type": "string"}}, "'str' read as a type at x.items"),
        ("str", {"type": "string"}, "'str' read as a type at x"),
        ("The city.", {"description": "The city."}, "'The city.' read as a description at x"),
        (3, {}, "3 is not a schema; everything is allowed at x"),
        ({"anyOf": []}, {}, "anyOf [] dropped at x"),
    ],
)
def test_what_json_schema_refuses_is_changed_with_a_note(schema: Any, clean: Any, note: str) -> None:
    got, notes = argument(schema)
    assert got == clean or got == {**clean, "nullable": True}
    assert any(said.startswith(note) for said in notes), notes


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "default": "thirty", "unit": "days", "optional": True},
        {"type": "string", "enum": ["a", None], "default": None, "description": "", "pattern": "^a+$"},
        {"type": ["string", "null"]},
        {"type": "array", "items": {"type": "object", "properties": {"a": {}}, "additionalProperties": False}},
        {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/y"}]},
        True,
    ],
)
def test_what_json_schema_accepts_stays_as_it_is(schema: Any) -> None:
    assert argument(schema) == (schema, [])


def test_a_required_list_decides_over_marks() -> None:
    parameters, _ = cleaned(
        {"type": "dict", "properties": {"a": {"type": "int, optional"}, "b": {}}, "required": ["a"]}
    )
    assert parameters["required"] == ["a"]


@pytest.mark.parametrize(
    ("schema", "required"),
    [
        ({"a": {"type": "str"}, "b": {"type": "int, optional"}, "c": {"type": "int", "default": 3}}, ["a"]),
        ({"type": {"type": "str"}, "properties": {"type": "int"}}, ["type", "properties"]),
        ({"a": "str", "b": "int, optional"}, ["a"]),
        ({"type": "dict", "properties": {"a": {"type": "str"}, "b": {"type": "int, optional"}}}, ["a"]),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, None),
        ({"type": "object", "properties": {"a": {"type": "string", "required": True}, "b": {}}}, ["a"]),
        ({"type": "object", "properties": {"a": {}}, "required": "a"}, ["a"]),
        ({"type": "object", "properties": {"a": {}}, "required": ["a", 3, "a"]}, ["a"]),
    ],
)
def test_required_arguments_are_found(schema: dict[str, Any], required: list[str] | None) -> None:
    assert cleaned(schema)[0].get("required") == required


def test_parameters_are_always_an_object() -> None:
    assert cleaned({"type": "array", "items": {}})[0] == {"type": "object", "items": {}, "properties": {}}
    assert cleaned({"anyOf": [{"required": ["a"]}]})[0]["type"] == "object"


def test_nesting_without_end_is_cut_and_noted() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(5_000):
        deep = {"type": "object", "properties": {"x": deep}}
    _, notes = cleaned(deep)
    assert notes[-1].startswith(f"nesting below {MAX_DEPTH} levels dropped at x.x")


def test_the_cache_of_types_is_never_shared() -> None:
    first, _ = argument({"type": "List[int]"})
    first["items"]["type"] = "changed"
    assert argument({"type": "List[int]"})[0] == {"type": "array", "items": {"type": "integer"}}


KNOWN = [*KEYWORDS, *ONE_SCHEMA, *SCHEMA_LISTS, *SCHEMA_MAPS, "type", "items", "properties", "nullable", "optional"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "string", "float", "(", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KNOWN, "a"]), inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from([*KNOWN, "a"]), VALUES, max_size=5))
def test_whatever_a_keyword_holds_the_result_is_valid_and_stable(schema: dict[str, Any]) -> None:
    parameters, _ = cleaned(schema)
    Draft202012Validator.check_schema(parameters)
    again, _ = cleaned(parameters)
    assert again.keys() >= {"type", "properties"}
    Draft202012Validator.check_schema(again)
