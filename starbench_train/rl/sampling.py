"""Dynamic sampling: prompts are answered until there are enough groups that teach something.

    pool = Pool(wanted=16, size=8, rule=FilterConfig())
    pool.add(answers)                              # those to TRL's own batch of prompts
    while pool.missing and refills are left:
        pool.add(answers)                          # those to further prompts
    pool.batch()                                   # exactly 16 groups

Kept groups come first, in the order in which they were answered; what is too many is thrown away, as in the code
released with the paper. Where even the last refill leaves too few, dropped groups fill the places with a loss mask of
zeros: they move no weight, and count neither as tokens of the loss nor for the KL term.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from starbench.reward import Reward
from starbench_train.rl.config import FilterConfig
from starbench_train.rl.filtering import KEPT, Verdict, groups_of, verdict
from starbench_train.rl.rewards import answer_score


class Answer(NamedTuple):
    """One answer with all that TRL has to know of it. ``logps`` are those of vLLM, None elsewhere."""

    row: dict[str, Any]
    prompt_ids: list[int]
    completion_ids: list[int]
    completion: Any
    logps: list[float] | None
    value: float
    reward: Reward


class AnsweredGroup(NamedTuple):
    """The answers to one prompt and what the filter says of them."""

    answers: Sequence[Answer]
    verdict: Verdict


@dataclass
class Pool:
    """Groups until there are ``wanted`` that teach something; ``size`` answers each."""

    wanted: int
    size: int
    rule: FilterConfig
    kept: list[AnsweredGroup] = field(default_factory=list)
    dropped: list[AnsweredGroup] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)

    def add(self, answers: Sequence[Answer]) -> None:
        """Sort the groups of a batch of answers, each group's standing together."""
        scores, values = [answer_score(a.reward) for a in answers], [a.value for a in answers]
        for number, group in enumerate(groups_of(scores, values, self.size)):
            found = verdict(group, self.rule)
            answered = AnsweredGroup(answers[number * self.size : (number + 1) * self.size], found)
            self.verdicts[found] += 1
            (self.kept if found in KEPT else self.dropped).append(answered)

    @property
    def missing(self) -> int:
        """How many groups are still wanted."""
        return max(0, self.wanted - len(self.kept))

    def batch(self) -> list[AnsweredGroup]:
        """Exactly ``wanted`` groups: the kept ones, then dropped ones where those are too few."""
        return [*self.kept[: self.wanted], *self.dropped[: self.missing]]

    @property
    def share(self) -> float:
        """The share of all answered groups that teach something."""
        total = sum(self.verdicts.values())
        return len(self.kept) / total if total else 0.0


def further(rows: Sequence[Any], count: int, key: tuple[int, ...]) -> list[Any]:
    """``count`` of the rows, drawn anew by ``key`` (seed, step, refill, process).

    Drawn by the step and not from a stream that goes on: a run that resumes at a checkpoint draws the same.
    """
    draw = random.Random(repr(key))
    return draw.sample(rows, count) if count <= len(rows) else draw.choices(rows, k=count)


def to_answer(missing: int, pool: Pool) -> int:
    """How many prompts to answer for ``missing`` groups, by the share that was kept so far; at most a whole batch."""
    return min(pool.wanted, math.ceil(missing / max(pool.share, missing / pool.wanted, 0.1)))
