"""ToolRL's reward (arXiv 2504.13958), as a baseline, with its loopholes.

    <think>because</think>
    <tool_call>
    {"name": "f", "parameters": {"a": 1}}
    </tool_call>                              against f(a=1):  format 1 + correctness 3 = 4  ->  value 1.0

Its own scale runs from -3 to 4; the value here is that number mapped onto [-1, 1] by a straight line, which changes no
advantage that is normalised in a group. Known openings, kept because a baseline has to have them:

* a surplus call costs little: gold and one junk call 3.57, and ten junk calls 3.22, of 4;
* the *first* call block is scored, also one inside the reasoning;
* a reply is not compared with the gold: any text between the tags is worth the most;
* where the gold is no call, correctness is 0 for any output.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from starbench.reward.base import Reward, TaskReward
from starbench.reward.task import Task
from starbench.similarity.values import plain
from starbench.types import Expected

_SHAPES = {
    "calls": re.compile(r"<think>.*?</think>\n<tool_call>\n.*?\n</tool_call>", re.DOTALL),
    "reply": re.compile(r"<think>.*?</think>\n<response>.*?</response>", re.DOTALL),
    "abstain": re.compile(r"<think>.*?</think>", re.DOTALL),
}
_TAGS = {"calls": ("<tool_call>", "</tool_call>"), "reply": ("<response>", "</response>"), "abstain": ()}
_LOWEST, _HIGHEST = -3.0, 4.0
Call = tuple[Any, Mapping[str, Any]]


@dataclass(frozen=True)
class ToolRLReward(TaskReward):
    """ToolRL's default reward; answers are texts in its own format (anything else has neither format nor calls)."""

    name: ClassVar[str] = "toolrl"
    source: ClassVar[str] = "ToolRL (arXiv 2504.13958), default variant"

    def score(self, completion: Any, task: Task) -> Reward:
        """The reward of an answer to ``task``; ``calls`` of the parts is the correctness, mapped onto [0, 1]."""
        text = _assistant(completion) if isinstance(completion, str) else ""
        expected = task.expected
        form = float(_well_formed(text, expected.kind))
        correct = _correctness(text, expected)
        value = 2 * (form + correct - _LOWEST) / (_HIGHEST - _LOWEST) - 1
        calls = (correct + 3) / 6 if expected.kind == "calls" else 0.0
        reply = form if expected.kind == "reply" else 0.0
        exact = value == 1.0
        parts = {
            "format": form,
            "calls": calls,
            "reply": reply,
            "exact": float(exact),
            "attempted": float("<tool_call>" in text),
        }
        code = None if exact else "format:tags" if not form else "argument:value" if expected.kind == "calls" else None
        return Reward(value, parts, code)


def _assistant(text: str) -> str:
    """The last assistant turn, without the token that ends it."""
    return text.rpartition("<|im_start|>assistant")[2].removesuffix("<|im_end|>").strip()


def _well_formed(text: str, kind: str) -> bool:
    kind = "calls" if kind == "any_call" else kind
    once = all(text.count(tag) == 1 for tag in _TAGS[kind])
    return once and _SHAPES[kind].fullmatch(text) is not None


def _correctness(text: str, expected: Expected) -> float:
    """From -3 to 3: how far the calls of the first block are the gold's; 0 where the gold has none."""
    if expected.kind != "calls" or not expected.calls:
        return 0.0
    gold: list[Call] = [
        (call.name, {n: plain(place) for n, place in call.arguments.items()}) for call in expected.calls
    ]
    predicted = _first_block(text)
    if predicted is None:
        return -3.0
    if predicted == gold:
        return 3.0
    most = 1 + sum(1 + len(arguments) for _, arguments in gold)
    return 6 * (_names(predicted, gold) + _pairs(predicted, gold)) / most - 3


def _first_block(text: str) -> list[Call] | None:
    """One JSON object a line; None where anything is amiss."""
    _, found, rest = text.partition("<tool_call>")
    if not found:
        return None
    lines = rest.partition("</tool_call>")[0].strip().split("\n")
    try:
        values = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return None
    if not all(
        isinstance(v, dict) and isinstance(v.get("name"), str) and isinstance(v.get("parameters"), dict) for v in values
    ):
        return None
    return [(value["name"], value["parameters"]) for value in values]


def _jaccard(a: Counter[str], b: Counter[str]) -> float:
    union = sum((a | b).values())
    return sum((a & b).values()) / union if union else 1.0


def _names(predicted: list[Call], gold: list[Call]) -> float:
    return _jaccard(Counter(name for name, _ in predicted), Counter(name for name, _ in gold))


def _pairs(predicted: list[Call], gold: list[Call]) -> float:
    """Each gold call takes, in turn, the best call of its name that is left, if that has any credit."""
    left = list(predicted)
    total = 0.0
    for name, wanted in gold:
        credits = [_pair(given, wanted) if other == name else 0.0 for other, given in left]
        best = max(credits, default=0.0)
        if best > 0.0:
            del left[credits.index(best)]
            total += best
    return total


def _pair(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> float:
    """Jaccard of the argument names, and one for each value that is the same."""
    same = sum(1 for name, value in wanted.items() if name in given and given[name] == value)
    return _jaccard(Counter(list(given)), Counter(list(wanted))) + same
