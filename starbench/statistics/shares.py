"""A share of right answers, and the interval that it stands for.

Example::

    wilson(18, 20) == (0.698966..., 0.972134...)
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from functools import lru_cache


def wilson(correct: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval that holds the true share with the given confidence, when ``correct`` of ``n`` answers were right.

    Wilson's score interval (E. B. Wilson, JASA 22, 1927) without continuity correction. Unlike the usual "plus or minus
    two standard errors" it stays inside [0, 1] and means something for 0 %, for 100 % and for the 16 cases of
    BFCL's live_parallel. Without any answer nothing is known, and the interval is (0.0, 1.0).

    Raises ValueError where the numbers are not counts of that kind or ``confidence`` is not inside (0, 1).
    """
    if not 0 <= correct <= n:
        raise ValueError(f"{correct} of {n} is not a share")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    if n == 0:
        return (0.0, 1.0)
    z = _quantile(confidence)
    share = correct / n
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # The ends are exactly 0 and 1 for none and all; rounding must not say otherwise.
    low = 0.0 if correct == 0 else (middle - half) / scale
    high = 1.0 if correct == n else (middle + half) / scale
    return (low, high)


def weighted_wilson(parts: Iterable[tuple[float, int, int]], confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a weighted sum of shares of different answers; ``parts`` are (weight, correct, n).

    Weights are not negative. Wilson's intervals of the shares are joined by the method of variance estimates recovery
    (G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008): the distances of the ends from the shares add up as
    standard errors do. The ends stay inside [0, 1].

    >>> weighted_wilson([(1.0, 18, 20)]) == wilson(18, 20)
    True
    """
    total = below = above = 0.0
    for weight, correct, n in parts:
        low, high = wilson(correct, n, confidence)
        share = correct / n if n else 0.5
        total += weight * share
        below += (weight * (share - low)) ** 2
        above += (weight * (high - share)) ** 2
    return (max(0.0, total - math.sqrt(below)), min(1.0, total + math.sqrt(above)))


def mean(values: Collection[float]) -> float | None:
    """The arithmetic mean, free of summation order; None where there is nothing to average."""
    return math.fsum(values) / len(values) if values else None


@lru_cache(maxsize=8)
def _quantile(confidence: float) -> float:
    """How many standard deviations on each side of the middle hold ``confidence`` of a normal distribution."""
    from statistics import NormalDist  # which brings exact fractions and decimals along

    return NormalDist().inv_cdf((1 + confidence) / 2)
