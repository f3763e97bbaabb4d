"""``starbench compare``: forms of output and exit codes, on the sample that comes with starbench."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from starbench.cli import main


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("scores")
    assert CliRunner().invoke(main, ["score", "--sample", "--out", str(folder)]).exit_code == 0
    return str(folder)


def compare(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["compare", *arguments])


UP = ("--before-model", "bad", "--after-model", "good")
DOWN = ("--before-model", "good", "--after-model", "bad")


def test_two_models_of_one_folder(scores: str) -> None:
    done = compare(scores, scores, *UP)
    assert done.exit_code == 0, done.stderr
    for text in (
        "good against bad: 63.08 points up",
        "sample_multiple_5  argument:value  1.00 → 0.86",
        "all cases",
        "Cohen's h",
    ):
        assert text in done.stdout


def test_markdown_and_json_say_the_same(scores: str) -> None:
    markdown = compare(scores, scores, *UP, "--markdown").stdout
    assert "| all cases | 65 | 33.85 | 96.92 | +63.08 |" in markdown
    assert "<details><summary>42 fixed</summary>" in markdown
    record = json.loads(compare(scores, str(Path(scores) / "scores.jsonl"), *UP, "--json").stdout)
    assert (record["total"]["fixed"], record["total"]["broken"], len(record["fixed"])) == (42, 1, 42)
    assert record["labels"] == ["bad", "good"]


@pytest.mark.parametrize(
    ("models", "allowed", "code"), [(UP, "0", 0), (DOWN, "70", 0), (DOWN, "63", 3), (DOWN, "0", 3)]
)
def test_the_exit_code_tells_a_drop(scores: str, models: tuple[str, ...], allowed: str, code: int) -> None:
    done = compare(scores, scores, *models, "--fail-under-drop", allowed)
    assert done.exit_code == code
    assert ("the accuracy fell by 63.08 points" in done.stderr) == (code == 3)


def test_what_cannot_be_compared(scores: str, tmp_path: Path) -> None:
    assert compare(scores, scores).exit_code == 1
    assert "holds 2 models; say which one: good, bad" in compare(scores, scores).stderr
    assert "there is no" in compare(scores, str(tmp_path)).stderr
    assert compare(scores, scores, *UP, "--markdown", "--json").exit_code == 2
