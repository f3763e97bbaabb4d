"""What chance alone would do to a mean: the bootstrap over clusters, and the permutation of signs.

Example, the steps of two conversations, in which the first model was right and the other wrong::

    cluster_bootstrap([1.0, 1.0, 1.0, 0.0], ["dialogue 1", "dialogue 1", "dialogue 2", "dialogue 2"])

Answers within one conversation stand or fall together; drawing them one by one would make an interval too narrow.
"""

from __future__ import annotations

import math
import random
from collections.abc import Hashable, Iterator, Sequence

RESAMPLES = 2000
SEED = 0
EXACT = 14
"""Up to so many differences all patterns of signs are gone through; above, a sample of them."""
_ALIKE = 1e-9
"""Sums that differ by less are taken as equal: the order of summation must not decide."""


def cluster_bootstrap(
    values: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[float, float]:
    """The percentile interval of the mean of ``values``, whole clusters drawn with replacement.

    ``clusters`` names the cluster of each value; without it each value is its own. One cluster tells nothing of
    others, so its interval has no bounds. Raises ValueError where there is nothing to draw or the lengths differ.
    """
    totals = _totals(values, clusters)
    if len(totals) == 1:
        return (-math.inf, math.inf)
    return percentile_interval(sorted(_means(totals, resamples, random.Random(seed))), confidence)


def percentile_interval(ordered: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """The middle part of ascending numbers that holds ``confidence`` of them, with linear interpolation."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    tail = (1 - confidence) / 2
    return (_quantile(ordered, tail), _quantile(ordered, 1 - tail))


def paired_permutation(
    differences: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> float:
    """How often a sum at least as far from zero comes about when each cluster's sign is a matter of chance; two-sided.

    If both models were alike, either could have given either answer. Exact for up to :data:`EXACT` clusters that
    differ; otherwise estimated from ``resamples`` patterns, the seen one counted among them, so that it is never 0.
    """
    sums = [total for total, _ in _totals(differences, clusters) if total] if differences else []
    seen = abs(math.fsum(sums)) - _ALIKE
    if len(sums) <= EXACT:
        patterns = 1 << len(sums)
        return sum(abs(total) >= seen for total in _signed_sums(sums)) / patterns
    rng = random.Random(seed)
    hits = sum(abs(_flipped(sums, rng.getrandbits(len(sums)))) >= seen for _ in range(resamples))
    return (hits + 1) / (resamples + 1)


def _totals(values: Sequence[float], clusters: Sequence[Hashable] | None) -> list[tuple[float, int]]:
    """Sum and size of every cluster, in order of appearance."""
    if not values:
        raise ValueError("there is nothing to draw from")
    if clusters is None:
        return [(value, 1) for value in values]
    if len(clusters) != len(values):
        raise ValueError(f"{len(values)} values have {len(clusters)} clusters; each needs one")
    members: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        members.setdefault(cluster, []).append(value)
    return [(math.fsum(inside), len(inside)) for inside in members.values()]


def _means(totals: Sequence[tuple[float, int]], resamples: int, rng: random.Random) -> Iterator[float]:
    """The mean of each resample; where clusters differ in size the denominator varies with the draw."""
    sums, sizes = [total for total, _ in totals], [size for _, size in totals]
    n = len(totals)
    if len(set(sizes)) == 1:
        scale = n * sizes[0]
        yield from (sum(rng.choices(sums, k=n)) / scale for _ in range(resamples))
        return
    for _ in range(resamples):
        drawn = rng.choices(range(n), k=n)
        yield sum(map(sums.__getitem__, drawn)) / sum(map(sizes.__getitem__, drawn))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _signed_sums(sums: Sequence[float]) -> list[float]:
    """The sum under every pattern of signs."""
    found = [0.0]
    for value in sums:
        found = [total + signed for total in found for signed in (value, -value)]
    return found


def _flipped(sums: Sequence[float], signs: int) -> float:
    """The sum with the signs that the bits say."""
    return sum(value if signs >> place & 1 else -value for place, value in enumerate(sums))
