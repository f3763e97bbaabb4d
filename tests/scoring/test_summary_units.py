"""What a summary counts where dialogues are right or wrong as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from starbench.benchmarks import Accuracy
from starbench.benchmarks.errata import Erratum
from starbench.scoring import ScoredRow
from starbench.scoring.summary import ModelTally


def talk(answers: Mapping[str, bool | None], figures: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The summary of answers to steps d_0_0, d_0_1, d_1_0, …; None is an error message of the serving side."""
    units = {f"d_{i}_{j}": f"d_{i}" for i in range(3) for j in range(2)}
    benchmark: Any = SimpleNamespace(
        categories={"d": 6},
        units={"d": units},
        weights={"all": {"d": 1.0}},
        errata={"d_0_0": Erratum("misjudged", "so it is", grading="official-2025-09")},
        aggregate=lambda rows: {"all": figure(rows["d"])},
    )
    tally = ModelTally()
    for id, valid in answers.items():
        error = "infra:error" if valid is None else None if valid else "call:none"
        tally.add(
            ScoredRow("m", id, "b", "d", bool(valid), error, float(bool(valid)), "acebench", figures=figures or {})
        )
    return tally.summary(benchmark)


def figure(row: Accuracy) -> float | None:
    return row["correct"] / row["cases"] if row["n"] == row["cases"] else None


ALL = {f"d_{i}_{j}": True for i in range(3) for j in range(2)}


def test_a_dialogue_is_right_when_every_step_is() -> None:
    found = talk({**ALL, "d_1_1": False})
    row = found["categories"]["d"]
    assert (row["cases"], row["n"], row["missing"], row["correct"]) == (3, 3, 0, 2)
    assert row["accuracy"] == pytest.approx(2 / 3)
    assert row["process_accuracy"] == pytest.approx(2.5 / 3)
    assert row["similarity"] == pytest.approx(5 / 6)
    assert (row["steps"]["cases"], row["steps"]["n"], row["steps"]["correct"]) == (6, 6, 5)
    assert found["total"]["n"] == 6
    assert found["overall"]["all"] == pytest.approx(2 / 3)
    assert list(found["intervals"]) == ["all"]


@pytest.mark.parametrize("step", [{}, {"d_1_1": None}], ids=["absent", "not served"])
def test_a_dialogue_counts_when_every_step_is_answered(step: Mapping[str, bool | None]) -> None:
    found = talk({id: True for id in ALL if id != "d_1_1"} | step)
    row = found["categories"]["d"]
    assert (row["n"], row["missing"], row["correct"]) == (2, 1, 2)
    assert row["steps"]["n"] == 5
    assert found["overall"]["all"] is None
    assert found["intervals"] == {}


def test_other_figures_are_means_over_the_answers_that_have_them() -> None:
    assert talk({"d_0_0": True, "d_0_1": False}, {"speed": 0.25})["categories"]["d"]["speed"] == 0.25
    assert "speed" not in talk(ALL)["categories"]["d"]


def test_an_erratum_of_another_grading_is_not_shown() -> None:
    assert talk(ALL)["errata"] == {}
