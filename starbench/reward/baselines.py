"""Rewards to compare with, and sums of rewards.

BinaryReward()(answer, gold).value        1.0 or 0.0: all right, or not
FormatReward()(answer, gold).value        1.0 or -1.0: the format rule alone
WeightedSum.read("0.8*sim+0.2*binary")    a sum; its weights add up to at most 1
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from starbench.errors import InputError
from starbench.reward.base import Reward, TaskReward
from starbench.reward.sim import SimReward
from starbench.reward.task import Task


@dataclass(frozen=True)
class BinaryReward(SimReward):
    """1 where the answer keeps the format and is right as a whole, else 0."""

    name: ClassVar[str] = "binary"
    source: ClassVar[str] = "the binary reward that arXiv 2602.03022 compares with"

    def score(self, completion: Any, task: Task) -> Reward:
        """The reward of an answer to ``task``."""
        found = SimReward.score(self, completion, task)
        return Reward(found.parts["exact"], found.parts, found.code)


@dataclass(frozen=True)
class FormatReward(SimReward):
    """1 where the answer keeps the format, else -1, whatever it says."""

    name: ClassVar[str] = "format_only"
    source: ClassVar[str] = "format_rewards of the reward released with arXiv 2602.03022"

    def score(self, completion: Any, task: Task) -> Reward:
        """The reward of an answer to ``task``."""
        found = SimReward.score(self, completion, task)
        form = found.parts["format"]
        return Reward(2.0 * form - 1.0, found.parts, None if form else found.code)


_TERM = re.compile(r"\s*(?:(?P<weight>\d+(?:\.\d+)?|\.\d+)\s*\*)?\s*(?P<name>[a-z_]+)\s*")


@dataclass(frozen=True)
class WeightedSum(TaskReward):
    """A sum of rewards. Parts are named after them (``sim/calls``); the code is that of the first that has one.

    Raises:
        InputError: there are no terms, or the absolute weights add up to more than 1 (the value would leave [-1, 1]).
    """

    terms: tuple[tuple[float, TaskReward], ...]

    name: ClassVar[str] = "sum"

    def __post_init__(self) -> None:
        if not self.terms or sum(abs(weight) for weight, _ in self.terms) > 1.0 + 1e-9:
            raise InputError("the weights of a sum of rewards must add up to at most 1, so that it stays in [-1, 1]")

    @property
    def source(self) -> str:  # type: ignore[override]
        """Where the rules of its terms come from."""
        return " + ".join(f"{weight:g} * {reward.name} [{reward.source}]" for weight, reward in self.terms)

    def score(self, completion: Any, task: Task) -> Reward:
        """The reward of an answer to ``task``."""
        found = [reward.score(completion, task) for _, reward in self.terms]
        value = sum(weight * one.value for (weight, _), one in zip(self.terms, found, strict=True))
        parts = {
            f"{reward.name}/{part}": number
            for (_, reward), one in zip(self.terms, found, strict=True)
            for part, number in one.parts.items()
        }
        return Reward(max(-1.0, min(1.0, value)), parts, next((one.code for one in found if one.code), None))


def read_terms(text: str) -> list[tuple[float, str]]:
    """``0.8*sim+0.2*binary`` as ``[(0.8, "sim"), (0.2, "binary")]``.

    Raises:
        InputError: the text is no such sum.
    """
    found = [_TERM.fullmatch(term) for term in text.split("+")]
    terms = [(float(term["weight"] or 1), term["name"]) for term in found if term is not None]
    if len(terms) < len(found):
        raise InputError(f"{text!r} is no sum of rewards; write it like 0.8*sim+0.2*binary")
    return terms
