from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from starbench.errors import InputError
from starbench.reward import SimReward
from starbench_train.hardware import HardwareConfig, resolve
from starbench_train.rl.arguments import grpo_arguments, micro_batches, steps_of
from starbench_train.rl.config import RLConfig
from starbench_train.rl.rewards import Remembering, answer_score, made_reward, trl_reward

HARDWARE = resolve(HardwareConfig(device="cpu", batch=48, threads=1))
GOLD = '[{"name": "f", "arguments": {"a": 1, "b": 2}}]'


def test_the_papers_settings_come_out_as_trls(tmp_path: Path) -> None:
    made = grpo_arguments(RLConfig(), HARDWARE, tmp_path, rows=4096, seed=0, where="student-simrl")
    assert made.generation_batch_size == 128 * 8
    assert made.per_device_train_batch_size * made.gradient_accumulation_steps == 128
    assert made.per_device_train_batch_size <= 48
    assert (made.beta, made.learning_rate, made.num_generations, made.epsilon) == (1e-3, 3e-7, 8, 0.2)
    assert (made.adam_beta2, made.scale_rewards, made.loss_type) == (0.95, "group", "dapo")
    assert made.max_steps == 3 * 4096 // 128 * 8


def test_checkpoints_lie_between_rollouts(tmp_path: Path) -> None:
    settings = RLConfig(updates=8, save_every=50)
    assert grpo_arguments(settings, HARDWARE, tmp_path, 64, 0, "student-simrl").save_steps == 56


def test_steps_are_as_set_or_follow_from_epochs() -> None:
    assert steps_of(RLConfig(steps=7), rows=1000) == 7
    assert steps_of(RLConfig(epochs=2, prompts=16, updates=2), rows=100) == 13 * 2


def test_processes_share_whole_groups() -> None:
    assert micro_batches(RLConfig(), replace(HARDWARE, processes=2), "s") == (32, 2)
    with pytest.raises(InputError, match="cannot be shared by 3 processes"):
        micro_batches(RLConfig(), replace(HARDWARE, processes=3), "s")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"samples": 1}, "samples is at least 2"),
        ({"prompts": 3, "samples": 3, "updates": 2}, "cannot be cut into 2 equal updates"),
        ({"save_every": 0}, "save_every is at least 1"),
        ({"betas": (0.9,)}, "betas is two numbers"),
    ],
)
def test_settings_that_do_not_go_together_are_said(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        replace(RLConfig(), **changes).checked("student-simrl")


def test_the_score_is_what_the_reward_is_without_its_penalty() -> None:
    reward = SimReward()
    half = reward([{"name": "f", "arguments": {"a": 1}}], GOLD)
    broken = reward("<tool_call>{nonsense</tool_call>", GOLD)
    assert (half.value, answer_score(half)) == (0.5, 0.5)
    assert (broken.value, answer_score(broken)) == (-1.0, 0.0)


@pytest.mark.parametrize("name", ["sim", "binary", "toolrl", "0.8*sim+0.2*binary"])
def test_every_reward_of_the_comparisons_scores_in_the_unit_interval(name: str) -> None:
    reward = made_reward(name, "robust")
    for answer in ([{"name": "f", "arguments": {"a": 1, "b": 2}}], "no call", "<tool_call>{"):
        assert 0.0 <= answer_score(reward(answer, GOLD)) <= 1.0


def test_the_function_for_trl_reads_ids_and_leaves_the_parts_behind() -> None:
    class Decoder:
        def batch_decode(self, ids: list[list[int]], skip_special_tokens: bool) -> list[str]:
            assert not skip_special_tokens
            return ['<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call>' for _ in ids]

    reward = Remembering(made_reward("sim", "robust"))
    function = trl_reward(reward, Decoder())
    values = function(prompts=["p"], completions=["cut"], completion_ids=[[1]], ground_truth=[GOLD], tools=[None])
    assert values == [0.5]
    assert reward.last[0].parts["calls"] == 0.5
