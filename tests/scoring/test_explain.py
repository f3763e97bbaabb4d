"""Explanations name the place, the nearest accepted value and the difference, and stay small and total."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.reports.text import as_json
from starbench.scoring.explain import LARGEST, differences, explain, nearest
from starbench.similarity import compare, expected_calls, possible_answers
from starbench.types import Accepted, Call, Fields

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_wrong_argument_is_held_against_the_nearest_alternative() -> None:
    gold = possible_answers([{"book": {"city": ["Rome", "New York"], "nights": [2], "late": ["", False]}}])
    parts = compare([Call("book", {"city": "New Yorck", "late": True, "x": 1})], gold).parts
    assert explain(parts) == [
        {"call": "book", "argument": "nights", "reason": "missing", "wanted": 2},
        {"call": "book", "argument": "city", "reason": "partial", "wanted": "New York", "got": "New Yorck"},
        {"call": "book", "argument": "late", "reason": "value", "wanted": False, "got": True},
        {"call": "book", "argument": "x", "reason": "unexpected", "got": 1},
    ]


def test_calls_without_partner_are_named() -> None:
    gold = expected_calls([Call("f", {}), Call("g", {})])
    assert explain(compare([Call("f", {}), Call("h", {})], gold).parts) == [
        {"call": "h", "reason": "unexpected"},
        {"call": "g", "reason": "missing"},
    ]


def test_a_right_answer_needs_no_explanation() -> None:
    calls = [Call("f", {"a": [1, {"b": 2}]})]
    assert explain(compare(calls, expected_calls(calls)).parts) == []


def test_lists_and_objects_are_compared_place_by_place() -> None:
    gold = expected_calls([Call("f", {"lines": [{"part": "x", "pieces": 2}]})])
    (row,) = explain(compare([Call("f", {"lines": ({"part": "x", "pieces": 3, "z": 1},)})], gold).parts)
    assert row["difference"] == ["[0].pieces: wanted 2, got 3", "[0].z: got 1, nothing wanted"]


@pytest.mark.parametrize(
    ("wanted", "got", "lines"),
    [
        (["a", "b"], ["b"], ['[0]: wanted "a", left out']),
        (["a"], ["a", 1, {"x": None}], ["[1]: got 1, nothing wanted", '[2]: got {"x": null}, nothing wanted']),
        ([1, 2, 3], [1, 5, 6, 3], ["[1]: wanted 2, got 5", "[2]: got 6, nothing wanted"]),
        ({"x": [1]}, {"x": [True]}, [".x[0]: wanted 1, got true"]),
        ([2.0, 1], [2, 1.5], ["[1]: wanted 1, got 1.5"]),
        ([1], ["1"], ['[0]: wanted 1, got "1"']),
        ([[1]], [{"a": 1}], ['[0]: wanted [1], got {"a": 1}']),
        ([(1, 2)], [[1, 2]], []),
    ],
)
def test_lists_of_other_lengths_are_laid_side_by_side_as_the_similarity_does(
    wanted: Any, got: Any, lines: list[str]
) -> None:
    assert differences(wanted, got) == lines


@pytest.mark.parametrize(
    ("got", "wanted", "chosen"),
    [
        ("b", Accepted(("a", "b")), "b"),
        (None, Accepted(("a", "b")), "a"),
        (3, Accepted(()), None),
        ({"x": 2}, Fields({"x": Accepted((1, 2)), "y": Accepted((3,)), "z": Accepted((4,), True)}), {"x": 2, "y": 3}),
        ([5], [Accepted((4, 5))], [5]),
        ([5, 6], [Accepted((4, 5))], [4]),
    ],
)
def test_the_nearest_value_has_no_alternatives_left(got: Any, wanted: Any, chosen: Any) -> None:
    assert nearest(got, wanted) == chosen


@pytest.mark.parametrize("value", [["x"] * LARGEST, "x" * LARGEST + "y", [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]])
def test_large_and_deep_values_are_not_compared_in_depth(value: Any) -> None:
    assert differences([value], [0]) == ["too large to be compared place by place"]


@given(JSON, JSON)
def test_two_json_values_differ_in_some_place_or_are_equal(wanted: Any, got: Any) -> None:
    assert all(": " in line for line in differences([wanted], [got]))
    if as_json(wanted) == as_json(got):
        assert not differences([wanted], [got]) or "NaN" in as_json(got)
