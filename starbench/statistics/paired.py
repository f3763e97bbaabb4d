"""Two models on the same cases: is the difference real, and how large is it?

Only the cases on which they differ speak: ``fixed`` are wrong in the first run and right in the second, ``broken``
the other way round::

    mcnemar(fixed=12, broken=2) == 0.012939453125
    newcombe(both=80, fixed=12, broken=2, neither=6) == (0.0244..., 0.1792...)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from starbench.statistics.resampling import cluster_bootstrap
from starbench.statistics.shares import wilson


@dataclass(frozen=True, slots=True)
class Difference:
    """The second mean less the first, with its interval and the ``method`` that gave it."""

    value: float
    low: float
    high: float
    method: str


def mcnemar(fixed: int, broken: int) -> float:
    """McNemar's exact test: how likely so uneven a split is if changes go either way alike; two-sided.

    The binomial test of ``fixed`` in ``fixed + broken`` against one half; 1.0 where nothing changed.
    """
    if min(fixed, broken) < 0:
        raise ValueError(f"{fixed} fixed and {broken} broken are not counts")
    n, fewer = fixed + broken, min(fixed, broken)
    ways, tail = 1, 1  # exact in integers: C(n, k), and the sum up to k
    for k in range(fewer):
        ways = ways * (n - k) // (k + 1)
        tail += ways
    return min(1.0, tail / 2 ** (n - 1)) if n else 1.0


def newcombe(both: int, fixed: int, broken: int, neither: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a difference between two shares of the same cases, from Wilson's intervals of both.

    Newcombe's method 10 (Statistics in Medicine 17, 1998, 2635): right also for few cases and for no change at all,
    where a bootstrap would claim to be certain. The second share less the first; (-1.0, 1.0) without cases.
    """
    n = both + fixed + broken + neither
    if n == 0:
        return (-1.0, 1.0)
    before, after = (both + broken) / n, (both + fixed) / n
    low_before, high_before = wilson(both + broken, n, confidence)
    low_after, high_after = wilson(both + fixed, n, confidence)
    phi = _correlation(both, fixed, broken, neither)
    down, up = after - low_after, high_before - before
    low = (after - before) - math.sqrt(max(0.0, down**2 - 2 * phi * down * up + up**2))
    down, up = before - low_before, high_after - after
    high = (after - before) + math.sqrt(max(0.0, up**2 - 2 * phi * up * down + down**2))
    return (max(-1.0, low), min(1.0, high))


def difference(
    before: Sequence[float],
    after: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
) -> Difference:
    """The mean of ``after`` less that of ``before``, case by case, with its interval.

    Verdicts (0 or 1) of single cases are compared by :func:`newcombe`, anything else by a bootstrap over the
    ``clusters``. Raises ValueError where the lengths differ or there is nothing to compare.
    """
    gains = [new - old for old, new in zip(before, after, strict=True)]
    if not gains:
        raise ValueError("there is nothing to compare")
    value = math.fsum(gains) / len(gains)
    alone = clusters is None or len(set(clusters)) == len(gains)
    if alone and {*before, *after} <= {0, 1}:
        cells = Counter(zip(map(bool, before), map(bool, after), strict=True))
        table = cells[True, True], cells[False, True], cells[True, False], cells[False, False]
        return Difference(value, *newcombe(*table, confidence), "newcombe")
    low, high = cluster_bootstrap(gains, None if alone else clusters, confidence)
    return Difference(value, low, high, "bootstrap" if alone else "cluster bootstrap")


def cohens_h(before: float, after: float) -> float:
    """The size of a change between two shares on a scale where the same step means as much near 0 as near one half.

    By Cohen's own words 0.2 is small, 0.5 medium, 0.8 large.
    """
    return 2 * math.asin(math.sqrt(after)) - 2 * math.asin(math.sqrt(before))


def odds_ratio(fixed: int, broken: int) -> float | None:
    """How many cases are fixed for each one that is broken; None where none is broken."""
    return fixed / broken if broken else None


def _correlation(both: int, fixed: int, broken: int, neither: int) -> float:
    """Newcombe's estimate of the correlation of the two verdicts; 0 where one of them never varies.

    A positive one is corrected for continuity: few cases do not prove that two models agree.
    """
    spread = (both + broken) * (fixed + neither) * (both + fixed) * (broken + neither)
    if spread == 0:
        return 0.0
    agreement: float = both * neither - fixed * broken
    if agreement > 0:
        agreement = max(agreement - (both + fixed + broken + neither) / 2, 0.0)
    return agreement / math.sqrt(spread)
