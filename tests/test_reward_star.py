"""The released reward's oddities, one by one (their names stand in starbench/reward/star.py)."""

from __future__ import annotations

import json

import pytest

from starbench.reward import SimReward
from starbench.similarity import ABSTAIN, ANY_CALL, expected_reply, possible_answers
from starbench.types import Call

STAR = SimReward("star")
TOOLS = [
    {"name": "weather", "parameters": {"type": "object", "properties": {"city": {}, "days": {}}}},
    {"name": "ping", "parameters": {"type": "object", "properties": {}}},
]


def prompt(block: str | None = None, tail: str = "<think>") -> str:
    block = "\n".join(map(json.dumps, TOOLS)) if block is None else block
    return f"<|im_start|>system\n<tools>\n{block}\n</tools><|im_end|>\n<|im_start|>assistant\n{tail}"


def call(name: object = "weather", arguments: object = None) -> str:
    given = {"city": "Paris", "days": 3} if arguments is None else arguments
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': given})}\n</tool_call>"


GOLD = f"</think>{call()}<|im_end|>\n"


@pytest.mark.parametrize(
    ("completion", "value", "code"),
    [
        (f"a</think>{call()}<|im_end|>", 1.0, None),
        (f"bad</think>x<|im_start|>assistant\n<think>a</think>{call()}", 1.0, None),  # LAST TURN
        (f"a<think>b</think>{call()}", 1.0, None),  # ONE THOUGHT: the inner opening is text of the outer
        (call(), -1.0, "reasoning:unclosed"),
        (f"a</think>x<think>b</think>{call()}", -1.0, "reasoning:repeated"),
        (f"a</think>{call('nope')}</think>{call()}", 1.0, None),  # LAST THOUGHT
        ("a</think><tool_call>\n{", 0.0, "call:none"),  # CLOSED TAGS
        (f"a</think>{call()}<tool_call>", 1.0, None),
        (f"a</think>{call()}<tool_call>{{bad}}</tool_call>", -1.0, "call:malformed"),  # ALL OR NOTHING
        (f"a</think>{call('nope')}", -1.0, "call:unknown_tool"),
        (f"a</think>{call(['weather'])}", -1.0, "call:malformed"),
        (f"a</think>{call(arguments={'x': 1})}", -1.0, "argument:unexpected"),
        (f"a</think>{call(arguments={'days': '3'})}", 0.5, "argument:value"),
        (f"a</think>{call(arguments=5)}", -1.0, "call:malformed"),
        (f"a</think>{call(arguments=[])}", 0.0, "argument:value"),  # ARGUMENTS OF ANY KIND
        (f"a</think>{call(arguments=['city'])}", -1.0, "official:crash"),
        (f"a</think>{call('ping', {})}{call()}", 0.5, "call:unexpected"),
        ("a</think>hello", 0.0, "call:none"),
    ],
)
def test_answers(completion: str, value: float, code: str | None) -> None:
    found = STAR(completion, GOLD, prompt=prompt())
    assert (found.value, found.code) == (value, code)


@pytest.mark.parametrize(
    ("block", "value"),
    [
        ("\n".join(map(json.dumps, TOOLS)), 1.0),
        (json.dumps({"name": "weather", "parameters": {"city": {}, "days": {}}}), 1.0),
        (json.dumps({"name": "weather", "parameters": {"properties": {"city": {}, "days": {}}}}), -1.0),
        (json.dumps({"name": "weather", "parameters": ["city", "days"]}), 1.0),
        (json.dumps({"name": "weather", "parameters": 5}), -1.0),
        (json.dumps({"name": "weather"}), -1.0),
        (json.dumps({"type": "function", "function": TOOLS[0]}), -1.0),
        (json.dumps(TOOLS[0], indent=1), -1.0),
        ("\n".join(map(json.dumps, TOOLS)) + "</tools><tools>", -1.0),  # LAST BLOCK
    ],
)
def test_tools_of_the_prompt(block: str, value: float) -> None:
    found = STAR(f"a</think>{call()}", GOLD, prompt=prompt(block))
    assert found.value == value
    assert found.code in (None, "prompt:unreadable", "call:unknown_tool", "argument:unexpected")


@pytest.mark.parametrize(
    "label", ["", "hello", "</think></think>", "</think><tool_call>{</tool_call>", '"text"', "{", "5"]
)
def test_labels_on_which_the_release_raises(label: str) -> None:
    found = STAR(f"a</think>{call()}", label, prompt=prompt())
    assert (found.value, found.code) == (-1.0, "gold:unreadable")


@pytest.mark.parametrize("calls", [1, 2])
def test_a_label_that_calls_a_list(calls: int) -> None:
    found = STAR(f"a</think>{call()}", f"</think>{call(['weather']) * calls}", prompt=prompt())
    assert (found.value, found.code) == (-1.0, "official:crash")


def test_a_label_with_an_unclosed_call() -> None:
    label = "</think>use <tool_call>"
    assert STAR("a</think>hello", label, prompt=prompt()).code == "official:crash"
    assert STAR("a</think>", label, prompt=prompt()).value == 0.0


def test_first_come() -> None:
    near, gold = call(arguments={"city": "Paris", "days": 2}), call(arguments={"city": "Rome", "days": 2})
    for answer, value in ((near + call(), 0.25), (call() + near, 0.75)):
        assert STAR(f"a</think>{answer}", f"</think>{call()}{gold}", prompt=prompt()).value == value


def test_forms_that_the_release_does_not_know() -> None:
    structured = [{"name": "weather", "arguments": {"city": "Paris", "days": 3}}]
    assert STAR(structured, json.dumps(structured), TOOLS).value == 1.0
    assert STAR(structured, GOLD).value == 1.0
    assert STAR(f"a</think>{call()}", structured).value == 1.0
    assert STAR(f"a</think>{call()}", structured, prompt="nothing<think>").code == "call:unknown_tool"
    assert STAR("a</think>ok", ABSTAIN).value == 1.0
    assert STAR(structured, ABSTAIN).code == "call:unexpected"
    assert STAR(structured, ANY_CALL).value == 1.0
    assert STAR([], ANY_CALL).code == "call:none"
    assert STAR("a</think>ok", expected_reply("no", "ok")).value == 1.0
    assert STAR(structured, expected_reply("no")).code == "call:unexpected"
    assert STAR([{"name": 5}], structured).code == "call:malformed"
    assert STAR([Call("weather", {"city": "Oslo"})], structured).value == 0.0


def test_alternatives() -> None:
    gold = possible_answers([{"weather": {"city": ["Paris", "Rome"], "days": ["", 3]}}])
    assert STAR(f"a</think>{call(arguments={'city': 'rome'})}", gold).value == 1.0
    assert STAR(f"a</think>{call(arguments={'city': 'rome', 'days': 4})}", gold).value == 0.5
    assert STAR(f"a</think>{call('ping', '')}", gold).value == 0.0
    assert STAR(f"a</think>{call(arguments=['city'])}", gold).code == "official:crash"
    assert STAR("a</think>ok", gold).code == "call:none"
