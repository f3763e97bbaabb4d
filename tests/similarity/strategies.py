"""Random values, calls and expected calls for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from starbench.types import Accepted, Call, ExpectedCall, Fields

NAMES = st.sampled_from(["f", "g", "h"])
ARGUMENTS = st.sampled_from(["a", "b", "c"])
TEXTS = st.one_of(
    st.sampled_from(["Paris", "paris", "New-York", "new york!", "-5", "5", "3.14", "", " ", "1,000", "東京", "😀"]),
    st.text(max_size=8),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.integers(), st.floats(), st.sampled_from([0.5, 1.0, 2.0]), TEXTS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(ARGUMENTS, inner, max_size=3)),
    max_leaves=8,
)
ARGUMENT_SETS = st.dictionaries(ARGUMENTS, st.one_of(st.integers(0, 2), VALUES), max_size=3)
CALLS = st.builds(Call, NAMES, ARGUMENT_SETS)
OBJECTS = st.builds(
    Fields, st.dictionaries(ARGUMENTS, st.builds(Accepted, st.tuples(VALUES), st.booleans()), max_size=2)
)
ALTERNATIVES = st.lists(st.one_of(st.integers(0, 2), VALUES, OBJECTS), min_size=1, max_size=3)
PLACES = st.builds(Accepted, ALTERNATIVES.map(tuple), st.booleans())
EXPECTED = st.builds(ExpectedCall, NAMES, st.dictionaries(ARGUMENTS, PLACES, max_size=3))


def small_calls(low: int = 0, high: int = 5) -> st.SearchStrategy[list[Call]]:
    """Calls that often agree in part: two names, two arguments, three values."""
    arguments = st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from([0, 1, "x y", "x z"]), max_size=2)
    return st.lists(st.builds(Call, st.sampled_from(["f", "g"]), arguments), min_size=low, max_size=high)
