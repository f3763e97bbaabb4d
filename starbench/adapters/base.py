"""What the plugs share: a sample, the reward that the environment names, and how a label carries its tools.

Example of a label for codebases that pass one column through and nothing else::

    {"ground_truth": [{"name": "add", "arguments": {"a": 1}}], "tools": [{"name": "add", "parameters": {...}}]}

A label without the key ``ground_truth`` is the gold itself, in any form that the reward reads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from starbench.reward import Reward, RewardFunction, load_reward


class Sample(NamedTuple):
    """One rollout: what the model answered, what was wanted, and, if known, the offered tools and the prompt."""

    completion: Any
    gold: Any
    tools: Any = None
    prompt: Any = None


@cache
def configured(name: str | None = None, profile: str | None = None) -> RewardFunction:
    """The reward called ``name`` under ``profile``.

    What is not given is taken from ``STARBENCH_REWARD`` and ``STARBENCH_PROFILE``; else it is ``sim``, ``robust``.

    Raises:
        UnknownNameError: there is no such reward or profile.
    """
    name = name or os.environ.get("STARBENCH_REWARD") or "sim"
    return load_reward(name, profile=profile or os.environ.get("STARBENCH_PROFILE") or "robust")


def score(samples: Sequence[Sample], reward: RewardFunction | None = None) -> list[Reward]:
    """A reward for each sample, in order."""
    completions, golds, tools, prompts = ([*column] for column in zip(*samples, strict=True)) if samples else ([],) * 4
    return (reward or configured()).batch(completions, golds, tools, prompts)


def read_label(label: Any) -> tuple[Any, Any]:
    """Gold and tools: those of a label that is an object (or its JSON) with ``ground_truth``, else itself and None."""
    value = label
    if isinstance(label, str) and '"ground_truth"' in label:
        try:
            value = json.loads(label)
        except (ValueError, RecursionError):
            return label, None
    if isinstance(value, dict) and "ground_truth" in value:
        return value["ground_truth"], value.get("tools")
    return label, None


def after_prompt(query: str, prompt: str) -> str:
    """What the model wrote in ``query``, the prompt followed by the answer.

    The prompt inside ``query`` may have been cut from the left to fit the context; then its end is looked for. A query
    that holds no end of the prompt is given back whole.
    """
    if query.startswith(prompt):
        return query[len(prompt) :]
    tail = prompt[-32:]
    end = query.find(tail)
    while tail and end >= 0:
        end += len(tail)
        if prompt.endswith(query[:end]):
            return query[end:]
        end = query.find(tail, end)
    return query
