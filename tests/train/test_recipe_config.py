"""Recipes: what is read, and the sentence that every mistake gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from starbench.errors import InputError
from starbench_train.config import DEFAULT_STAGES, read_recipe, recipe_of

SMALL = """
out = "runs/a"
[student]
path = "tiny:student"
[teacher]
path = "tiny:teacher"
[data]
train = "tiny"
"""


def recipe(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    return path


def test_a_small_recipe_has_the_papers_settings(tmp_path: Path) -> None:
    read = read_recipe(recipe(tmp_path, SMALL))
    assert read.stages == DEFAULT_STAGES
    assert read.data.train == ("tiny",)
    assert (read.ckd.k, read.ckd.m, read.ckd.lam, read.ckd.learning_rate) == (100, 100, 10.0, 3e-6)
    assert read.student.tiny == "student"
    assert read.hardware.device == "auto"


def test_sections_with_hyphens_are_read_and_written_under_their_names(tmp_path: Path) -> None:
    text = SMALL + "[student-simrl]\nsteps = 7\n[student-simrl.filter]\nlow = 0.2\n[student.lora]\nrank = 4\n"
    read = read_recipe(recipe(tmp_path, text))
    assert (read.student_simrl.steps, read.student_simrl.filter.low) == (7, 0.2)
    assert read.section("student-simrl") is read.student_simrl
    assert read.record()["student-simrl"]["steps"] == 7
    assert read.student.lora is not None
    assert recipe_of(read.record()) == read, "what is recorded reads as the same recipe"


def test_overrides_stand_above_the_file(tmp_path: Path) -> None:
    path = recipe(tmp_path, SMALL)
    read = read_recipe(path, ["ckd.steps=9", "seed = 3", "out=runs/b", 'stages=["ckd"]', "data.contamination.ngram=5"])
    assert (read.ckd.steps, read.seed, read.out, read.stages) == (9, 3, "runs/b", ("ckd",))
    assert read.data.contamination.ngram == 5
    with pytest.raises(InputError, match="write it as name=value"):
        read_recipe(path, ["seed"])
    with pytest.raises(InputError, match="seed is no table"):
        read_recipe(path, ["seed=1", "seed.x=1"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[cdk]\nsteps = 1", "no setting named 'cdk'; did you mean 'ckd'?"),
        ("[ckd]\nlamda = 1", "there is no setting ckd.lamda; did you mean 'lam'?"),
        ("[student-simrl]\nstep = 1", "there is no setting student-simrl.step; did you mean 'steps'?"),
        ("[teacher-simrl]\nsteps = 0.5", "the setting teacher-simrl.steps is a whole number, not 0.5"),
        ("[student-simrl]\nsamples = 1", "student-simrl.samples is at least 2"),
        ("[ckd]\nlam = -1", "[ckd]"),
        ("[hardware]\ndtype = 'int4'", "hardware.dtype is one of"),
        ("[rollout]\nmin_similarity = 'high'", "rollout.min_similarity is a number"),
    ],
)
def test_what_is_unknown_or_does_not_fit_is_named(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_recipe(recipe(tmp_path, SMALL + more))
    assert said in str(caught.value)
    assert "recipe.toml: " in str(caught.value)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ('hardware = "gpu"', '"auto", "cpu", "cuda" or a table'),
        ('stages = ["base", "distil"]', "no stage named 'distil'"),
        ('stages = ["ckd", "ckd"]', "a stage stands twice"),
        ("out = 3", "the setting out is text"),
    ],
)
def test_top_settings_are_checked(tmp_path: Path, head: str, said: str) -> None:
    text = head + "\n" + SMALL.replace('out = "runs/a"', "" if head.startswith("out") else 'out = "runs/a"')
    with pytest.raises(InputError, match="recipe") as caught:
        read_recipe(recipe(tmp_path, text))
    assert said in str(caught.value)


def test_stages_that_need_a_teacher_say_so(tmp_path: Path) -> None:
    text = SMALL.replace('[teacher]\npath = "tiny:teacher"', "")
    with pytest.raises(InputError, match="name one with path"):
        read_recipe(recipe(tmp_path, text))
    assert read_recipe(recipe(tmp_path, 'stages = ["student-simrl"]\n' + text)).teacher is None


def test_a_file_that_is_missing_or_no_toml_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_recipe(tmp_path / "none.toml")
    with pytest.raises(InputError, match="is not TOML"):
        read_recipe(recipe(tmp_path, "out = "))
