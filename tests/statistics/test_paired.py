"""Two models on the same cases: exact tests and intervals against scipy, their laws, and what they cover."""

from __future__ import annotations

import math
import random
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.statistics import cohens_h, difference, mcnemar, newcombe, odds_ratio

TABLES = st.tuples(*[st.integers(0, 200)] * 4).filter(any)


@pytest.fixture(scope="module")
def stats() -> ModuleType:
    module: ModuleType = pytest.importorskip("scipy.stats", reason="scipy is not installed: nothing to compare with")
    return module


@given(fixed=st.integers(0, 400), broken=st.integers(0, 400))
def test_mcnemar_is_the_binomial_test(stats: ModuleType, fixed: int, broken: int) -> None:
    if fixed + broken:
        reference = stats.binomtest(fixed, fixed + broken, 0.5).pvalue
        assert mcnemar(fixed, broken) == pytest.approx(reference, rel=1e-9)
    assert mcnemar(fixed, broken) == mcnemar(broken, fixed) <= 1


def test_mcnemar_without_a_change_and_with_what_is_no_count() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5000, 4000) < 1e-20
    with pytest.raises(ValueError, match="not counts"):
        mcnemar(-1, 3)


@given(TABLES)
def test_newcombe_is_made_of_scipys_intervals(stats: ModuleType, table: tuple[int, int, int, int]) -> None:
    """The formula of the paper, written down a second time with scipy's intervals and its phi coefficient."""
    both, fixed, broken, neither = table
    n = sum(table)
    old = stats.binomtest(both + broken, n).proportion_ci(method="wilson")
    new = stats.binomtest(both + fixed, n).proportion_ci(method="wilson")
    phi = 0.0
    if spread := (both + broken) * (fixed + neither) * (both + fixed) * (broken + neither):
        phi = both * neither - fixed * broken
        phi = (max(phi - n / 2, 0) if phi > 0 else phi) / math.sqrt(spread)
    before, after = (both + broken) / n, (both + fixed) / n
    edges = [(after - new.low, old.high - before), (new.high - after, before - old.low)]
    below, above = (math.sqrt(a * a + b * b - 2 * phi * a * b) for a, b in edges)
    wanted = (max(-1, after - before - below), min(1, after - before + above))
    assert newcombe(*table) == pytest.approx(wanted, abs=1e-9)


def test_newcombe_gives_the_published_interval() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), 2635: his example of 36, 12, 2 and 0, by method 10, to four places
    assert newcombe(36, 12, 2, 0) == pytest.approx((0.0569, 0.3404), abs=5.1e-5)


@given(TABLES)
def test_the_interval_holds_the_difference_and_mirrors(table: tuple[int, int, int, int]) -> None:
    both, fixed, broken, neither = table
    low, high = newcombe(*table)
    assert -1 <= low <= (fixed - broken) / sum(table) + 1e-12
    assert (fixed - broken) / sum(table) - 1e-12 <= high <= 1
    assert newcombe(both, broken, fixed, neither) == pytest.approx((-high, -low), abs=1e-12)


def test_newcombe_covers_what_it_promises() -> None:
    rng, hits, draws = random.Random(7), 0, 2000
    chances = (0.6, 0.15, 0.05, 0.2)
    for _ in range(draws):
        cells = rng.choices(range(4), chances, k=60)
        low, high = newcombe(*(cells.count(cell) for cell in range(4)))
        hits += low <= 0.1 <= high
    assert 0.935 <= hits / draws <= 0.975


def test_the_method_fits_the_data() -> None:
    assert difference([0, 0, 1], [1, 0, 1]).method == "newcombe"
    assert difference([0, 0, 1], [1, 0, 1], ["a", "b", "c"]).method == "newcombe"
    assert difference([0, 0.5, 1], [1, 0, 1]).method == "bootstrap"
    clustered = difference([0, 0, 1, 1], [1, 1, 1, 1], ["a", "a", "b", "b"])
    assert (clustered.value, clustered.method, clustered.low, clustered.high) == (0.5, "cluster bootstrap", 0.0, 1.0)
    with pytest.raises(ValueError, match="nothing to compare"):
        difference([], [])


def test_effect_sizes() -> None:
    assert cohens_h(0.5, 1.0) == pytest.approx(math.pi / 2)
    assert cohens_h(0.2, 0.2) == 0
    assert odds_ratio(6, 3) == 2.0
    assert odds_ratio(6, 0) is None
