"""The similarity as a reward for reinforcement learning, in [-1, 1], and other rewards behind the same interface.

    base.py        Reward, and what every reward has in common
    sim.py         SimReward: the paper's equation
    form.py        the format rule F
    answer.py      an answer, read;  gold.py: a gold, read;  offered.py: the tools, found;  task.py: what was asked
    star.py        the released reward's own way of reading;  first_come.py: of comparing calls
    baselines.py   binary, format_only, weighted sums;  toolrl.py: ToolRL's reward
    codes.py       what the codes mean

>>> from starbench.reward import SimReward
>>> reward = SimReward()
>>> reward([{"name": "add", "arguments": {"a": 1}}], [{"name": "add", "arguments": {"a": 1, "b": 2}}]).value
0.5
"""

from __future__ import annotations

from starbench.errors import UnknownNameError
from starbench.reward.base import PARTS, Reward, RewardFunction, TaskReward, paper_equation
from starbench.reward.baselines import BinaryReward, FormatReward, WeightedSum, read_terms
from starbench.reward.codes import CODES
from starbench.reward.gold import read_gold
from starbench.reward.sim import SimReward
from starbench.reward.toolrl import ToolRLReward

__all__ = [
    "CODES",
    "PARTS",
    "REWARDS",
    "BinaryReward",
    "FormatReward",
    "Reward",
    "RewardFunction",
    "SimReward",
    "TaskReward",
    "ToolRLReward",
    "WeightedSum",
    "load_reward",
    "paper_equation",
    "read_gold",
]

REWARDS: dict[str, type[TaskReward]] = {
    reward.name: reward for reward in (SimReward, BinaryReward, FormatReward, ToolRLReward)
}
"""The rewards by name."""


def load_reward(name: str, profile: str = "robust") -> TaskReward:
    """The reward of that name under a profile (where it has profiles), or a sum such as ``0.8*sim+0.2*binary``.

    Raises:
        UnknownNameError: there is no such reward or profile.
        InputError: the sum cannot be read, or its weights add up to more than 1.
    """
    if "*" in name or "+" in name:
        return WeightedSum(tuple((weight, load_reward(term, profile)) for weight, term in read_terms(name)))
    if name not in REWARDS:
        raise UnknownNameError.of("reward", name, REWARDS)
    made = REWARDS[name]
    return made(profile=profile) if issubclass(made, SimReward) else made()
