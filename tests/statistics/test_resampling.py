"""The bootstrap and the permutation of signs: against scipy where both are exact, by simulation elsewhere."""

from __future__ import annotations

import random
from statistics import NormalDist, fmean
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starbench.statistics import cluster_bootstrap, paired_permutation, percentile_interval
from starbench.statistics.resampling import EXACT

DIFFERENCES = st.lists(st.sampled_from([-1.0, -0.5, -0.125, 0.0, 0.25, 1.0]), min_size=2, max_size=9)


@pytest.fixture(scope="module")
def stats() -> ModuleType:
    module: ModuleType = pytest.importorskip("scipy.stats", reason="scipy is not installed: nothing to compare with")
    return module


def test_the_percentiles_are_scipys(stats: ModuleType) -> None:
    rng = random.Random(3)
    values = [rng.gauss(1, 2) for _ in range(40)]
    theirs = stats.bootstrap((values,), fmean, vectorized=False, n_resamples=200, method="percentile", random_state=1)
    ours = percentile_interval(sorted(theirs.bootstrap_distribution.tolist()))
    assert ours == pytest.approx(tuple(theirs.confidence_interval), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(DIFFERENCES)
def test_the_exact_permutation_is_scipys(stats: ModuleType, values: list[float]) -> None:
    zeros = [0.0] * len(values)
    theirs = stats.permutation_test(
        (values, zeros), lambda x, y: fmean(x) - fmean(y), permutation_type="samples", n_resamples=float("inf")
    )
    assert paired_permutation(values) == pytest.approx(theirs.pvalue, abs=1e-9)


def test_the_sampled_permutation_comes_near_the_exact_one(stats: ModuleType) -> None:
    fixed, broken = 26, 12
    exact = stats.binomtest(fixed, fixed + broken, 0.5).pvalue
    assert fixed + broken > EXACT
    assert paired_permutation([1.0] * fixed + [-1.0] * broken) == pytest.approx(exact, abs=0.01)
    assert paired_permutation([1.0] * 500) == 1 / 2001


def test_permutation_flips_whole_clusters() -> None:
    assert paired_permutation([1.0, 1.0, 1.0, 1.0], ["a", "a", "b", "b"]) == 0.5
    assert paired_permutation([]) == paired_permutation([0.0, 0.0]) == 1.0


def test_the_same_seed_gives_the_same_interval() -> None:
    rng = random.Random(1)
    values = [rng.random() for _ in range(50)]
    assert cluster_bootstrap(values) == cluster_bootstrap(values) != cluster_bootstrap(values, seed=1)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=20))
def test_the_interval_stays_among_the_values(values: list[float]) -> None:
    low, high = cluster_bootstrap(values, resamples=20)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_what_cannot_be_drawn_from() -> None:
    assert cluster_bootstrap([0.0, 1.0], ["a", "a"]) == (float("-inf"), float("inf"))
    with pytest.raises(ValueError, match="nothing to draw from"):
        cluster_bootstrap([])
    with pytest.raises(ValueError, match="2 values have 1 clusters"):
        cluster_bootstrap([0.0, 1.0], ["a"])
    with pytest.raises(ValueError, match="confidence"):
        percentile_interval([1.0], 1.0)


def test_whole_clusters_are_needed_for_honest_intervals() -> None:
    """Steps of a dialogue that go alike: drawn by dialogue the interval covers the truth, drawn by step it does not."""
    rng, runs = random.Random(5), 200
    by_dialogue = by_step = 0
    for _ in range(runs):
        chances = [0.0 if rng.random() < 0.5 else 1.0 for _ in range(50)]
        values = [float(rng.random() < 0.9 * chance + 0.05) for chance in chances for _ in range(4)]
        low, high = cluster_bootstrap(values, [i // 4 for i in range(200)], resamples=200)
        by_dialogue += low <= 0.5 <= high
        low, high = cluster_bootstrap(values, resamples=200)
        by_step += low <= 0.5 <= high
    error = NormalDist().inv_cdf(0.999) * (0.95 * 0.05 / runs) ** 0.5
    assert by_dialogue / runs >= 0.93 - error
    assert by_step / runs < 0.8
