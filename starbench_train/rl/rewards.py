"""starbench's reward as TRL takes it, and what the trainer needs beside the number.

TRL's contract is one float an answer. The filter looks at the *answer score* in [0, 1] (0 where the format is broken),
the advantage at the *reward* in [-1, 1], the report at parts and categories. So the reward is wrapped in something that
remembers its last batch::

    reward = Remembering(SimReward())
    function = trl_reward(reward, tokenizer)          # starbench.adapters.trl.starbench_reward, bound
    function(prompts=[…], completions=[…], completion_ids=[…], ground_truth=[…], tools=[…])     -> [0.5, -1.0]
    [answer_score(r) for r in reward.last]                                                       -> [0.5, 0.0]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from starbench.adapters.trl import starbench_reward
from starbench.reward import Reward, RewardFunction, SimReward, load_reward

GOLD, TOOLS, CATEGORY = "ground_truth", "tools", "category"
"""Columns of the data set beside ``prompt``; gold and tools are JSON text, as Arrow would merge objects."""


class Remembering:
    """A reward that keeps what it gave to the last batch in :attr:`last`."""

    def __init__(self, reward: RewardFunction) -> None:
        self._reward = reward
        self.last: list[Reward] = []

    @property
    def name(self) -> str:
        """The name of the reward inside."""
        return self._reward.name

    @property
    def source(self) -> str:
        """Where the rule of the reward inside comes from."""
        return self._reward.source

    def __call__(self, completion: Any, gold: Any, tools: Any = None, prompt: Any = None) -> Reward:
        """The reward of one answer."""
        return self._reward(completion, gold, tools, prompt)

    def batch(
        self, completions: Sequence[Any], golds: Sequence[Any], tools: Any = None, prompts: Any = None
    ) -> list[Reward]:
        """The rewards of many answers, kept until the next batch."""
        self.last = self._reward.batch(completions, golds, tools, prompts)
        return self.last


def answer_score(reward: Reward) -> float:
    """How right the answer is, in [0, 1]: what the filter looks at. 0 where the format is broken.

    Rewards made of several (a weighted sum) have parts of several names; theirs is the value itself, cut off at 0.
    """
    parts = reward.parts
    if "calls" in parts and "reply" in parts:
        return min(1.0, parts["calls"] + parts["reply"])
    return max(0.0, reward.value)


def made_reward(name: str, profile: str, reasoning: str = "optional", dialect: str = "auto") -> RewardFunction:
    """The reward that settings name; ``reasoning`` and ``dialect`` apply to ``sim``."""
    if name == "sim":
        return SimReward(profile, dialect, reasoning)  # type: ignore[arg-type]
    return load_reward(name, profile)


def trl_reward(reward: RewardFunction, tokenizer: Any) -> Callable[..., list[float]]:
    """The function for ``GRPOTrainer(reward_funcs=…)``.

    It reads the ids of an answer and not TRL's text: that leaves out special tokens, and in some tokenizers the tags of
    reasoning and calls are special.
    """
    function = partial(starbench_reward, reward=reward, gold_column=GOLD, tools_column=TOOLS, tokenizer=tokenizer)
    function.__name__ = reward.name  # type: ignore[attr-defined]  # the name in TRL's metrics
    return function
