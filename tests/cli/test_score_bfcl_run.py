"""A whole BFCL result directory through the command, against the score files and tables that the official code made."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from starbench.benchmarks import Benchmark
from starbench.cli import main

MODEL = "openai_gpt-oss-120b"


@pytest.fixture(scope="module")
def golden(shared: Path) -> Path:
    folder = shared / "golden" / "bfcl_run"
    if not folder.is_dir():
        pytest.skip("../shared/golden/bfcl_run is not here: nothing to compare with")
    return folder


@pytest.fixture(scope="module")
def written(golden: Path, bfcl: Benchmark, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one run of the command wrote."""
    out = tmp_path_factory.mktemp("scores")
    groups = [str(golden / "result" / MODEL / group) for group in ("live", "non_live")]
    done = CliRunner().invoke(main, ["score", *groups, "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    assert f"{MODEL}: 3,641 answers; dialect bfcl-fc (its results are lists of calls)" in done.stderr
    return out


@pytest.fixture(scope="module")
def summary(written: Path) -> dict[str, Any]:
    model: dict[str, Any] = json.loads((written / "summary.json").read_text(encoding="utf-8"))["models"][MODEL]
    return model


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def official_files(golden: Path) -> list[Path]:
    return sorted(path for group in ("live", "non_live") for path in (golden / "score" / MODEL / group).glob("*.json"))


@pytest.mark.conformance
def test_verdicts_and_error_types_are_the_official_ones(golden: Path, written: Path) -> None:
    ours = {row["id"]: row["error"] for row in rows(written / "scores.jsonl")}
    official = dict.fromkeys(ours)
    for path in official_files(golden):
        official.update({failure["id"]: failure["error_type"] for failure in rows(path)[1:]})
    assert len(ours) == 3641
    assert ours == official


@pytest.mark.conformance
def test_accuracies_are_the_official_ones(golden: Path, summary: dict[str, Any]) -> None:
    for path in official_files(golden):
        head = rows(path)[0]
        ours = summary["categories"][path.name.removeprefix("BFCL_v4_").removesuffix("_score.json")]
        assert (ours["accuracy"], ours["correct"], ours["n"]) == tuple(head.values()), path.name


@pytest.mark.conformance
def test_overall_figures_are_those_of_the_official_tables(golden: Path, summary: dict[str, Any]) -> None:
    with (golden / "score" / "data_overall.csv").open(encoding="utf-8") as file:
        (official,) = csv.DictReader(file)
    columns = {
        "non_live": "Non-Live AST Acc",
        "live": "Live Acc",
        "relevance_detection": "Relevance Detection",
        "irrelevance_detection": "Irrelevance Detection",
    }
    ours = {name: f"{100 * summary['overall'][name]:.2f}%" for name in columns}
    assert ours == {name: official[column] for name, column in columns.items()}
    assert summary["overall"]["v4"] is None
    assert summary["overall"]["v4_zero_filled"] == pytest.approx(0.1 * (0.37604 + 0.73057 + 0.83906), abs=1e-5)


@pytest.mark.conformance
def test_similarity_is_one_exactly_for_strictly_right_answers(golden: Path, bfcl: Benchmark, tmp_path: Path) -> None:
    groups = [str(golden / "result" / MODEL / group) for group in ("live", "non_live")]
    CliRunner().invoke(main, ["score", *groups, "--grading", "strict", "--no-explain", "--out", str(tmp_path)])
    strict = rows(tmp_path / "scores.jsonl")
    assert len(strict) == 3641
    assert all((row["similarity"] == 1.0) == row["valid"] for row in strict)
