"""The whole curriculum on random tiny models: undisturbed, and killed once in every stage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_recipe import ALL, write_recipe

from starbench_train.cli import main
from starbench_train.config import read_recipe
from starbench_train.curriculum.marks import digest, read_mark
from starbench_train.curriculum.plan import Chosen
from starbench_train.curriculum.progress import Silent
from starbench_train.curriculum.run import run_recipe
from starbench_train.stages import folder_name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def finished(folder: Path) -> Path:
    """The run that nothing disturbed, made by the command itself."""
    result = CliRunner().invoke(main, ["run", str(write_recipe(folder))], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return folder / "run"


KILLS = {"teacher-simrl": (1, 3), "ckd": (1, 3), "student-simrl": (1, 3)}
"""At which steps: stages with checkpoints before the first of them, and behind it."""


class Killing(Silent):
    """Kills the process, as far as a test can, at the ``at``-th step of each thing that has so many."""

    def __init__(self, at: int) -> None:
        self._at, self._count = at, 0

    def step(self, count: int = 1, note: str = "") -> None:
        """Count; end everything at the chosen step."""
        self._count += 1
        if self._count == self._at:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def disturbed(folder: Path, finished: Path) -> Path:
    """The same run, whose every stage was killed in its middle and begun again."""
    recipe = read_recipe(write_recipe(folder, name="disturbed.toml", out="disturbed"))
    for name in ALL:
        for at in KILLS.get(name, (1,)):
            with pytest.raises(KeyboardInterrupt):
                run_recipe(recipe, Chosen(until=name), Killing(at))
        run_recipe(recipe, Chosen(until=name), Silent())
    return folder / "disturbed"


def test_every_stage_leaves_its_result(finished: Path) -> None:
    for name in ALL:
        mark = read_mark(finished / folder_name(name))
        assert mark is not None, name
    assert not (finished / "05-student-simrl" / "checkpoints").exists()
    lines = [json.loads(line) for line in (finished / "05-student-simrl" / "metrics.jsonl").read_text().splitlines()]
    trained = [line for line in lines if "loss" in line]
    assert [line["step"] for line in trained] == [1, 2, 3, 4]
    assert {"reward", "starbench/format", "filter/kept", "entropy", "completions/mean_length"} <= trained[0].keys()
    assert {"similarity/simple", "similarity/parallel", "similarity/irrelevance"} & trained[0].keys()
    assert [line["step"] for line in lines if "held_out/accuracy" in line] == [0, 4]


def test_the_report_says_what_came_of_it(finished: Path) -> None:
    text = (finished / "report.md").read_text(encoding="utf-8")
    assert "12 held-out rows" in text and "| student-simrl | base |" in text
    figures = json.loads((finished / "06-evaluate" / "figures.json").read_text())
    assert list(figures["models"]) == ["base", "ckd", "student-simrl", "teacher"]
    assert figures["comparisons"][0]["rows"] == 12
    page = (finished / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") > 10 and "<script" not in page


def test_the_scores_are_those_of_starbench(finished: Path) -> None:
    from starbench.cli import main as starbench

    answers = sorted(map(str, (finished / "06-evaluate" / "answers").glob("*.jsonl")))
    result = CliRunner().invoke(starbench, ["score", *answers, "--json"], catch_exceptions=False)
    scored = json.loads(result.stdout)["models"]
    figures = json.loads((finished / "06-evaluate" / "figures.json").read_text())["models"]
    assert {name: one["total"]["accuracy"] for name, one in scored.items()} == {
        name: one["accuracy"] for name, one in figures.items()
    }


@pytest.mark.parametrize("name", ALL)
def test_a_killed_stage_comes_to_the_same(finished: Path, disturbed: Path, name: str) -> None:
    whole, again = (read_mark(out / folder_name(name)) for out in (finished, disturbed))
    assert whole is not None and again is not None
    if name == "cache-teacher":  # which names the teacher's path, and so the folder of the run
        assert hashes(disturbed, name) == hashes(finished, name)
    else:
        assert again.results == whole.results


def hashes(out: Path, name: str) -> dict[str, str]:
    folder = out / folder_name(name) / "cache"
    return {path.name: digest(path) for path in folder.iterdir() if path.name != "cache.json"}


def test_a_killed_training_has_the_same_metrics(finished: Path, disturbed: Path) -> None:
    def steps(out: Path) -> Iterator[tuple[int, float]]:
        for line in (out / "05-student-simrl" / "metrics.jsonl").read_text().splitlines():
            row = json.loads(line)
            if "reward" in row:
                yield row["step"], row["reward"]

    assert list(steps(disturbed)) == list(steps(finished))


def test_a_finished_run_is_not_touched_again(finished: Path, folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*/done.json")}
    result = CliRunner().invoke(main, ["run", str(folder / "recipe.toml")], catch_exceptions=False)
    assert result.exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in finished.rglob("*/done.json")} == before


def test_a_model_is_exported_with_its_card(finished: Path, tmp_path: Path) -> None:
    import transformers

    out = tmp_path / "model"
    result = CliRunner().invoke(main, ["export", str(finished), "--out", str(out), "--dtype", "bfloat16"])
    assert result.exit_code == 0, result.output
    card = (out / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlibrary_name: transformers") and "student-simrl" in card
    assert str(transformers.AutoModelForCausalLM.from_pretrained(out).dtype) == "torch.bfloat16"
    again = CliRunner().invoke(main, ["export", str(finished), "--out", str(out)])
    assert (again.exit_code, "holds something already" in again.output) == (1, True)


def test_a_loss_that_is_no_number_ends_the_stage_with_a_sentence(finished: Path, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(finished / "00-base", tmp_path / "run" / "00-base")
    shutil.copytree(finished / "data", tmp_path / "run" / "data")
    recipe = write_recipe(tmp_path, "base", "student-simrl")
    result = CliRunner().invoke(main, ["run", str(recipe), "--set", "student-simrl.learning_rate=1e30"])
    assert result.exit_code == 1
    assert "stage student-simrl:" in result.output and "is not a number at step" in result.output
    assert "learning_rate" in result.output and "Traceback" not in result.output
