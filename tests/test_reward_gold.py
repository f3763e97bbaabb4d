"""Golds in every form that data sets hold them in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from starbench.errors import InputError
from starbench.reward import SimReward, read_gold
from starbench.similarity import ABSTAIN, expected_calls, expected_reply
from starbench.tools import read_tools
from starbench.types import Accepted, Call, Case, Expected, ExpectedCall, Fields

ADD, TWICE = Call("add", {"a": 1}), [Call("add", {"a": 1}), Call("add", {"a": 2})]
TAGGED = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'
TOOLS = read_tools([{"name": "add", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}])
PLAIN = {"name": "add", "arguments": {"a": 1}}
FUNCTION = {"type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}


@pytest.mark.parametrize(
    "gold",
    [
        [ADD],
        [PLAIN],
        PLAIN,
        json.dumps([PLAIN]),
        json.dumps(PLAIN),
        [FUNCTION],
        json.dumps([FUNCTION]),
        {"role": "assistant", "content": None, "tool_calls": [FUNCTION]},
        [{"role": "assistant", "content": "", "tool_calls": [FUNCTION]}],
        [{"type": "function_call", "name": "add", "arguments": '{"a": 1}', "call_id": "x"}],
        f"</think>{TAGGED}<|im_end|>\n",
        f"<think>so</think>\n\n{TAGGED}",
        TAGGED.replace("arguments", "parameters"),
        {"add": {"a": 1}},
        {"id": "normal_0", "ground_truth": {"add": {"a": 1}}},
        [{"add": '{"a": 1}'}],
        ["add(a=1)"],
        [ExpectedCall("add", {"a": Accepted((1,))})],
        expected_calls([ADD]),
        Case("x", "custom", "c", (), (), expected_calls([ADD])),
        "[add(a=1)]",
    ],
)  # fmt: skip
def test_one_call(gold: Any) -> None:
    assert read_gold(gold, lambda: TOOLS) == expected_calls([ADD])


def test_possible_answers_of_bfcl() -> None:
    gold = [{"add": {"a": [1, "one"], "b": ["", 2], "o": [{"k": ["x"]}], "l": [[1, 2]]}}]
    (call,) = read_gold(gold).calls
    assert call.arguments["a"] == Accepted((1, "one"))
    assert call.arguments["b"] == Accepted((2,), optional=True)
    assert call.arguments["o"] == Accepted((Fields({"k": Accepted(("x",))}),))
    assert call.arguments["l"] == Accepted(([1, 2],))
    assert SimReward()([Call("add", {"a": "One", "o": {"k": "x"}, "l": [1, 2]})], json.dumps(gold)).value == 1.0


def test_numbered_calls_of_acebench() -> None:
    gold = {"add": {"a": 1}, "add_1": {"a": 2}}
    assert read_gold(gold) == expected_calls(TWICE)
    assert read_gold({"add_1": {"a": 1}}) == expected_calls([Call("add_1", {"a": 1})])
    assert read_gold({"add_1": {"a": 1}}, lambda: TOOLS) == expected_calls([ADD])


@pytest.mark.parametrize(
    "gold", ["", " ", "</think>", "</think><|im_end|>\n", [], (), "[]", {"role": "assistant", "content": ""}]
)
def test_no_call(gold: Any) -> None:
    assert read_gold(gold) == ABSTAIN


@pytest.mark.parametrize(
    "gold", ["Which city?", "</think>Which city?<|im_end|>\n", {"role": "assistant", "content": "Which city?"}]
)
def test_a_reply(gold: Any) -> None:
    assert read_gold(gold) == expected_reply("Which city?")


@pytest.mark.parametrize("gold", ["print(x) shows it", "[note] see add(a=1)", "{not JSON", "f(x) = 2", "`add(a=1)`"])
def test_a_reply_that_looks_like_a_call(gold: str) -> None:
    assert read_gold(gold, lambda: TOOLS) == expected_reply(gold)


def test_infinity_in_a_label_is_read() -> None:
    expected = read_gold('</think><tool_call>\n{"name": "f", "arguments": {"a": Infinity}}\n</tool_call>')
    assert expected == expected_calls([Call("f", {"a": float("inf")})])


@pytest.mark.parametrize(
    ("gold", "words"),
    [
        (None, "the gold is None"),
        (5, "the gold is 5"),
        ({}, "neither a call nor a message nor possible answers"),
        ({"plan_id": ["wrong"]}, "neither a call nor a message nor possible answers"),
        ("</think><tool_call>{bad}</tool_call>", "holds a call that cannot be read"),
        ("<tool_call>", "holds a call that cannot be read"),
        ([{"name": "f", "arguments": 5}], "holds a call that cannot be read"),
        ("x" * 500 + "<tool_call>", "…"),
    ],
)
def test_what_is_no_gold(gold: Any, words: str) -> None:
    with pytest.raises(InputError) as error:
        read_gold(gold)
    assert words in str(error.value)
    assert len(str(error.value)) < 300


class Column:
    """Stands for a numpy array, which columnar data sets give instead of a list."""

    def tolist(self) -> list[Any]:
        return [PLAIN]


def test_arrays() -> None:
    assert read_gold(Column()) == expected_calls([ADD])


def test_kinds_are_kept() -> None:
    assert read_gold(Expected("any_call")).kind == "any_call"
