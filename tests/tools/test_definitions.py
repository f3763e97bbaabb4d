from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from starbench.errors import InputError
from starbench.tools import read_tool, read_tools

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
ENVELOPES: dict[str, dict[str, Any]] = {
    "openai chat": {"type": "function", "function": {"name": "f", "description": "d", "parameters": SCHEMA}},
    "openai responses": {"type": "function", "name": "f", "description": "d", "parameters": SCHEMA, "strict": True},
    "anthropic": {"name": "f", "description": "d", "input_schema": SCHEMA},
    "mcp": {"name": "f", "description": "d", "inputSchema": SCHEMA, "annotations": {"readOnlyHint": True}},
    "bedrock": {"toolSpec": {"name": "f", "description": "d", "inputSchema": {"json": SCHEMA}}},
    "bfcl": {"name": "f", "description": "d", "parameters": {**SCHEMA, "type": "dict"}},
    "acebench": {"name": "f", "description": "d", "arguments": SCHEMA, "results": {}, "tags": ["x"]},
    "xlam": {"name": "f", "description": "d", "parameters": {"city": {"type": "str"}}},
    "gemini": {"name": "f", "description": "d", "parameters": {**SCHEMA, "type": "OBJECT"}},
    "parameters as text": {"name": "f", "description": "d", "parameters": json.dumps(SCHEMA)},
}


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_every_envelope_holds_the_same_tool(envelope: str) -> None:
    tool = read_tool(ENVELOPES[envelope])
    assert (tool.name, tool.description, tool.parameters) == ("f", "d", SCHEMA)
    assert read_tool(json.dumps(ENVELOPES[envelope])) == tool
    assert read_tool(tool) is tool


def test_a_clean_definition_has_no_notes() -> None:
    assert read_tool(ENVELOPES["openai chat"]).notes == ()


def test_missing_parameters_mean_no_arguments() -> None:
    for definition in ({"name": "now"}, {"name": "now", "parameters": None}, {"name": "now", "parameters": {}}):
        assert read_tool(definition).parameters == {"type": "object", "properties": {}}


def test_lists_are_found_where_they_are_kept() -> None:
    a, b = {"name": "a"}, {"name": "b"}
    for definitions in (
        [a, b],
        (a, b),
        json.dumps([a, b]),
        {"tools": [a, b]},
        [{"functionDeclarations": [a, b]}],
        [{"function_declarations": [a]}, json.dumps(b)],
    ):
        assert [tool.name for tool in read_tools(definitions)] == ["a", "b"]
    assert [tool.name for tool in read_tools(a)] == ["a"]
    assert read_tools(None) == read_tools([]) == ()


@pytest.mark.parametrize(
    ("definitions", "said"),
    [
        (7, "the list of tools is a number"),
        ("not json", "the list of tools is a text that is no JSON"),
        ([{"name": "a"}, None], "tool 1 is null"),
        ([{"type": "web_search"}], "tool 0 has no name (its keys: 'type')"),
        ([{"name": 3}], "tool 0 has a number as its name"),
        ([{"name": " "}], "tool 0 has a text as its name"),
        ([{"name": "a", "parameters": [1]}], "parameters of tool 0 ('a') is a list"),
        ([{"name": "a", "parameters": "x"}], "parameters of tool 0 ('a') is a text that is no JSON"),
        ([{"tools": [{"name": "a"}, 5]}], "tool 0.1 is a number"),
    ],
)
def test_what_is_no_definition_is_named(definitions: Any, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_tools(definitions)
    assert str(caught.value).startswith(said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("int, optional"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_value_is_read_or_refused_with_a_sentence(value: Any) -> None:
    for definition in (value, {"name": "f", "parameters": value}):
        try:
            tools = read_tools([definition])
        except InputError as error:
            assert len(str(error)) > 20
        else:
            for tool in tools:
                Draft202012Validator.check_schema(dict(tool.parameters))
