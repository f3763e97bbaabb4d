"""What BFCL shows a model. That all of it is byte for byte the official text is measured by bench/prompts.py."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from starbench.benchmarks.base import Benchmark
from starbench.benchmarks.bfcl.prompts import Prompts, load_texts
from starbench.benchmarks.bfcl.prompts.documents import as_python, as_xml
from starbench.benchmarks.bfcl.prompts.hints import hinted
from starbench.benchmarks.bfcl.prompts.texts import read_texts
from starbench.benchmarks.bfcl.prompts.tools import openai_tools

# sha256 of the JSON of messages and tools that the official package builds, 16 digits (bench/prompts.py compares all)
OFFICIAL = {
    "simple_python_0": ("9b2c349ba8fad64d", "14bf4b1ea6641db8"),
    "simple_java_3": ("73bff00b054e4ea9", "824b578f59b13cf9"),
    "simple_javascript_7": ("85a026a5cf0c08dc", "72b1861aa9553d25"),
    "live_multiple_2-1-0": ("c29b405c03a12981", "f7f21b965c74e924"),
    "live_irrelevance_134-13-0": ("13d1876390fa7e67", "8b67f3ebaa8d9de5"),
}


@pytest.fixture(scope="module")
def prompts(bfcl: Benchmark) -> Prompts:
    return Prompts(load_texts())


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


@pytest.mark.parametrize("id", OFFICIAL)
def test_prompts_and_tools_are_the_official_ones(bfcl: Benchmark, prompts: Prompts, id: str) -> None:
    case = bfcl.case(id)
    made = (_digest(prompts.of(case, "prompt").messages), _digest(prompts.of(case, "tools").tools))
    assert made == OFFICIAL[id]


def test_each_configuration_gives_another_prompt(bfcl: Benchmark, prompts: Prompts) -> None:
    ids = [case.id for case in bfcl.cases("format_sensitivity")][:26]
    systems = {prompts.of(bfcl.case(id), "prompt").messages[0]["content"] for id in ids}
    assert len(systems) == 26


def test_varied_prompts_say_the_language_twice(bfcl: Benchmark, prompts: Prompts) -> None:
    varied = next(bfcl.cases("format_sensitivity"))
    plain = bfcl.case(varied.id.rpartition(":")[2])
    hint = " Note that the provided function is in Python 3 syntax."
    assert prompts.documents(varied)[0]["description"].endswith(hint + hint)
    assert prompts.documents(plain)[0]["description"].count(hint) == 1


def test_a_system_message_of_the_case_goes_behind_the_prompt(bfcl: Benchmark, prompts: Prompts) -> None:
    case = next(c for c in bfcl.cases("live") if c.messages[0]["role"] == "system")
    messages = prompts.of(case, "prompt").messages
    assert messages[0]["content"].endswith("\n\n" + case.messages[0]["content"])
    assert [m["role"] for m in messages] == [m["role"] for m in case.messages]


def test_making_prompts_leaves_the_case_as_it_is(bfcl: Benchmark, prompts: Prompts) -> None:
    for id in ("simple_java_3", "multi_turn_miss_func_0"):
        case = bfcl.case(id)
        before = json.dumps(case.source)
        for mode in ("prompt", "tools", "raw-tools"):
            prompts.of(case, mode)  # type: ignore[arg-type]
        assert json.dumps(case.source) == before


def test_held_out_functions_arrive_in_their_turn(bfcl: Benchmark, prompts: Prompts) -> None:
    case = bfcl.case("multi_turn_miss_func_0")
    ((turn, names),) = case.source["missed_function"].items()
    offered = {document["name"] for document in prompts.documents(case)}
    assert not offered & set(names)
    assert [document["name"] for document in prompts.arriving(case, int(turn))] == names
    assert prompts.arriving(case, int(turn) + 1) == []


def test_questions_to_agents_say_how_to_answer(bfcl: Benchmark, prompts: Prompts) -> None:
    first = prompts.turns(bfcl.case("web_search_base_0"))[0][0]
    assert first["role"] == "system"
    assert first["content"] == prompts.texts.final_answer


def test_java_parameters_become_described_strings() -> None:
    parameters = {"a": {"type": "Array", "items": {"type": "int"}, "description": "Numbers."}}
    document = {"name": "f", "description": "Sorts.", "parameters": {"type": "dict", "properties": parameters}}
    (shown,) = hinted([document], "java")
    assert shown["description"] == "Sorts. Note that the provided function is in Java 8 SDK syntax."
    assert shown["parameters"]["properties"]["a"] == {
        "type": "string",
        "description": "Numbers. This is Java Array type parameter in string representation."
        " The list elements are of type int; they are not in string representation.",
    }
    assert parameters["a"]["type"] == "Array"


def test_tools_lose_dots_only_for_servers() -> None:
    document = {
        "name": "math.gcd",
        "description": "",
        "parameters": {
            "type": "dict",
            "properties": {
                "a": {"type": "float", "description": "A."},
                "b": {"type": "array", "items": {"type": "dict", "properties": {"c": {"type": "tuple"}}}},
                "d": {"type": "array", "items": {"type": "array", "items": {"type": "any"}}},
                "e": {"description": "no type"},
            },
        },
    }
    (tool,) = openai_tools([document])
    assert tool["function"]["name"] == "math_gcd"
    assert openai_tools([document], dots=True)[0]["function"]["name"] == "math.gcd"
    assert tool["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "a": {"type": "number", "description": "A. This is a float type value.", "format": "float"},
            "b": {"type": "array", "items": {"type": "object", "properties": {"c": {"type": "array"}}}},
            "d": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
            "e": {"description": "no type", "type": "string"},
        },
    }


def test_documents_as_xml_and_python() -> None:
    inner = {"type": "dict", "properties": {"x": {"type": "integer", "description": "X.", "default": 3}}}
    document = {
        "name": "f",
        "description": "Does it.",
        "parameters": {"properties": {"o": {**inner, "description": "O.", "enum": [1, 2]}}, "required": ["o"]},
    }
    assert as_xml([document]) == (
        '<function name="f">\n  <desc>Does it.</desc>\n  <params>\n'
        '    <param name="o" type="dict" required="true">\n      <desc>O. Enum values: [1, 2].</desc>\n'
        '      <params>\n        <param name="x" type="integer" required="true" default="3">\n'
        "          <desc>X.</desc>\n        </param>\n      </params>\n    </param>\n  </params>\n</function>\n"
    )
    assert as_python([document]) == (
        '# Function: f\n    """\n    Does it.\n\n    Args:\n        o (dict): O. Enum values: [1, 2].\n'
        '            x (int, default=3): X.\n    """\n\n\n\n'
    )


def test_texts_are_read_without_running_the_file() -> None:
    source = b"""
import os
raise SystemExit
A = {"python": "x"}
OUTPUT_FORMAT_MAPPING = PARAM_TYPE_MAPPING = A
"""
    with pytest.raises(KeyError):  # it is read to its end, and lacks most names
        read_texts(source)
