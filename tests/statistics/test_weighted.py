"""The interval of a weighted sum of shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.statistics import weighted_wilson, wilson

COUNTS = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_of_one_share_it_is_wilsons(counts: tuple[int, int]) -> None:
    assert weighted_wilson([(1.0, *counts)]) == pytest.approx(wilson(*counts), abs=1e-12)


@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_it_holds_the_mean_and_stays_inside_0_and_1(counts: list[tuple[int, int]]) -> None:
    weight = 1 / len(counts)
    low, high = weighted_wilson([(weight, *one) for one in counts])
    mean = sum(weight * correct / n for correct, n in counts)
    assert 0.0 <= low <= mean + 1e-12
    assert mean - 1e-12 <= high <= 1.0


@given(COUNTS, st.integers(2, 10))
def test_more_answers_of_the_same_kind_narrow_it(counts: tuple[int, int], times: int) -> None:
    low, high = weighted_wilson([(1 / times, *counts)] * times)
    one_low, one_high = wilson(*counts)
    assert high - low < one_high - one_low


def test_of_nothing_nothing_is_known() -> None:
    assert weighted_wilson([(1.0, 0, 0)]) == (0.0, 1.0)
