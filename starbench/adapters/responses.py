"""NeMo Gym's ``/verify`` body, for the plug and for our own server.

Example::

    {"responses_create_params": {"input": [...], "tools": [{"type": "function", "name": "add", "parameters": {...}}]},
     "response": {"output": [{"type": "function_call", "name": "add", "arguments": "{\\"a\\": 1}", "call_id": "1"}]},
     "ground_truth": [{"name": "add", "arguments": {"a": 1}}]}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starbench.adapters.base import Sample
from starbench.reward import Reward


def sample(body: Mapping[str, Any]) -> Sample:
    """The body's rollout: its items, its gold and the tools that were offered (no prompt: its tools are those)."""
    return Sample(
        body["response"]["output"], body["ground_truth"], body["responses_create_params"].get("tools") or None
    )


def reply(body: Mapping[str, Any], reward: Reward) -> dict[str, Any]:
    """The body with ``reward`` and the parts as top-level numbers, which NeMo Gym averages."""
    return {**body, "reward": reward.value, **{f"starbench_{name}": value for name, value in reward.parts.items()}}
