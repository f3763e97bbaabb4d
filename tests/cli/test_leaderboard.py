"""``starbench leaderboard``: from a real run's official CSV to our table, and the forms of output."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from starbench.benchmarks import Benchmark
from starbench.cli import main

MODEL = "openai_gpt-oss-120b"
GROUPS = ("live", "non_live")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def leaderboard(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["leaderboard", *arguments])


def test_what_comes_with_starbench_is_shown() -> None:
    done = leaderboard("--max-size", "1", "--benchmark", "bfcl")
    assert done.exit_code == 0, done.stderr
    assert "STAR-0.6B" in done.stdout
    assert "STAR-4B" not in done.stdout
    assert json.loads(leaderboard("--json").stdout)[0]["ranked_by"] == "v3"
    assert "### acebench, ranked by normal" in leaderboard("--markdown").stdout
    assert leaderboard("--csv").stdout.startswith("benchmark,version,grading")


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    assert leaderboard("--html", "page.html").exit_code == 0
    assert "Watt-Tool-8B" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--by", "v5"], "no figure named 'v5'"),
        (["--benchmark", "none"], "no entry"),
        (["add", "nowhere"], "there is no"),
    ],
)
def test_what_is_not_there_is_a_sentence(arguments: list[str], sentence: str) -> None:
    done = leaderboard(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr


@pytest.mark.conformance
def test_a_measured_entry_has_the_cells_of_the_official_csv(shared: Path, bfcl: Benchmark) -> None:
    golden = shared / "golden" / "bfcl_run"
    if not golden.is_dir():
        pytest.skip("../shared/golden/bfcl_run is not here: nothing to compare with")
    answers = [str(golden / "result" / MODEL / group) for group in GROUPS]
    assert CliRunner().invoke(main, ["score", *answers, "--no-explain", "--out", "scores"]).exit_code == 0
    added = leaderboard("add", "scores", "--name", "gpt-oss-120b", "--size", "117", "--date", "2025-11-15")
    assert added.exit_code == 0, added.stderr
    again = leaderboard("add", "scores", "--name", "gpt-oss-120b")
    assert "is already the entry of 'gpt-oss-120b'" in again.stderr
    (ours,) = csv.DictReader(io.StringIO(leaderboard("--provenance", "measured", "--csv").stdout))
    with (golden / "score" / "data_overall.csv").open(encoding="utf-8") as file:
        (official,) = csv.DictReader(file)
    columns = {"non_live": "Non-Live AST Acc", "live": "Live Acc", "irrelevance_detection": "Irrelevance Detection"}
    assert {name: f"{100 * float(ours[name]):.2f}%" for name in columns} == {
        name: official[c] for name, c in columns.items()
    }
    assert all(float(ours[f"{name}_low"]) < float(ours[name]) < float(ours[f"{name}_high"]) for name in columns)
    assert (ours.get("v4", ""), ours["size"]) == ("", "117.0")
    summary = Path("scores/summary.json")
    summary.write_text(summary.read_text(encoding="utf-8").replace(bfcl.data_sha256, "00" * 32), encoding="utf-8")
    refused = leaderboard("add", "scores", "--name", "other")
    assert (refused.exit_code, "score it on the published data" in refused.stderr) == (1, True)
    assert len(list(Path("leaderboards").iterdir())) == 1
