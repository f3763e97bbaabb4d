"""What a run is made of: TOML, flags, and sentences for what does not belong there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from starbench.errors import InputError, StarbenchError
from starbench.runner import Settings, read_settings
from starbench.runner.tables import read_value

RECIPE = """
out = "runs/x"
samples = 2
[model]
name = "org/m"
backend = "openai"
options = { url = "http://127.0.0.1:1/v1", timeout = 5 }
[cases]
categories = ["simple_python"]
limit = 3
[sampling]
temperature = 1
"""


def recipe(tmp_path: Path, text: str = RECIPE) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_with_flags_on_top(tmp_path: Path) -> None:
    settings = read_settings(recipe(tmp_path), [("cases.limit", 5), ("model.options.tries", 2)])
    assert isinstance(settings, Settings)
    assert settings.sampling.temperature == 1.0
    assert (settings.cases.categories, settings.cases.limit, settings.samples) == (("simple_python",), 5, 2)
    assert (settings.options().timeout, settings.options().tries) == (5.0, 2)
    assert settings.label == "m"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("sample", 1, "there is no setting sample; did you mean 'samples'"),
        ("model.options.timout", 1, "there is no setting model.options.timout; did you mean 'timeout'"),
        ("sampling.temperature", "hot", "sampling.temperature is a number, not 'hot'"),
        ("cases.limit", True, "cases.limit is a whole number, not True"),
        ("cases.limit", 0, "cases.limit is at least 1, not 0"),
        ("samples", 0, "samples is at least 1, not 0"),
        ("cases.categories", 3, "cases.categories is a list, not 3"),
        ("mode", "chat", "mode is one of 'tools', 'prompt', 'raw-tools', not 'chat'"),
        ("model", 3, "model is a table, not 3"),
        ("model.backend", "vlm", "no backend named 'vlm'; did you mean 'vllm'"),
        ("out.x", 3, "out is no table"),
        ("model.options", 3, "model.options is a table, not 3"),
        ("user.nam", "u", "there is no setting user.nam; did you mean 'name'"),
        ("user.backend", "openai", "the setting user.name is needed"),
        ("web.private", "yes", "web.private is true or false, not 'yes'"),
        ("web.key", "s3cret", "there is no setting web.key; did you mean 'key_env'"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, name: str, value: Any, sentence: str) -> None:
    with pytest.raises(StarbenchError, match=sentence.replace("(", r"\(")):
        read_settings(recipe(tmp_path), [(name, value)])


def test_what_is_needed_is_said() -> None:
    with pytest.raises(InputError, match=r"the setting model\.name is needed"):
        read_settings(None, [("out", "x"), ("model.backend", "openai")])


@pytest.mark.parametrize("content", [b"out = ", b"\xff", None])
def test_a_recipe_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "r.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError):
        read_settings(path)


def test_speed_is_no_part_of_the_identity(tmp_path: Path) -> None:
    path = recipe(tmp_path)
    same = [("model.options.concurrency", 2), ("cases.limit", 9), ("samples", 4), ("scoring.profile", "star")]
    assert read_settings(path, same).identity() == read_settings(path).identity()
    for name, value in [("sampling.seed", 1), ("mode", "prompt"), ("model.options.body", {"top_k": 1})]:
        assert read_settings(path, [(name, value)]).identity() != read_settings(path).identity()


def test_who_plays_the_user_is_part_of_the_identity(tmp_path: Path) -> None:
    path = recipe(tmp_path)
    played = [("user.name", "u"), ("user.options.url", "http://127.0.0.1:2/v1")]
    settings = read_settings(path, played)
    assert settings.identity()["user"] == {
        "name": "u",
        "backend": "openai",
        "thinking": None,
        "options": {"limit_field": "max_tokens", "body": {}},
    }
    assert settings.record()["user"]["options"]["url"] == "http://127.0.0.1:2/v1"
    faster = [*played, ("user.options.concurrency", 2), ("web.timeout", 1), ("web.concurrency", 2)]
    assert read_settings(path, faster).identity() == settings.identity()
    with pytest.raises(InputError, match=r"there is no setting user\.options\.urll"):
        read_settings(path, [("user.name", "u"), ("user.options.urll", "x")])


def test_values_of_the_command_line() -> None:
    values = {"3": 3, "0.5": 0.5, "true": True, "[1, 2]": [1, 2], "auto": "auto", "a=b": "a=b", "": ""}
    assert {text: read_value(text) for text in values} == values


RECIPES = sorted((Path(__file__).resolve().parents[2] / "recipes").glob("run-*.toml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_recipes_are_valid(path: Path) -> None:
    assert read_settings(path).record()["model"]["backend"] in path.read_text(encoding="utf-8")


def test_there_are_recipes() -> None:
    assert len(RECIPES) == 3
