"""ms-swift: ``--external_plugins FILE --reward_funcs starbench``, FILE being this one; ms-swift imports it.

ms-swift calls the reward with the answers' text and every column of the data set as lists::

    Starbench()(['<tool_call>…</tool_call>'], ground_truth=['[{"name": "add", …}]'], tools=['[{"name": "add", …}]'],
                messages=[[{"role": "user", …}, {"role": "assistant", …}]])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from swift.rewards import ORM, orms

from starbench.adapters.base import configured


class Starbench(ORM):
    """The reward that ``STARBENCH_REWARD`` and ``STARBENCH_PROFILE`` name."""

    def __call__(
        self,
        completions: Sequence[str],
        ground_truth: Sequence[Any],
        tools: Sequence[Any] | None = None,
        messages: Sequence[Sequence[Any]] | None = None,
        **_: Any,
    ) -> list[float]:
        """The value of each answer; the messages end with the answer itself."""
        prompts = [turns[:-1] for turns in messages] if messages is not None else None
        return [r.value for r in configured().batch(completions, ground_truth, tools, prompts)]


orms["starbench"] = Starbench
