"""``starbench view``: the page is written whole, and what it lacks is said."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from starbench.cli import main


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scores")
    assert CliRunner().invoke(main, ["score", "--sample", "--out", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def scores(sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample, tmp_path / "scores"))


def view(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["view", *map(str, arguments)])


def test_the_page_lies_beside_the_scores(scores: Path) -> None:
    done = view(scores)
    assert done.exit_code == 0, done.stderr
    assert "view.html (0.1 MB, 130 cases)" in done.stderr
    page = (scores / "view.html").read_text(encoding="utf-8")
    assert "<title>good, bad on sample</title>" in page
    assert "Order 4 of CH-9" in page


def test_one_model_at_another_place(scores: Path, tmp_path: Path) -> None:
    done = view(scores / "scores.jsonl", "--model", "bad", "--out", tmp_path / "deep" / "page.html")
    assert "65 cases" in done.stderr
    assert (tmp_path / "deep" / "page.html").stat().st_size > 10_000
    assert not (scores / "view.html").exists()


def test_prompts_of_other_data_are_not_shown(scores: Path) -> None:
    summary = json.loads((scores / "summary.json").read_text(encoding="utf-8"))
    (scores / "summary.json").write_text(json.dumps(summary | {"data_sha256": "00"}), encoding="utf-8")
    assert "the run was scored on other data" in view(scores).stderr
    assert "Order 4 of CH-9" not in (scores / "view.html").read_text(encoding="utf-8")


def test_own_cases_give_their_prompts(tmp_path: Path) -> None:
    case = {"id": "q", "messages": [{"role": "user", "content": "Hello there"}], "tools": [], "expected": []}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case), encoding="utf-8")
    (tmp_path / "preds.jsonl").write_text(json.dumps({"id": "q", "output": "Hi"}), encoding="utf-8")
    cases = ("--cases", str(tmp_path / "cases.jsonl"))
    scored = CliRunner().invoke(main, ["score", str(tmp_path / "preds.jsonl"), *cases, "--out", str(tmp_path / "s")])
    assert scored.exit_code == 0, scored.stderr
    assert "give the cases with --cases" in view(tmp_path / "s").stderr
    assert "not shown" not in view(tmp_path / "s", *cases).stderr
    assert "Hello there" in (tmp_path / "s" / "view.html").read_text(encoding="utf-8")


def test_what_is_not_a_run(tmp_path: Path) -> None:
    done = view(tmp_path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "there is no" in done.stderr
    assert not list(tmp_path.iterdir())


def test_serve_shows_the_page_on_this_machine_and_writes_nothing(scores: Path) -> None:
    command = [sys.executable, "-m", "starbench", "view", str(scores), "--serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        try:
            told = re.search(r"http://127\.0\.0\.1:\d+/", serving.stderr.readline())
            assert told is not None
            with urllib.request.urlopen(told[0], timeout=30) as answer:
                assert b"<title>good, bad on sample</title>" in answer.read()
        finally:
            serving.terminate()
    assert not (scores / "view.html").exists()
