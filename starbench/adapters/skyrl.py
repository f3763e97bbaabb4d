"""SkyRL: an environment of one turn; this module is imported by SkyRL, so skyrl_gym is there.

Example, in the entry point that Ray runs::

    register(id="starbench", entry_point="starbench.adapters.skyrl:StarbenchEnv")

A row of the data set: ``{"prompt": [...], "env_class": "starbench", "reward_spec": {"method": "rule", "ground_truth":
"[…]"}, "tools": "[…]"}``; calls and tools as JSON text, because parquet fills objects up with nulls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

from starbench.adapters.base import Sample, configured, score


class StarbenchEnv(BaseTextEnv):
    """Scores the first answer and is done. ``env_config`` may name ``reward`` and ``profile``."""

    def __init__(self, env_config: Any = None, extras: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        extras, config = extras or {}, env_config or {}
        self._gold = extras["reward_spec"]["ground_truth"]
        self._tools = extras.get("tools")
        self._prompt: Any = None
        self._reward = configured(config.get("reward"), config.get("profile"))
        self._metrics: dict[str, float] = {}

    def init(self, prompt: Any) -> tuple[Any, dict[str, Any]]:
        """Keep the prompt, whose ``<tools>`` block counts where the row names no tools."""
        self._prompt = prompt
        return prompt, {}

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """The reward of ``action``; the environment is done."""
        (result,) = score([Sample(action, self._gold, self._tools, self._prompt)], self._reward)
        self._metrics = dict(result.parts)
        return BaseTextEnvStepOutput(observations=[], reward=result.value, done=True, metadata={"code": result.code})

    def get_metrics(self) -> dict[str, float]:
        """The reward's parts, which SkyRL averages."""
        return self._metrics
