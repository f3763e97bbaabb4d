"""Figures: counts that add up, no accuracy made of nothing, and infrastructure left out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from starbench.benchmarks import Benchmark
from starbench.benchmarks.custom import OwnCases, read_case
from starbench.scoring import ScoredRow
from starbench.scoring.summary import ModelTally, Tally


def row(id: str, error: str | None = None, similarity: float = 1.0, **more: Any) -> ScoredRow:
    return ScoredRow("m", id, "custom", id[0], error is None, error, similarity, "json", **more)


def tally(rows: Sequence[ScoredRow]) -> Tally:
    counted = Tally()
    for each in rows:
        counted.add(each)
    return counted


def test_the_figures_of_a_category() -> None:
    wrong = [row("a2", "argument:value", 0.5), row("a3", "argument:value", 0.0), row("a4", "call:none", 0.0)]
    summary = tally([row("a1"), *wrong]).summary(cases=10)
    assert summary.pop("interval") == pytest.approx([0.0456, 0.6994], abs=1e-4)
    assert summary == {
        "cases": 10, "n": 4, "missing": 6, "correct": 1, "accuracy": 0.25, "similarity": 0.375, "infrastructure": 0,
        "errors": {"argument:value": 2, "call:none": 1},
    }  # fmt: skip


def test_nothing_is_made_of_nothing() -> None:
    summary = Tally().summary(cases=10)
    assert summary["missing"] == 10
    assert summary["accuracy"] is summary["similarity"] is summary["interval"] is None


def test_infrastructure_is_not_the_models_fault() -> None:
    failed = row("a2", "infra:error", 0.0, infrastructure=True)
    summary = tally([row("a1"), failed]).summary(cases=3)
    assert (summary["n"], summary["missing"], summary["accuracy"], summary["infrastructure"]) == (1, 1, 1.0, 1)


def test_official_grading_counts_infrastructure_as_upstream_does_and_flags_it() -> None:
    failed = row("a2", "ast_decoder:decoder_failed", 0.0, infrastructure=True)
    summary = tally([row("a1"), failed]).summary(cases=2)
    assert (summary["n"], summary["missing"], summary["accuracy"], summary["infrastructure"]) == (2, 0, 0.5, 1)


def test_a_case_counts_once_and_categories_add_up() -> None:
    own = OwnCases({id: read_case(id, {"expected": [], "category": id[0]}) for id in ("a1", "a2", "b1")})
    model = ModelTally()
    rows = [row("a1"), row("b1", "call:unexpected", 0.0), row("a1", "call:none", 0.0)]
    assert [model.add(each) for each in rows] == [True, True, False]
    summary = model.summary(own)
    assert {name: figures["n"] for name, figures in summary["categories"].items()} == {"a": 1, "b": 1}
    assert (summary["total"]["n"], summary["total"]["cases"], summary["total"]["missing"]) == (2, 3, 1)
    assert summary["overall"] == {"accuracy": None}
    assert summary["dialects"] == {"json": 2}
    assert summary["errata"] == {}


def test_answered_cases_with_an_erratum_are_named(bfcl: Benchmark) -> None:
    model = ModelTally()
    for id in ("live_simple_106-63-0", "simple_python_0"):
        model.add(ScoredRow("m", id, "bfcl", "live_simple", True, None, 1.0, "bfcl-fc"))
    (id, reason), *rest = model.summary(bfcl)["errata"].items()
    assert (id, rest) == ("live_simple_106-63-0", [])
    assert reason.startswith("unsatisfiable: ")
