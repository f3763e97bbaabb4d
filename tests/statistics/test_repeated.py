"""pass@k and pass^k against scipy's hypergeometric distribution, and against their definition."""

from __future__ import annotations

from itertools import combinations
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.statistics import pass_all, pass_at

TRIES = st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))


@given(TRIES)
def test_they_are_scipys_hypergeometric_chances(tries: tuple[int, int, int]) -> None:
    stats: ModuleType = pytest.importorskip("scipy.stats", reason="scipy is not installed: nothing to compare with")
    n, correct, k = tries
    drawn = stats.hypergeom(n, correct, k)
    assert pass_at(n, correct, k) == pytest.approx(1 - drawn.pmf(0), abs=1e-9)
    assert pass_all(n, correct, k) == pytest.approx(drawn.pmf(k), abs=1e-9)


def test_they_count_the_ways_to_draw() -> None:
    tries = [True] * 3 + [False] * 4
    draws = list(combinations(tries, 3))
    assert pass_at(7, 3, 3) == pytest.approx(sum(map(any, draws)) / len(draws))
    assert pass_all(7, 3, 3) == pytest.approx(sum(map(all, draws)) / len(draws))


@pytest.mark.parametrize(("numbers", "why"), [((3, 4, 1), "share"), ((3, 1, 4), "4 tries from 3"), ((3, 1, 0), "0")])
def test_numbers_of_another_kind_are_refused(numbers: tuple[int, int, int], why: str) -> None:
    for chance in (pass_at, pass_all):
        with pytest.raises(ValueError, match=why):
            chance(*numbers)
