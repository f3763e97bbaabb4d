"""The Sim-RL reward: R = (F - 1) + F · (S_calls + S_reply).

    gold = [{"name": "f", "arguments": {"a": 1, "b": 2}}]
    SimReward()('<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>', gold)
    ->  Reward(value=0.5, parts={"format": 1.0, "calls": 0.5, "reply": 0.0, "exact": 0.0, "attempted": 1.0},
               code="argument:missing")

F is in :mod:`starbench.reward.form`, the equation itself in :mod:`starbench.reward.base`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

from starbench.dialects import parse
from starbench.reward.answer import read_answer
from starbench.reward.base import Reward, TaskReward, made
from starbench.reward.form import format_problem
from starbench.reward.hermes import Answer
from starbench.reward.star import star_reward
from starbench.reward.task import Task
from starbench.similarity.calls import Matching, argument_credits, match_calls
from starbench.similarity.profiles import PROFILES, Profile, profile
from starbench.similarity.reasons import ARGUMENT_CODES, count_code
from starbench.types import Expected


class Credit(NamedTuple):
    """S_calls and S_reply, of which at most one is above 0, and the code of the first difference."""

    calls: float
    reply: float
    code: str | None


@dataclass(frozen=True)
class SimReward(TaskReward):
    """The Sim-RL reward under a profile.

    Args:
        profile: ``robust``, or ``star``: the released reward for every input on which that returns a number, and -1
            with a code where it raises. ``star`` reads texts by the release's own rules, so the other arguments do
            not apply to it.
        dialect: how calls are written in texts; ``auto``: as the prompt shows, else as detected.
        reasoning: ``optional``, or ``required``: the format then asks for closed reasoning before the answer.

    Raises:
        UnknownNameError: there is no profile or dialect of that name.
    """

    profile: str = "robust"
    dialect: str = "auto"
    reasoning: Literal["optional", "required"] = "optional"

    name: ClassVar[str] = "sim"
    source: ClassVar[str] = "Sim-RL (arXiv 2602.03022)"

    def __post_init__(self) -> None:
        profile(self.profile)
        if self.dialect != "auto":
            parse("", self.dialect)

    def score(self, completion: Any, task: Task) -> Reward:
        """The reward of an answer to ``task``."""
        if self.profile == "star":
            return star_reward(completion, task)
        answer = read_answer(completion, task, self.dialect)
        problem = format_problem(answer, task, reasoning_required=self.reasoning == "required")
        if problem is not None:
            return made(0.0, 0.0, 0.0, problem, answer.attempted)
        found = task.recall(self.profile, answer.key) if answer.key else None
        if found is None:
            found = credit(answer, task, PROFILES[self.profile])
            if answer.key:
                task.remember(self.profile, answer.key, found)
        return made(1.0, found.calls, found.reply, found.code, answer.attempted)


def credit(answer: Answer, task: Task, rules: Profile) -> Credit:
    """How right an answer of good form is."""
    expected = task.expected
    if expected.kind == "calls":
        return _calls(answer, expected, rules)
    if expected.kind == "reply":
        if answer.attempted:
            return Credit(0.0, 0.0, "call:unexpected")
        similarity = max((rules.text(answer.reply, reply) for reply in expected.replies), default=0.0)
        return Credit(0.0, similarity, "reply:differs" if answer.reply else "reply:missing")
    if expected.kind == "abstain":
        return Credit(float(not answer.attempted), 0.0, "call:unexpected")
    known = task.offered.by_name
    if any(call.name in known or not known for call in answer.calls):
        return Credit(1.0, 0.0, None)
    return Credit(0.0, 0.0, "call:unknown_tool" if answer.calls else "call:none")


def _calls(answer: Answer, expected: Expected, rules: Profile) -> Credit:
    matching = match_calls(answer.calls, expected.calls, rules)
    if matching.value == 1.0:
        return Credit(1.0, 0.0, None)
    if not answer.calls:
        return Credit(0.0, 0.0, "call:none")
    copies = "copy" in matching.alone.values()
    code = count_code(len(answer.calls), len(expected.calls), len(matching.pairs), copies)
    return Credit(matching.value, 0.0, code or _argument_code(answer, expected, matching, rules))


def _argument_code(answer: Answer, expected: Expected, matching: Matching, rules: Profile) -> str:
    """The code of the first argument that is not right, in the first pair that is not."""
    pair = next(pair for pair in matching.pairs if pair.similarity < 1.0)
    given, wanted = answer.calls[pair.predicted].arguments, expected.calls[pair.expected].arguments
    reason = next(reason for _, value, reason in argument_credits(given, wanted, rules) if value < 1.0)
    return ARGUMENT_CODES[reason]
