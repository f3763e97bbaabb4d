"""Values: the rules of each JSON type, alternatives, totality."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from strategies import VALUES

from starbench.similarity.values import DEPTH, best, flat, flatten, nested, plain, same
from starbench.types import Accepted, Fields

DEEP: list[Any] = []
_inner = DEEP
for _ in range(100_000):
    _inner.append([])
    _inner = _inner[0]

ROBUST = [
    (7, 7.0, 1.0, "equal"),
    (0.1 + 0.2, 0.3, 1.0, "equal"),
    (float("nan"), float("nan"), 1.0, "equal"),
    (float("inf"), float("inf"), 1.0, "equal"),
    (12345678901, 12345678902, 0.0, "value"),
    (10**400, 1e308, 0.0, "value"),
    (True, 1, 0.0, "type"),
    (0, False, 0.0, "type"),
    ("7", 7, 0.5, "type"),
    (7, "7", 0.5, "type"),
    ("7.0", 7, 0.5, "type"),
    ("8", 7, 0.0, "type"),
    ("true", True, 0.5, "type"),
    (None, "null", 0.5, "type"),
    (None, None, 1.0, "equal"),
    (None, 0, 0.0, "type"),
    ("Paris", ["Paris"], 0.0, "type"),
    ("PARIS", "paris", 1.0, "equal"),
    ("New York", "New Jersey", 0.5, "partial"),
    ("Oslo", "Paris", 0.0, "value"),
    ((1, 2), [1, 2], 1.0, "equal"),
    ([2, 1], [1, 2], 0.0, "value"),
    ([1, 2, 3], [1, 9, 3], 2 / 3, "partial"),
    ([1, 2, 3], [0, 1, 2, 3], 3 / 4, "partial"),
    ([1, 2, 4], [1, 2, 3, 4], 3 / 4, "partial"),
    ([], [], 1.0, "equal"),
    ([], [1], 0.0, "value"),
    (["new york"], ["New Jersey"], 0.5, "partial"),
    ({"b": 2, "a": 1}, {"a": 1.0, "b": 2}, 1.0, "equal"),
    ({"a": 1}, {"a": 1, "b": 2}, 0.5, "partial"),
    ({"a": 1, "b": 2}, {"a": 1}, 0.5, "partial"),
    ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, 0.5, "partial"),
    ({}, {}, 1.0, "equal"),
]
STAR = [
    ("PARIS", "paris", 1.0),
    ("running shoes", "run shoe", 1.0),
    ("-5", "5", 1.0),
    ("!!!", "!!!", 1.0),
    ("!!!", "???", 0.0),
    ("", " ", 0.0),
    (True, 1, 1.0),
    (1, 1.0, 1.0),
    (0.1 + 0.2, 0.3, 0.0),
    ("1", 1, 1.0),
    ("True", True, 1.0),
    ("true", True, 0.0),
    ("None", None, 1.0),
    ([2, 1], [1, 2], 0.0),
    ([1.0], [1], 0.0),
    ({"b": 2, "a": 1}, {"a": 1, "b": 2}, 0.0),
    ("{'a': 1}", {"a": 1}, 1.0),
    ("2024-01-05", "2024-01-06", 2 / 3),
]


@pytest.mark.parametrize(("got", "wanted", "similarity", "reason"), ROBUST)
def test_robust(got: Any, wanted: Any, similarity: float, reason: str) -> None:
    assert nested(got, wanted) == (pytest.approx(similarity), reason)


@pytest.mark.parametrize(("got", "wanted", "similarity"), STAR)
def test_star(got: Any, wanted: Any, similarity: float) -> None:
    assert flat(got, wanted)[0] == pytest.approx(similarity)


def test_alternatives() -> None:
    place = Accepted(("Paris", 7, ["a", "b"]))
    assert best(7, place, nested) == (1.0, "equal")
    assert best("Oslo", place, nested) == (0.0, "value")
    assert best(True, place, nested) == (0.0, "type")
    assert best(["a"], place, nested) == (0.5, "partial")
    assert best("x", Accepted(()), nested) == (0.0, "value")


def test_fields_with_alternatives() -> None:
    wanted = Fields({"unit": Accepted(("C", "celsius")), "days": Accepted((1,), optional=True)})
    assert nested({"unit": "Celsius"}, wanted) == (1.0, "equal")
    assert nested({"unit": "F"}, wanted) == (0.0, "value")
    assert nested({"unit": "C", "days": 2}, wanted) == (0.5, "partial")
    assert nested([{"unit": "c"}, {"unit": "F"}], [wanted, wanted]) == (0.5, "partial")
    assert plain([wanted]) == [{"unit": "C"}]
    assert flat({"unit": "C"}, wanted) == (1.0, "equal")


def test_any_depth() -> None:
    assert nested(DEEP, DEEP) == (1.0, "equal")
    assert nested(DEEP, DEEP[0]) == (0.0, "value")
    assert flat(DEEP, DEEP)[0] in (0.0, 1.0)
    near: Any = [1, 2]
    far: Any = [1, 3]
    for _ in range(DEPTH - 2):
        near, far = [near], [far]
    assert nested(near, far) == (0.5, "partial")
    assert nested([[[near]]], [[[far]]]) == (0.0, "value")


def test_wide_lists_take_linear_time() -> None:
    numbers = list(range(100_000))
    assert nested(numbers, numbers[1:])[0] == pytest.approx(0.99999)
    assert nested(numbers[:-1], numbers)[0] == pytest.approx(0.99999)


def test_what_is_no_json_value() -> None:
    assert nested({1, 2}, {1, 2}) == (1.0, "equal")
    assert nested(b"x", "x") == (0.0, "type")
    assert nested(10**5000, 10**5000) == (1.0, "equal")
    assert flat([10**5000], 1)[0] == 0.0


@given(VALUES, VALUES)
def test_laws(a: Any, b: Any) -> None:
    similarity, reason = nested(a, b)
    assert 0.0 <= similarity <= 1.0
    assert (reason == "equal") == (similarity == 1.0)
    assert nested(a, a) == (1.0, "equal")
    assert nested(b, a)[0] == pytest.approx(similarity)
    assert 0.0 <= flat(a, b)[0] <= 1.0


@given(VALUES, VALUES)
def test_equal_streams_mean_equal_values(a: Any, b: Any) -> None:
    assert same(a, b) == (list(flatten(a)) == list(flatten(b)))
    if same(a, b):
        assert nested(a, b) == (1.0, "equal")
