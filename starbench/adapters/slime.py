"""slime: ``--custom-rm-path starbench.adapters.slime.custom_rm`` (with or without ``--group-rm``).

slime awaits the function with a sample, or with a list of them for a group::

    await custom_rm(args, Sample(prompt="…", response="<tool_call>…</tool_call>", label='[{"name": "add", …}]',
                                 metadata={"tools": [...]}))           ->  1.0

With ``--reward-key score`` it gives ``{"score": 1.0, …}`` with the reward's parts, else the bare number.
"""

from __future__ import annotations

from typing import Any

from starbench.adapters.base import Sample, read_label, score
from starbench.reward import Reward


def sample(rollout: Any) -> Sample:
    """slime's sample as ours."""
    gold, tools = read_label(rollout.label)
    metadata = rollout.metadata if isinstance(rollout.metadata, dict) else {}
    return Sample(rollout.response, gold, metadata.get("tools", tools), rollout.prompt)


def reply(reward: Reward, keyed: bool) -> float | dict[str, float]:
    """What slime stores as the sample's reward."""
    return {"score": reward.value, **reward.parts} if keyed else reward.value


async def custom_rm(args: Any, rollout: Any, **_: Any) -> Any:
    """The reward of a sample, or the list of rewards of a group."""
    group = rollout if isinstance(rollout, list) else [rollout]
    keyed = bool(getattr(args, "reward_key", None))
    rewards = [reply(r, keyed) for r in score([sample(s) for s in group])]
    return rewards if isinstance(rollout, list) else rewards[0]
