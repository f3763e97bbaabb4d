"""Intervals and means against known values, against scipy where it is installed, and against their laws."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.statistics import mean, wilson

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))

PUBLISHED = [
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score, no continuity correction), to four places.
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("correct", "n", "low", "high"), PUBLISHED)
def test_wilson_gives_the_published_values(correct: int, n: int, low: float, high: float) -> None:
    assert wilson(correct, n) == pytest.approx((low, high), abs=5.1e-5)


@pytest.fixture(scope="module")
def scipy_stats() -> ModuleType:
    module: ModuleType = pytest.importorskip("scipy.stats", reason="scipy is not installed: nothing to compare with")
    return module


@given(counts=COUNTS, confidence=st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
def test_wilson_is_what_scipy_computes(scipy_stats: ModuleType, counts: tuple[int, int], confidence: float) -> None:
    reference = scipy_stats.binomtest(*counts).proportion_ci(confidence, method="wilson")
    assert wilson(*counts, confidence) == pytest.approx((reference.low, reference.high), abs=1e-12)


@given(COUNTS)
def test_the_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    correct, n = counts
    low, high = wilson(correct, n)
    assert 0 <= low <= correct / n <= high <= 1
    assert wilson(n - correct, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_no_answer_means_no_knowledge() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert mean([]) is None


@pytest.mark.parametrize("arguments", [(2, 1), (-1, 3), (1, 2, 0.0), (1, 2, 1.0), (1, 2, 95)])
def test_numbers_that_are_no_share_are_refused(arguments: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"share|confidence"):
        wilson(*arguments)


@given(st.lists(st.floats(0, 1), min_size=1).flatmap(lambda x: st.tuples(st.just(x), st.permutations(x))))
def test_the_mean_does_not_depend_on_order(lists: tuple[list[float], list[float]]) -> None:
    assert mean(lists[0]) == mean(lists[1])
