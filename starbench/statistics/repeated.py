"""What to expect of several tries, from ``n`` tries of which ``correct`` were right.

Example::

    pass_at(10, 3, 1) == 0.3        one try is right
    pass_at(10, 3, 5) == 0.9166...  at least one of five is
    pass_all(10, 3, 2) == 0.0666... both of two are
"""

from __future__ import annotations

from math import comb


def pass_at(n: int, correct: int, k: int) -> float:
    """The chance that at least one of ``k`` tries is right: pass@k, without bias (Chen et al., arXiv 2107.03374).

    Raises ValueError where the numbers are not counts of that kind, or ``k`` is more than was tried.
    """
    _check(n, correct, k)
    return 1 - comb(n - correct, k) / comb(n, k)


def pass_all(n: int, correct: int, k: int) -> float:
    """The chance that all of ``k`` tries are right: pass^k, without bias (tau-bench, arXiv 2406.12045).

    Raises ValueError as :func:`pass_at` does.
    """
    _check(n, correct, k)
    return comb(correct, k) / comb(n, k)


def _check(n: int, correct: int, k: int) -> None:
    if not 0 <= correct <= n:
        raise ValueError(f"{correct} of {n} is not a share")
    if not 1 <= k <= n:
        raise ValueError(f"nothing is known of {k} tries from {n}")
