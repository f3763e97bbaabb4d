"""The v3 and v4 formulas, against the figures that the official code printed for one model."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.benchmarks.base import Accuracy
from starbench.benchmarks.bfcl.aggregate import FIGURES, aggregate
from starbench.benchmarks.bfcl.categories import CATEGORIES

SCORED = [name for name in CATEGORIES if name != "format_sensitivity"]
MODEL = "openai_gpt-oss-120b"


def complete(shares: dict[str, float]) -> dict[str, Accuracy]:
    """Counts of complete categories with (nearly) these accuracies."""
    sizes = {name: CATEGORIES[name].size for name in shares}
    return {
        name: Accuracy(n=sizes[name], correct=round(sizes[name] * share), cases=sizes[name])
        for name, share in shares.items()
    }


@pytest.fixture(scope="module")
def official(shared: Path) -> dict[str, str]:
    """The cells of the official tables for the one model of ``bfcl_run``."""
    cells: dict[str, str] = {}
    for table in ("data_overall.csv", "data_non_live.csv", "data_live.csv"):
        with (shared / "golden/bfcl_run/score" / table).open(encoding="utf-8", newline="") as file:
            cells |= {f"{table}:{name}": cell for name, cell in next(csv.DictReader(file)).items()}
    return cells


@pytest.fixture(scope="module")
def counts(shared: Path) -> dict[str, Accuracy]:
    """The counts in the official score files; long_context from its table cell, as its files are absent."""
    found = {"multi_turn_long_context": Accuracy(n=200, correct=82, cases=200)}
    for path in (shared / "golden/bfcl_run/score" / MODEL).rglob("BFCL_v4_*_score.json"):
        with path.open(encoding="utf-8") as file:
            header = json.loads(file.readline())
        name = path.name.removeprefix("BFCL_v4_").removesuffix("_score.json")
        found[name] = Accuracy(n=header["total_count"], correct=header["correct_count"], cases=CATEGORIES[name].size)
    return found


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("figure", "cell"),
    [
        ("v4_zero_filled", "data_overall.csv:Overall Acc"),
        ("simple", "data_overall.csv:Non-Live Simple AST"),
        ("non_live", "data_non_live.csv:Non-Live Overall Acc"),
        ("live", "data_live.csv:Live Overall Acc"),
        ("multi_turn", "data_overall.csv:Multi Turn Acc"),
        ("relevance_detection", "data_overall.csv:Relevance Detection"),
        ("irrelevance_detection", "data_overall.csv:Irrelevance Detection"),
    ],
)
def test_figures_equal_the_official_cells(
    figure: str, cell: str, counts: dict[str, Accuracy], official: dict[str, str]
) -> None:
    value = aggregate(counts)[figure]
    assert value is not None
    assert f"{value:.2%}" == official[cell]


@pytest.mark.conformance
def test_the_v3_formula_on_the_same_answers(counts: dict[str, Accuracy]) -> None:
    figures = aggregate(counts)
    assert figures["v4"] is None, "no agentic answers"
    assert figures["v3"] == figures["v3_zero_filled"] == pytest.approx(0.5415, abs=5e-5)


def test_missing_categories_count_as_zero_in_the_filled_figures_only() -> None:
    """Upstream prints 1.70 % overall for these two categories."""
    figures = aggregate(complete({"simple_python": 0.9, "live_simple": 0.5}))
    assert figures["v4"] is None
    assert figures["v3"] is None
    assert figures["non_live"] is None
    assert f"{figures['v4_zero_filled']:.2%}" == "1.70%"


def test_one_missing_case_makes_a_figure_unknown_and_counts_as_wrong_when_filled() -> None:
    counts = complete(dict.fromkeys(SCORED, 1.0))
    counts["irrelevance"] = Accuracy(n=239, correct=239, cases=240)
    figures = aggregate(counts)
    assert figures["v4"] is None
    assert figures["irrelevance_detection"] is None
    assert figures["non_live"] == 1.0, "v4 leaves irrelevance out of it"
    assert figures["v3_non_live"] is None
    assert figures["v4_zero_filled"] == pytest.approx(1 - 0.1 / 2 / 240)


def test_everything_right_is_one_and_nothing_answered_is_unknown() -> None:
    assert set(aggregate(complete(dict.fromkeys(SCORED, 1.0))).values()) == {1.0}
    nothing = aggregate({})
    assert {nothing.pop("v4_zero_filled"), nothing.pop("v3_zero_filled")} == {0.0}
    assert set(nothing.values()) == {None}


@given(st.dictionaries(st.sampled_from(SCORED), st.floats(0, 1)))
def test_figures_stay_between_zero_and_one_and_agree_where_known(shares: dict[str, float]) -> None:
    figures = aggregate(complete(shares))
    assert all(value is None or 0 <= value <= 1 + 1e-12 for value in figures.values())
    for name in ("v4", "v3"):
        assert figures[name] is None or figures[name] == figures[f"{name}_zero_filled"]
        assert (figures[name] is None) == (not needed(name) <= set(shares))


def needed(figure: str) -> set[str]:
    """The categories that a figure is made of in the end."""
    if figure not in FIGURES:
        return {figure}
    return {category for part in FIGURES[figure].weights for category in needed(part)}
