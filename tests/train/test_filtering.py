from __future__ import annotations

import pytest

from starbench.reward import Reward
from starbench_train.rl.config import FilterConfig
from starbench_train.rl.filtering import Group, groups_of, verdict
from starbench_train.rl.sampling import Answer, Pool, further, to_answer

RULE = FilterConfig()


@pytest.mark.parametrize(
    ("scores", "rewards", "wanted"),
    [
        ([0.5, 0.0, 1.0, 0.5], [0.5, -1.0, 1.0, 0.5], "kept"),
        ([1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], "high"),
        ([0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], "low"),
        ([0.0, 0.0, 0.0, 0.0], [-1.0, -1.0, -1.0, -1.0], "low"),
        ([0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5], "alike"),
        ([0.04, 0.0, 0.0, 0.0], [0.04, 0.0, 0.0, 0.0], "low"),  # a mean of exactly 0.01 is out, as in the released code
        ([0.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], "format"),  # where we differ from it
        ([1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, -1.0], "kept"),
    ],
)
def test_a_group_teaches_where_its_answers_differ_in_worth(
    scores: list[float], rewards: list[float], wanted: str
) -> None:
    assert verdict(Group(scores, rewards), RULE) == wanted


def test_the_released_rule_drops_groups_that_mix_format_errors_with_worthless_answers() -> None:
    mixed = Group([0.0, 0.0], [0.0, -1.0])
    assert verdict(mixed, FilterConfig(format_errors=False)) == "low"


def test_a_wanted_spread_drops_groups_that_are_nearly_alike() -> None:
    group = Group([0.5, 0.55], [0.5, 0.55])
    assert verdict(group, RULE) == "kept"
    assert verdict(group, FilterConfig(spread=0.1)) == "alike"


def test_answers_are_cut_into_groups_in_order() -> None:
    assert [group.scores for group in groups_of([1, 2, 3, 4], [0, 0, 0, 0], 2)] == [[1, 2], [3, 4]]


def answers(*values: float) -> list[Answer]:
    parts = [{"format": float(v >= 0), "calls": max(v, 0.0), "reply": 0.0} for v in values]
    return [Answer({}, [1], [2], "", None, v, Reward(v, p)) for v, p in zip(values, parts, strict=True)]


def test_a_pool_gives_kept_groups_first_and_fills_up_with_dropped_ones() -> None:
    pool = Pool(wanted=2, size=2, rule=RULE)
    pool.add(answers(1.0, 1.0, 0.0, 1.0, 0.0, 0.0))
    assert (pool.missing, pool.share) == (1, pytest.approx(1 / 3))
    assert [group.verdict for group in pool.batch()] == ["kept", "high"]
    pool.add(answers(0.5, 1.0, 0.5, 0.0))
    assert pool.missing == 0
    assert [group.verdict for group in pool.batch()] == ["kept", "kept"]
    assert pool.verdicts == {"kept": 3, "high": 1, "low": 1}


def test_as_many_prompts_are_answered_again_as_the_share_of_kept_groups_asks_for() -> None:
    pool = Pool(wanted=8, size=2, rule=RULE)
    pool.add(answers(0.0, 1.0, *[0.0, 0.0] * 3))  # one of four teaches
    assert to_answer(2, pool) == 8
    assert to_answer(1, pool) == 4
    pool.add(answers(*[0.0, 1.0] * 4))
    assert to_answer(1, pool) == 2


def test_further_prompts_are_drawn_by_the_step_alone() -> None:
    rows = list(range(100))
    assert further(rows, 5, (0, 3, 0)) == further(rows, 5, (0, 3, 0)) != further(rows, 5, (0, 4, 0))
    assert len(set(further(rows, 50, (0, 1, 1)))) == 50
    assert len(further(rows[:3], 7, (0, 1, 1))) == 7
