"""verl: ``reward.custom_reward_function.path=pkg://starbench.adapters.verl``, ``name=compute_score``.

verl calls with keywords, a sample at a time, and wants the same float-only keys for every sample::

    compute_score(data_source="xlam", solution_str='<tool_call>…</tool_call>', ground_truth='[{"name": "add", …}]',
                  extra_info={"tools": '[{"name": "add", …}]'})        ->  {"score": 1.0, …}

``+reward.custom_reward_function.reward_kwargs.profile=star`` (or ``.reward=binary``) chooses another reward.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starbench.adapters.base import Sample, configured, score


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    reward: str | None = None,
    profile: str | None = None,
    **_: Any,
) -> dict[str, float]:
    """The value as ``score``, and the parts; ``extra_info`` may hold ``tools`` and ``prompt`` (verl passes neither)."""
    extra = extra_info or {}
    sample = Sample(solution_str, ground_truth, extra.get("tools"), extra.get("prompt"))
    (result,) = score([sample], configured(reward, profile))
    return {"score": result.value, **result.parts}
