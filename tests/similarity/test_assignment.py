"""The assignment is exact: compared with all permutations, and with scipy where it is installed."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.similarity.assignment import ONE, Weights, in_order, optimal, total, units

WEIGHT = st.one_of(st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 2 / 3, 1.0]), st.floats(0, 1))


@st.composite
def matrices(draw: st.DrawFn) -> list[list[float]]:
    rows, columns = draw(st.integers(0, 5)), draw(st.integers(1, 5))
    return [[draw(WEIGHT) for _ in range(columns)] for _ in range(rows)]


def weight(matrix: Weights, chosen: list[int]) -> float:
    return sum(units(matrix[i][j]) for i, j in enumerate(chosen) if j >= 0)


def best_weight(matrix: Weights) -> float:
    rows, columns = len(matrix), len(matrix[0]) if matrix else 0
    if rows <= columns:
        return max(sum(units(matrix[i][j]) for i, j in enumerate(p)) for p in permutations(range(columns), rows))
    return max(sum(units(matrix[i][j]) for j, i in enumerate(p)) for p in permutations(range(rows), columns))


@given(matrices())
def test_no_permutation_is_better(matrix: list[list[float]]) -> None:
    chosen = optimal(matrix)
    used = [j for j in chosen if j >= 0]
    assert len(chosen) == len(matrix)
    assert len(used) == len(set(used)) == min(len(matrix), len(matrix[0]) if matrix else 0)
    assert weight(matrix, chosen) == best_weight(matrix)


@pytest.mark.parametrize("kind", ["any", "few", "sparse", "product", "equal"])
@pytest.mark.parametrize("shape", [(60, 60), (30, 60), (60, 30)])
def test_large_matrices_as_scipy_solves_them(kind: str, shape: tuple[int, int]) -> None:
    optimize = pytest.importorskip("scipy.optimize", reason="scipy is not installed to compare with")
    chance = random.Random(7)
    make = {
        "any": lambda i, j: chance.random(),
        "few": lambda i, j: chance.choice([0.0, 1 / 3, 0.5, 1.0]),
        "sparse": lambda i, j: chance.random() if chance.random() < 0.1 else 0.0,
        "product": lambda i, j: i * j / 3600,
        "equal": lambda i, j: 0.5,
    }[kind]
    matrix = [[make(i, j) for j in range(shape[1])] for i in range(shape[0])]
    rows, columns = optimize.linear_sum_assignment([[units(w) for w in row] for row in matrix], maximize=True)
    assert weight(matrix, optimal(matrix)) == sum(units(matrix[i][j]) for i, j in zip(rows, columns, strict=True))


def test_the_exact_pair_is_not_always_taken() -> None:
    assert optimal([[0.9, 1.0], [0.0, 0.9]]) == [0, 1]
    assert in_order([[0.9, 1.0], [0.0, 0.9]]) == [1, 0]
    assert in_order([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]) == [0, 1, -1]


def test_only_one_counts_as_one() -> None:
    assert units(1.0) == ONE
    assert units(1.0 - 1e-16) == ONE - 1
    assert total([1 / 3, 0.5, 1.0]) == total([1.0, 1 / 3, 0.5])
