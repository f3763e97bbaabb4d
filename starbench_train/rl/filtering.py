"""Which groups of answers teach something, and when there are enough of them.

    group = Group(scores=[0.5, 0.0, 1.0, 0.5], rewards=[0.5, -1.0, 1.0, 0.5])
    verdict(group, FilterConfig())        ->  "kept"

A group is kept where the mean of its answer scores lies strictly between ``low`` and ``high`` and they differ by more
than ``spread``. That looks at the *score* (0 for a broken format); the advantage is made of the *reward* (-1 for it).

Where we differ from the code released with the paper: there a group of worthless answers, some of which break the
format (reward -1) while others keep it (reward 0), is dropped with all other worthless ones, so a model that cannot
keep the format yet is never taught to. Such a group is kept here, under the name ``format``;
``filter = { format_errors = false }`` gives the released behaviour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from starbench_train.rl.config import FilterConfig

Verdict = Literal["kept", "format", "low", "high", "alike"]
"""``kept`` and ``format`` teach; the others are why a group does not."""
KEPT: frozenset[Verdict] = frozenset({"kept", "format"})
EDGE = 1e-6
"""The released code's margin at both bounds, so that a mean of exactly 0.01 is out."""


@dataclass(frozen=True, slots=True)
class Group:
    """The answers to one prompt: their scores in [0, 1] and rewards in [-1, 1], in the same order."""

    scores: Sequence[float]
    rewards: Sequence[float]


def verdict(group: Group, rule: FilterConfig) -> Verdict:
    """Whether a group teaches something, and why not."""
    mean = sum(group.scores) / len(group.scores)
    if rule.low + EDGE < mean < rule.high - EDGE:
        return "kept" if max(group.scores) - min(group.scores) > rule.spread else "alike"
    if mean <= rule.low + EDGE:
        mixed = min(group.rewards) < 0 <= max(group.rewards)
        return "format" if rule.format_errors and mixed else "low"
    return "high"


def groups_of(scores: Sequence[float], rewards: Sequence[float], size: int) -> list[Group]:
    """Consecutive answers in groups of ``size``."""
    return [Group(scores[at : at + size], rewards[at : at + size]) for at in range(0, len(scores), size)]
