"""OpenRLHF: ``--reward.remote_url FILE`` (older: ``--remote_rm_url FILE``), FILE being this one.

OpenRLHF loads the file by its path (so imports are absolute) and passes text, prompt and answer in one string::

    reward_func(["…assistant\\n<tool_call>…</tool_call><|im_end|>"], ["…assistant\\n"], ['[{"name": "add", …}]'])

Only the label column comes through. Tools are read from the prompt's ``<tools>`` block, or from the label where that is
an object with ``ground_truth`` and ``tools``. The server speaks the same through :func:`samples` and :func:`reply`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starbench.adapters.base import Sample, after_prompt, read_label, score
from starbench.reward import Reward


def samples(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> list[Sample]:
    """OpenRLHF's three columns as samples."""
    rows = []
    for query, prompt, label in zip(queries, prompts, labels, strict=True):
        gold, tools = read_label(label)
        rows.append(Sample(after_prompt(query, prompt), gold, tools, prompt))
    return rows


def reply(rewards: Sequence[Reward]) -> dict[str, Any]:
    """OpenRLHF's answer as plain numbers; ``scores`` lie in [0, 1] for its dynamic filtering."""
    parts = rewards[0].parts if rewards else {}
    return {
        "rewards": [r.value for r in rewards],
        "scores": [max(0.0, r.value) for r in rewards],
        "extra_logs": {name: [r.parts[name] for r in rewards] for name in parts},
    }


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any], **_: Any) -> dict[str, Any]:
    """``{"rewards", "scores", "extra_logs"}`` with tensors of shape (len(queries),), as old and new releases want."""
    import torch

    answer = reply(score(samples(queries, prompts, labels)))
    return {
        "rewards": torch.tensor(answer["rewards"]),
        "scores": torch.tensor(answer["scores"]),
        "extra_logs": {name: torch.tensor(values) for name, values in answer["extra_logs"].items()},
    }
