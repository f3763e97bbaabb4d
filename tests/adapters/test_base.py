"""What the adapters share: labels that carry tools, and the answer inside a query."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weather_task import ANSWERS, GOLD, PROMPT, RIGHT, TOOLS

from starbench.adapters import ADAPTERS
from starbench.adapters.base import Sample, after_prompt, configured, read_label, score
from starbench.errors import UnknownNameError


def test_the_list_names_files_that_exist() -> None:
    for name, place in ADAPTERS.items():
        assert importlib.util.find_spec(place.partition(":")[0]) is not None, name


def test_no_adapter_is_longer_than_a_screen_or_two() -> None:
    for name, place in ADAPTERS.items():
        spec = importlib.util.find_spec(place.partition(":")[0])
        assert spec is not None and spec.origin is not None
        assert len(Path(spec.origin).read_text(encoding="utf-8").splitlines()) < 80, name


@pytest.mark.parametrize("name", ["openrlhf", "ms_swift"])
def test_the_path_of_a_file_is_printed(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "starbench.adapters", name], capture_output=True, text=True, check=True
    )
    spec = importlib.util.find_spec(ADAPTERS[name].partition(":")[0])
    assert spec is not None
    assert done.stdout.strip() == spec.origin


def test_the_file_for_ms_swift_lies_beside_nothing_that_hides_a_library() -> None:
    spec = importlib.util.find_spec("starbench.adapters.ms_swift")
    assert spec is not None and spec.origin is not None
    assert {path.stem for path in Path(spec.origin).parent.glob("*.py")} == {"__init__", "plugin"}


def test_scoring_samples_is_the_reward_s_batch(values: list[float]) -> None:
    assert [r.value for r in score([Sample(a, GOLD, TOOLS, PROMPT) for a in ANSWERS])] == values
    assert score([]) == []


def test_an_unknown_reward_or_profile_is_an_error_for_people() -> None:
    with pytest.raises(UnknownNameError):
        configured("simm", "robust")
    with pytest.raises(UnknownNameError):
        configured("sim", "robusto")


def test_the_environment_names_the_reward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARBENCH_REWARD", "binary")
    configured.cache_clear()
    binary = configured()
    configured.cache_clear()
    monkeypatch.delenv("STARBENCH_REWARD")
    assert type(binary) is not type(configured())


@pytest.mark.parametrize(
    ("label", "gold", "tools"),
    [
        (GOLD, GOLD, None),
        ({"ground_truth": GOLD, "tools": TOOLS}, GOLD, TOOLS),
        (json.dumps({"ground_truth": GOLD}), GOLD, None),
        (json.dumps({"ground_truth": [], "tools": []}), [], []),
        ('Say "ground_truth".', 'Say "ground_truth".', None),
        ('["ground_truth"]', '["ground_truth"]', None),
        (None, None, None),
    ],
)
def test_a_label_is_the_gold_or_holds_gold_and_tools(label: object, gold: object, tools: object) -> None:
    assert read_label(label) == (gold, tools)


def test_a_label_nested_without_end_is_taken_as_text() -> None:
    label = '{"ground_truth":' + "[" * 200_000
    assert read_label(label) == (label, None)


@given(prompt=st.text(max_size=80), answer=st.text(max_size=80))
def test_the_answer_is_what_follows_the_prompt(prompt: str, answer: str) -> None:
    assert after_prompt(prompt + answer, prompt) == answer


@given(text=st.text(min_size=40, max_size=200), cut=st.integers(1, 200), answer=st.text(max_size=80))
def test_the_answer_follows_a_prompt_that_was_cut(text: str, cut: int, answer: str) -> None:
    prompt = text + "<|im_start|>assistant\n"
    kept = prompt[min(cut, len(prompt) - 32) :]
    assert after_prompt(kept + answer, prompt) == answer


def test_a_cut_prompt_is_recognised_by_its_end() -> None:
    assert after_prompt(PROMPT[50:] + RIGHT, PROMPT) == RIGHT
    assert after_prompt("quite another text", PROMPT) == "quite another text"
