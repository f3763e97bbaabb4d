"""Measured entries of the leaderboard against the cells of the official CSV files, and against official verdicts."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from starbench.benchmarks import Benchmark
from starbench.cli import main
from starbench.reports.leaderboard import Entry, read_entries

pytestmark = pytest.mark.conformance

FIGURES = {
    "data_overall.csv": {
        "Non-Live AST Acc": "non_live",
        "Non-Live Simple AST": "simple",
        "Live Acc": "live",
        "Relevance Detection": "relevance_detection",
        "Irrelevance Detection": "irrelevance_detection",
    },
}
CATEGORIES = {
    "data_overall.csv": {
        "Non-Live Multiple AST": "multiple",
        "Non-Live Parallel AST": "parallel",
        "Non-Live Parallel Multiple AST": "parallel_multiple",
        "Live Simple AST": "live_simple",
        "Live Multiple AST": "live_multiple",
        "Live Parallel AST": "live_parallel",
        "Live Parallel Multiple AST": "live_parallel_multiple",
        "Multi Turn Base": "multi_turn_base",
        "Multi Turn Miss Func": "multi_turn_miss_func",
        "Multi Turn Miss Param": "multi_turn_miss_param",
    },
    "data_non_live.csv": {
        "Python Simple AST": "simple_python",
        "Java Simple AST": "simple_java",
        "JavaScript Simple AST": "simple_javascript",
        "Irrelevance Detection": "irrelevance",
    },
    "data_live.csv": {"Irrelevance Detection": "live_irrelevance", "Relevance Detection": "live_relevance"},
    "data_multi_turn.csv": {"Base": "multi_turn_base", "Miss Func": "multi_turn_miss_func"},
}


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments])
    assert done.exit_code == 0, done.stderr
    return done.stderr


def row(folder: Path, file: str) -> dict[str, str]:
    with (folder / file).open(encoding="utf-8", newline="") as text:
        (only,) = csv.DictReader(text)
    return only


def shipped(name: str) -> Entry:
    (found,) = [entry for entry in read_entries() if entry.is_measured and entry.model == name]
    return found


def cell(share: Any) -> str:
    assert isinstance(share, float)
    return f"{100 * share:.2f}%"


@pytest.fixture(scope="module")
def folder(shared: Path, bfcl: Benchmark, tmp_path_factory: pytest.TempPathFactory) -> Path:
    golden = shared / "golden" / "bfcl_run"
    if not golden.is_dir():
        pytest.skip("../shared/golden/bfcl_run is not here: nothing to compare with")
    made = tmp_path_factory.mktemp("leaderboard")
    scores = str(made / "scores")
    run("score", str(golden / "result"), "--no-explain", "--out", scores, "--bfcl-csv", str(made / "csv"))
    run("leaderboard", "add", scores, "--folder", str(made / "own"), "--name", "mine", "--size", "117")
    return made


@pytest.fixture(scope="module")
def entry(folder: Path) -> Entry:
    (found,) = [entry for entry in read_entries(folder / "own") if entry.model == "mine"]
    return found


@pytest.mark.parametrize("whose", ["official", "ours"])
def test_an_entry_has_the_cells_of_the_csv_files(whose: str, folder: Path, entry: Entry, shared: Path) -> None:
    tables = folder / "csv" if whose == "ours" else shared / "golden" / "bfcl_run" / "score"
    for file, columns in FIGURES.items():
        cells = row(tables, file)
        assert {column: cells[column] for column in columns} == {
            column: cell(entry.figure(name).value) for column, name in columns.items()
        }
    for file, columns in CATEGORIES.items():
        cells = row(tables, file)
        assert {column: cells[column] for column in columns} == {
            column: cell(entry.categories[name]["accuracy"]) for column, name in columns.items()
        }


def test_what_the_run_lacks_is_missing_and_not_zero(entry: Entry) -> None:
    assert [entry.figure(name).value for name in ("v4", "v3", "multi_turn", "agentic")] == [None] * 4
    assert (entry.is_partial, entry.coverage) == (True, (4241, 5106))
    assert entry.categories["multi_turn_long_context"]["accuracy"] is None
    known = [figure for name, figure in entry.figures.items() if figure.interval]
    assert len(known) == 7
    for figure in known:
        assert figure.value is not None
        assert figure.bounds[0] < figure.value < figure.bounds[1]


def test_the_entry_that_comes_with_starbench_is_this_run(entry: Entry) -> None:
    kept = shipped("gpt-oss-120b (FC, vLLM)")
    assert kept.figures == entry.figures
    assert {name: part["errors"] for name, part in kept.categories.items() if part["n"]} == {
        name: part["errors"] for name, part in entry.categories.items() if part["n"]
    }
    assert kept.provenance["data_sha256"] == entry.provenance["data_sha256"]
    assert "published" in kept.provenance["answers"]


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("GPT-4o 2024-08-06 (FC)", "gpt-4o-2024-08-06-FC"),
        ("Mistral Large 2407 (FC)", "mistral-large-2407-FC-Auto"),
        ("Claude 3.5 Sonnet 2024-06-20 (FC)", "claude-3-5-sonnet-20240620-FC"),
    ],
)
def test_the_other_measured_entries_have_the_official_verdicts(shared: Path, name: str, model: str) -> None:
    file = shared / "golden" / "bfcl_real_outputs.jsonl.gz"
    if not file.is_file():
        pytest.skip("../shared/golden/bfcl_real_outputs.jsonl.gz is not here: nothing to compare with")
    right: Counter[str] = Counter()
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            answer = json.loads(line)
            right[answer["category"]] += answer["model"] == model and answer["valid"]
    answered = {category: part["correct"] for category, part in shipped(name).categories.items() if part["n"]}
    assert answered == dict(right)


def test_a_run_on_other_data_is_refused_and_nothing_is_written(folder: Path, bfcl: Benchmark, tmp_path: Path) -> None:
    text = (folder / "scores" / "summary.json").read_text(encoding="utf-8")
    (tmp_path / "summary.json").write_text(text.replace(bfcl.data_sha256, "00" * 32), encoding="utf-8")
    (tmp_path / "scores.jsonl").write_bytes((folder / "scores" / "scores.jsonl").read_bytes())
    done = CliRunner().invoke(main, ["leaderboard", "add", str(tmp_path), "--folder", str(tmp_path / "own")])
    assert (done.exit_code, "score it on the published data" in done.stderr) == (1, True)
    assert not (tmp_path / "own").exists()
