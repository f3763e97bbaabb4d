"""What is known to be gamed: the number of each trick under both profiles, beside the honest answer that it imitates.

Under ``robust`` no trick scores above its honest answer. ``star`` is the released reward, so its openings stay open.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from starbench.reward import SimReward

PARAMETERS = {"type": "object", "properties": {n: {} for n in ("city", "days", "unit")}, "required": ["city"]}
TOOLS = [
    {"name": "weather", "parameters": PARAMETERS},
    {"name": "ping", "parameters": {"type": "object", "properties": {}}},
]
PROMPT = (
    "<|im_start|>system\n<tools>\n" + "\n".join(map(json.dumps, TOOLS)) + "\n</tools>\n"
    'Answer with <tool_call>\n{"name": …}\n</tool_call><|im_end|>\n<|im_start|>assistant\n<think>'
)  # fmt: skip


def call(name: str = "weather", **arguments: object) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"


def turn(*parts: str) -> str:
    return "because</think>\n\n" + "\n".join(parts) + "<|im_end|>"


def label(*parts: str) -> str:
    return "</think>" + "\n".join(parts) + "<|im_end|>\n"


GOOD, NEAR = call(city="Paris", days=1), call(city="Paris", days=2)
BAD, PING = call(city="Oslo", days=9), call("ping")
REPLY = "the meeting is at noon in Paris"
EXTRA, ODD = call(city="Paris", days=1, unit="C"), call(city="Paris", days=1, x=0)
TWO = label(GOOD, call(city="Rome", days=2))


class Trick(NamedTuple):
    what: str
    gold: str
    answer: str
    honest: str
    star: float
    robust: float


TRICKS = [
    Trick("an empty reply", label("Hello there"), turn(""), turn("Hello there"), 2 / 3, 0.0),
    Trick("a reply of control tokens' words", label("Hello"), turn("im end"), turn("Hello"), 4 / 7, 0.0),
    Trick("any Chinese reply", label("你好，请问您想查询哪个城市？"), turn("今天股票大跌"), turn("你好"), 1.0, 0.0),
    Trick("word soup", label(REPLY), turn("the a meeting is is at noon the in Paris at"), turn(REPLY), 9 / 11, 7 / 9),
    Trick("a restart after </think>", label(GOOD), f"x</think>{BAD}</think>{GOOD}", turn(BAD, GOOD), 1.0, -1.0),
    Trick(
        "a new turn of the assistant",
        label(GOOD),
        turn(BAD) + f"\n<|im_start|>assistant\n<think>x</think>{GOOD}<|im_end|>",
        turn(BAD, GOOD),
        1.0,
        0.5,
    ),
    Trick("a call inside the reasoning", label(GOOD), f"{GOOD}</think>", turn(""), 0.0, 0.0),
    Trick("duplicated calls", label(GOOD), turn(*[GOOD] * 5), turn(GOOD), 0.2, 0.2),
    Trick("a copy where another call was due", label(GOOD, NEAR), turn(GOOD, GOOD), turn(GOOD), 0.75, 1 / 3),
    Trick("the exact call first", TWO, turn(GOOD, NEAR), turn(NEAR, GOOD), 0.75, 0.75),
    Trick("the exact call last", TWO, turn(NEAR, GOOD), turn(GOOD, NEAR), 0.25, 0.75),
    Trick("a junk call", label(GOOD), turn(GOOD, PING), turn(GOOD), 0.5, 0.5),
    Trick("a junk argument of the tool", label(GOOD), turn(EXTRA), turn(GOOD), 2 / 3, 2 / 3),
    Trick("a junk argument of no tool", label(GOOD), turn(ODD), turn(GOOD), -1.0, -1.0),
    Trick("a required argument left out", label(GOOD), turn(call(days=1)), turn(GOOD), 0.5, -1.0),
    Trick("the sign dropped", label(call(city="-5")), turn(call(city="5")), turn(call(city="-5")), 1.0, 0.0),
    Trick("the relation turned", label(call(city=">5")), turn(call(city="<5")), turn(call(city=">5")), 1.0, 0.5),
    Trick("true for 1", label(call(city="a", days=1)), turn(call(city="a", days=True)), turn(GOOD), 1.0, 0.5),
    Trick("a number as text", label(GOOD), turn(call(city="Paris", days="1")), turn(GOOD), 1.0, 0.75),
    Trick("an unclosed tag", label(GOOD), turn(GOOD.removesuffix("</tool_call>")), turn(""), 0.0, -1.0),
    Trick("an unclosed junk call", label(GOOD), turn(GOOD, "<tool_call>\n{"), turn(GOOD, BAD), 1.0, -1.0),
    Trick("values without names", label(GOOD), turn(call().replace("{}", '["Paris"]')), turn(""), -1.0, -1.0),
    Trick("names without values", label(GOOD), turn(call().replace("{}", '["city"]')), turn(""), -1.0, -1.0),
    Trick("text for no arguments", label(PING), turn(PING.replace("{}", '""')), turn(PING), 1.0, -1.0),
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.what)
def test_what_a_trick_earns(trick: Trick) -> None:
    star, robust = SimReward("star"), SimReward()
    assert star(trick.answer, trick.gold, prompt=PROMPT).value == pytest.approx(trick.star, abs=1e-4)
    assert robust(trick.answer, trick.gold, prompt=PROMPT).value == pytest.approx(trick.robust, abs=1e-4)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.what)
def test_no_trick_beats_honesty(trick: Trick) -> None:
    robust = SimReward()
    honest = robust(trick.honest, trick.gold, prompt=PROMPT).value
    assert robust(trick.answer, trick.gold, prompt=PROMPT).value <= honest
