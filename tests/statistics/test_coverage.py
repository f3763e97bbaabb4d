"""Intervals hold the truth as often as they promise: exactly computed for a share, simulated for a weighted sum."""

from __future__ import annotations

import random
from math import comb
from statistics import fmean

import pytest

from starbench.statistics import weighted_wilson, wilson


def coverage(n: int, truth: float) -> float:
    """How likely the interval of ``n`` answers is to hold the true share, summed over all counts that may come up."""
    intervals = ((k, *wilson(k, n)) for k in range(n + 1))
    return sum(comb(n, k) * truth**k * (1 - truth) ** (n - k) for k, low, high in intervals if low <= truth <= high)


@pytest.mark.parametrize("n", [16, 24, 50, 200])
def test_wilson_holds_95_of_100_on_average_over_all_shares(n: int) -> None:
    shares = [(i + 0.5) / 400 for i in range(400)]
    covered = [coverage(n, share) for share in shares]
    assert 0.945 <= fmean(covered) <= 0.96
    assert min(covered[40:-40]) >= 0.91, "and never far below, even for the 16 cases of live_parallel"


@pytest.mark.parametrize("shares", [(0.86, 0.74, 0.5, 0.42), (0.95, 0.9, 0.98, 0.85), (0.3, 0.05, 0.6, 0.1)])
def test_the_interval_of_a_weighted_sum_holds_it(shares: tuple[float, ...]) -> None:
    """The categories of BFCL's live score: 258, 1053, 16 and 24 cases, and equal weights as in the non-live one."""
    sizes, rng, runs = (258, 1053, 16, 24), random.Random(11), 1500
    for weights in ([size / sum(sizes) for size in sizes], [0.25] * 4):
        truth = sum(weight * share for weight, share in zip(weights, shares, strict=True))
        hits = 0
        for _ in range(runs):
            drawn = [_right(rng, size, share) for size, share in zip(sizes, shares, strict=True)]
            low, high = weighted_wilson(zip(weights, drawn, sizes, strict=True))
            hits += low <= truth <= high
        assert 0.93 <= hits / runs <= 0.98


def _right(rng: random.Random, n: int, share: float) -> int:
    """A binomial draw; near enough by the normal law for large ``n``, one by one for small."""
    if n < 100:
        return sum(rng.random() < share for _ in range(n))
    return min(n, max(0, round(rng.gauss(n * share, (n * share * (1 - share)) ** 0.5))))
