"""slime is not on a package index: its contract is recorded from the repository (commit 624b824a, August 2026).

``slime/rollout/rm_hub/__init__.py`` awaits ``custom_rm(args, sample)``, with a list of samples under ``--group-rm``.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from weather_task import ANSWERS, GOLD, PROMPT, TOOL, TOOLS

from starbench.adapters import ADAPTERS
from starbench.reward import SimReward


@dataclass
class Rollout:
    """The fields of slime's ``Sample`` that are read, with its defaults."""

    prompt: str | list[dict[str, str]] = ""
    response: str = ""
    label: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


def load() -> Any:
    """The function by its dotted path, as slime loads it."""
    module, _, name = ADAPTERS["slime"].replace(":", ".").rpartition(".")
    return getattr(importlib.import_module(module), name)


def test_a_sample_and_a_group(values: list[float]) -> None:
    args = SimpleNamespace(reward_key=None)
    group = [Rollout(PROMPT, answer, GOLD, {"tools": [TOOL]}) for answer in ANSWERS]
    assert [asyncio.run(load()(args, sample)) for sample in group] == values
    assert asyncio.run(load()(args, group)) == values


def test_tools_may_come_with_the_label(values: list[float]) -> None:
    label = json.dumps({"ground_truth": json.loads(GOLD), "tools": json.loads(TOOLS)})
    messages = [{"role": "user", "content": "Weather in Paris?"}]
    group = [Rollout(messages, answer, label) for answer in ANSWERS]
    assert asyncio.run(load()(SimpleNamespace(), group)) == values


def test_a_reward_key_asks_for_the_parts() -> None:
    args = SimpleNamespace(reward_key="score")
    got = asyncio.run(load()(args, Rollout(PROMPT, ANSWERS[0], GOLD)))
    assert got["score"] == 1.0
    assert got.keys() == {"score", *SimReward()("", GOLD).parts}
