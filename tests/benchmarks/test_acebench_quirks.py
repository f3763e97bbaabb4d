"""Each oddity of ACEBench's scorer, by name, with the smallest answer that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from starbench.benchmarks.acebench.agent import judge_end_state, process_accuracy
from starbench.benchmarks.acebench.checker import judge
from starbench.benchmarks.acebench.decode import DecodeFailure, decode
from starbench.benchmarks.acebench.quirks import QUIRKS
from starbench.benchmarks.acebench.special import judge_special

FAILS = "it cannot be read"


class Read(NamedTuple):
    """An answer and the calls that upstream reads in it."""

    quirk: str
    text: Any
    expected: Any
    multi_turn: bool = False


READ = [
    Read("whitespace_deleted", "[ f(a = 'New York') ]\n", [{"f": {"a": "NewYork"}}], multi_turn=True),
    Read("whitespace_deleted", "Sure: [f(a=1)]", FAILS, multi_turn=True),
    Read("first_brackets", "Sure: [f(a='New York')] and [g()]", [{"f": {"a": "New York"}}]),
    Read("first_brackets", "In [step 1] I call [f(a=1)]", FAILS),
    Read("first_brackets", "a] then [f(a=1)]", FAILS),
    Read("first_brackets", "a] then [[f(a=1)]", [{"f": {"a": 1}}]),
    Read("first_brackets", "[f(a=']')]", FAILS),
    Read("odd_callee", "[x[0].f(a=1), (lambda: 1)(), a.b.c()]", [{"f": {"a": 1}}, {"": {}}, {"a.b.c": {}}]),
    Read("positional_dropped", "[f(1, *x, a=2, **y)]", [{"f": {"a": 2, None: "y"}}]),
    Read("unary_negates", "[f(a=+5, b=~5, c=not True, d=-1.5)]", [{"f": {"a": -5, "b": -5, "c": -1, "d": -1.5}}]),
    Read("unary_negates", "[f(a=--5)]", FAILS),
    Read("arithmetic_evaluated", "[f(a=20-30, b='a'+'b')]", [{"f": {"a": -10, "b": "ab"}}]),
    Read("arithmetic_evaluated", "[f(a=x+1)]", FAILS),
]


@pytest.mark.parametrize("row", READ, ids=lambda row: f"{row.quirk} {row.text}")
def test_reading(row: Read) -> None:
    try:
        got: Any = decode(row.text, multi_turn=row.multi_turn)
    except DecodeFailure:
        got = FAILS
    assert got == row.expected


def test_the_former_scorer_deletes_white_space_everywhere() -> None:
    assert decode("[f(a='New York')]", multi_turn=False, delete_whitespace=True) == [{"f": {"a": "NewYork"}}]


class Judged(NamedTuple):
    """Calls, the answer, a parameter's schema, and upstream's error type ("" for right)."""

    quirk: str
    value: Any
    answer: Any
    schema: Mapping[str, Any]
    error: str


JUDGED = [
    Judged("unchecked_scalars", 7, 5, {"type": "integer"}, ""),
    Judged("unchecked_scalars", False, True, {"type": "boolean"}, ""),
    Judged("number_is_int", 5.5, 5, {"type": "number"}, "type_error"),
    Judged("number_is_int", 5.0, 5, {"type": "number"}, ""),
    Judged("number_is_int", 9, 5.5, {"type": "number"}, ""),
    Judged("enum_is_enumerate", "a", "a", {"type": "enum"}, ""),
    Judged("enum_is_enumerate", 1, "a", {"type": "enum"}, "type_error"),
    Judged("substring_match", "Total eclipse of 2024", "total", {"type": "string"}, ""),
    Judged("substring_match", "part", "total", {"type": "string"}, "value_error:string"),
    Judged("nested_substring_match", {"n": "x50y"}, {"n": 5}, {"type": "object"}, ""),
    Judged("nested_substring_match", {"n": 4}, {"n": 5}, {"type": "object"}, "value_error"),
    Judged("ordered_lists", ["b", "a"], ["a", "b"], {"type": "array", "items": {"type": "string"}},
           "value_error:list/tuple"),
    Judged("ordered_lists", ["A."], ["a"], {"type": "array", "items": {"type": "string"}}, ""),
    Judged("empty_container_fails", [], [], {"type": "array", "items": {"type": "string"}}, "type_error"),
    Judged("empty_container_fails", {}, {}, {"type": "object"}, "type_error"),
    Judged("true_and_false_text", "true", "true", {"type": "string"}, "type_error"),
    Judged("true_and_false_text", "false", True, {"type": "boolean"}, ""),
]  # fmt: skip


def function(name: str = "f", **properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "parameters": {"type": "object", "properties": properties, "required": []}}


@pytest.mark.parametrize("row", JUDGED, ids=lambda row: f"{row.quirk} {row.value} for {row.answer}")
def test_judging_a_value(row: Judged) -> None:
    found = judge([function(a=row.schema)], [{"f": {"a": row.value}}], {"f": {"a": row.answer}})
    assert (found.valid, found.error_type) == (row.error == "", row.error)


NUMBER = {"type": "integer"}
TEXT = {"type": "string"}


def test_a_number_at_the_end_of_a_name_is_dropped() -> None:
    """number_suffix_dropped: a function really called ``plan_2`` can be called by no name."""
    functions = [function("plan_2", a=NUMBER)]
    assert judge(functions, [{"plan_2": {"a": 1}}], {"plan_2": {"a": 1}}).error_type == "function_mismatch"
    assert judge(functions, [{"plan": {"a": 1}}], {"plan_2": {"a": 1}}).error_type == "wrong_function_name"


def test_the_schema_is_the_first_whose_name_stands_in_the_expected_one() -> None:
    """substring_schema"""
    functions = [function("book"), function("book_flight", a=NUMBER)]
    assert judge(functions, [{"book_flight": {"a": 1}}], {"book_flight": {"a": 1}}).error_type == "wrong_function_name"


def test_one_call_satisfies_several_expected_ones() -> None:
    """many_to_one"""
    truth = {"f_1": {"a": "x"}, "f_2": {"a": "xy"}}
    found = judge([function(a=TEXT)], [{"f": {"a": "xy"}}, {"f": {"a": "xyz"}}], truth)
    assert found.valid


def test_a_missing_function_is_reported_as_an_extra_one() -> None:
    """one_text_for_extra_and_missing"""
    functions = [function("f", a=NUMBER), function("g", a=NUMBER)]
    truth = {"f": {"a": 1}, "g": {"a": 1}}
    extra = judge(functions, [{"f": {"a": 1}}, {"h": {}}], truth)
    missing = judge(functions, [{"f": {"a": 1}}, {"f": {"a": 1}}], truth)
    assert extra.error == ["extra function detected: h is not in the ground truth"]
    assert missing.error == ["extra function detected: g is not in the ground truth"]


def test_the_last_candidate_gives_the_error_type() -> None:
    """last_candidate_reports"""
    functions = [function("f", a=TEXT), function("g", a=TEXT)]
    calls = [{"f": {"a": "wrong"}}, {"g": {"a": "x"}}]
    found = judge(functions, calls, {"f": {"a": "x"}, "g": {"a": "x"}})
    assert found.error_type == "simple_function_checker:unclear"
    assert found.text.startswith("Parallel function call failed; excepted [")
    former = judge(functions, calls, {"f": {"a": "x"}, "g": {"a": "x"}}, parallel_text=False)
    assert former.error == ["wrong_function"]


def test_a_later_alternative_is_right_and_listed() -> None:
    """alternative_still_listed"""
    found = judge([function(a=TEXT)], [{"f": {"a": "y"}}], [{"f": {"a": "x"}}, {"f": {"a": "y"}}])
    assert (found.valid, found.listed, found.error_type) == (True, True, "value_error:string")


def test_special_words_count_anywhere() -> None:
    """special_anywhere"""
    said = "<think>There is incorrect value 9x</think> [f(a='9x')]"
    assert judge_special("error_param", {"a": ["9x"]}, said).valid


def test_a_class_without_counterpart_keeps_the_verdict_before() -> None:
    """unmatched_class_keeps_verdict"""
    truth = [{"A": {"x": 1}}, {"Bpi": {"y": 1}}]
    wrong, right = [{"A": {"x": 2}}, {"B": {}}], [{"A": {"x": 1}}, {"B": {"y": 9}}]
    assert judge_end_state(truth, right).valid
    assert len(judge_end_state(truth, wrong).error) == 2
    assert not judge_end_state(truth, right, strict=True).valid


def test_a_missing_milestone_hides_all_later_ones() -> None:
    """milestone_cursor"""
    assert process_accuracy(["a", "b", "c"], ["a", "c"]) == 1 / 3
    assert process_accuracy(["a", "b", "c"], ["a", "c"], strict=True) == 2 / 3


def test_what_stops_the_official_run_raises_here_too() -> None:
    """crash"""
    with pytest.raises((AttributeError, TypeError)):
        judge(
            [function(a={"type": "array", "items": {"type": "object"}})],
            [{"f": {"a": [{"x": 1}]}}],
            {"f": {"a": [None]}},
        )
    with pytest.raises(TypeError):
        judge_special("irrelevant", "", None)


def test_every_quirk_is_shown() -> None:
    named = {(test.__doc__ or "").partition(":")[0] for name, test in globals().items() if name.startswith("test_")}
    shown = {row.quirk for row in (*READ, *JUDGED)} | named
    assert set(QUIRKS) <= shown
