"""``starbench leaderboard``: the forms of output, and what is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from starbench.cli import main


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
    assert "### ACEBench, version not stated, ranked by normal, mean" in leaderboard("--markdown").stdout
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


def test_what_is_no_date_is_a_matter_of_usage() -> None:
    for arguments in (["--since", "May"], ["--until", "2026-2"], ["add", ".", "--date", "today"]):
        done = leaderboard(*arguments)
        assert (done.exit_code, "write it as 2026, 2026-02 or 2026-02-28" in done.stderr) == (2, True)
