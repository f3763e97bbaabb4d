"""The same figures as statsmodels gives, to nine places."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.statistics import cohens_h, mcnemar, wilson

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.fixture(scope="module")
def proportion() -> ModuleType:
    return _statsmodels("proportion")


@pytest.fixture(scope="module")
def contingency_tables() -> ModuleType:
    return _statsmodels("contingency_tables")


def _statsmodels(part: str) -> ModuleType:
    pytest.importorskip("statsmodels", reason="statsmodels is not installed: nothing to compare with")
    return import_module(f"statsmodels.stats.{part}")


@given(counts=COUNTS, confidence=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson(proportion: ModuleType, counts: tuple[int, int], confidence: float) -> None:
    theirs = proportion.proportion_confint(*counts, alpha=1 - confidence, method="wilson")
    assert wilson(*counts, confidence) == pytest.approx(theirs, abs=1e-9)


@given(cells=st.tuples(*[st.integers(0, 300)] * 4).filter(lambda cells: cells[1] + cells[2] > 0))
def test_mcnemar(contingency_tables: ModuleType, cells: tuple[int, int, int, int]) -> None:
    both, fixed, broken, neither = cells
    theirs = contingency_tables.mcnemar([[both, broken], [fixed, neither]], exact=True)
    assert mcnemar(fixed, broken) == pytest.approx(theirs.pvalue, abs=1e-9)


@given(before=st.floats(0, 1), after=st.floats(0, 1))
def test_cohens_h(proportion: ModuleType, before: float, after: float) -> None:
    theirs = proportion.proportion_effectsize(after, before)
    assert cohens_h(before, after) == pytest.approx(float(theirs), abs=1e-9)
