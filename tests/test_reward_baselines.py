"""The rewards to compare with: binary, format only, ToolRL's, and sums."""

from __future__ import annotations

import json

import pytest

from starbench.errors import InputError
from starbench.reward import REWARDS, load_reward
from starbench.similarity import expected_reply
from starbench.types import Call

GOLD = [Call("f", {"a": 1, "b": 2})]
RIGHT, HALF = [Call("f", {"a": 1, "b": 2})], [Call("f", {"a": 1, "b": 3})]
BROKEN = "<tool_call>{</tool_call>"


@pytest.mark.parametrize(
    ("name", "right", "half", "broken"),
    [("sim", 1.0, 0.5, -1.0), ("binary", 1.0, 0.0, 0.0), ("format_only", 1.0, 1.0, -1.0)],
)
@pytest.mark.parametrize("profile", ["robust", "star"])
def test_values(name: str, right: float, half: float, broken: float, profile: str) -> None:
    reward = load_reward(name, profile)
    assert reward(RIGHT, GOLD).value == right
    assert reward(HALF, GOLD).value == half
    assert reward(f"x</think>{BROKEN}", GOLD).value == broken
    assert reward.source


# ---- ToolRL; its numbers are those of its own code, on its own scale ----

FIVE = [Call("f", {name: i for i, name in enumerate("abcde")})]
JUNK = {"name": "junk", "parameters": {}}


def rlla(*calls: dict[str, object]) -> str:
    return "<think>x</think>\n<tool_call>\n" + "\n".join(map(json.dumps, calls)) + "\n</tool_call>"


def written(call: Call, **changes: object) -> dict[str, object]:
    arguments = {name: value for name, value in {**call.arguments, **changes}.items() if value is not None}
    return {"name": call.name, "parameters": arguments}


@pytest.mark.parametrize(
    ("answer", "total"),
    [
        (rlla(written(FIVE[0])), 4.0),
        (rlla(written(FIVE[0], a=9)), 3.14),
        (rlla(written(FIVE[0], a=None)), 2.97),
        (rlla(written(FIVE[0], z=9)), 3.86),
        (rlla({"name": "f", "parameters": {}}), -1.14),
        (rlla({"name": "g", "parameters": {}}), -2.0),
        (rlla(written(FIVE[0]), JUNK), 3.57),
        (rlla(written(FIVE[0]), *[JUNK] * 10), 3.22),
        (rlla(written(FIVE[0], a="0")), 3.14),
        (rlla(written(FIVE[0], a=False)), 4.0),
        (rlla(written(FIVE[0], a=0.0)), 4.0),
        (rlla(written(FIVE[0])).replace("</think>\n", "</think>"), 3.0),
        (rlla(written(FIVE[0])) + "\n" + rlla(JUNK), 3.0),
        ("<think>no call</think>", -3.0),
        (rlla(written(FIVE[0]))[:-20], -3.0),
        ("<think><tool_call>\n" + json.dumps(written(FIVE[0])) + "\n</tool_call></think>\n" + rlla(JUNK), 3.0),
    ],
)
def test_toolrl(answer: str, total: float) -> None:
    reward = load_reward("toolrl")
    found = reward(answer + "<|im_end|>", FIVE)
    assert 3.5 * found.value + 0.5 == pytest.approx(total, abs=0.005)
    assert reward.source.startswith("ToolRL")


def test_toolrl_where_the_gold_is_no_call() -> None:
    reward = load_reward("toolrl")
    any_reply = reward("<think>x</think>\n<response>anything</response>", expected_reply("Paris"))
    assert 3.5 * any_reply.value + 0.5 == pytest.approx(1.0)
    assert 3.5 * reward(rlla(JUNK), expected_reply("Paris")).value + 0.5 == pytest.approx(0.0)
    assert 3.5 * reward("<think>x</think>", []).value + 0.5 == pytest.approx(1.0)
    assert reward(RIGHT, GOLD).code == "format:tags"


# ---- sums ----


def test_a_sum() -> None:
    reward = load_reward("0.75 * sim + .25*binary")
    assert reward(HALF, GOLD).value == 0.375
    assert reward(RIGHT, GOLD).value == 1.0
    assert reward(HALF, GOLD).parts["binary/exact"] == 0.0
    assert reward(HALF, GOLD).parts["sim/calls"] == 0.5
    assert reward(HALF, GOLD).code == "argument:value"
    assert reward.source.startswith("0.75 * sim [Sim-RL")
    assert reward(HALF, GOLD).parts.keys() == reward("", GOLD).parts.keys()
    assert load_reward("0.5*sim+0.5*toolrl", "star").batch([RIGHT], [GOLD])[0].value == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("text", ["sim+binary", "0.9*sim+0.2*binary", "0.5*sim+", "*sim", "0.5*sim + x*binary"])
def test_what_is_no_sum(text: str) -> None:
    with pytest.raises(InputError, match=r"sum of rewards"):
        load_reward(text)


def test_every_reward_names_itself() -> None:
    assert [load_reward(name).name for name in REWARDS] == [*REWARDS]
