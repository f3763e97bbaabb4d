"""TRL: ``GRPOTrainer(reward_funcs=[starbench_reward])``, the same for RLOO.

TRL calls with keywords and whole batches, a dataset row a sample (columns hold JSON text, as Arrow merges objects)::

    starbench_reward(prompts=["…"], completions=['<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>'],
                     completion_ids=[[27, 9]], ground_truth=['[{"name": "add", "arguments": {"a": 1}}]'], tools=[None])

Other settings are bound with ``functools.partial``, which TRL unwraps:
``partial(starbench_reward, reward=SimReward("star"), gold_column="answer")``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starbench.adapters.base import configured
from starbench.reward import RewardFunction


def starbench_reward(
    prompts: Sequence[Any],
    completions: Sequence[Any],
    completion_ids: Sequence[Sequence[int]] | None = None,
    *,
    reward: RewardFunction | None = None,
    part: str | None = None,
    gold_column: str = "ground_truth",
    tools_column: str = "tools",
    tokenizer: Any = None,
    log_metric: Callable[[str, float], None] | None = None,
    log_extra: Callable[[str, list[Any]], None] | None = None,
    **columns: Any,
) -> list[float]:
    """The value of each completion, in [-1, 1]; the parts' means go to ``log_metric``, the codes to ``log_extra``.

    Args:
        reward: the reward to use (default: the one that the environment names).
        part: give this part of the reward instead of its value, to weigh parts as functions of their own.
        tokenizer: score the decoded ``completion_ids`` instead of ``completions``. Where TRL was given ``tools=`` it
            hands over parsed messages with arguments coerced to their types; the raw text shows what the model wrote.
        columns: the other columns of the dataset, of which ``gold_column`` and ``tools_column`` are read.
    """
    if tokenizer is not None and completion_ids is not None:
        completions = tokenizer.batch_decode(completion_ids, skip_special_tokens=False)
    golds = columns[gold_column]
    rewards = (reward or configured()).batch(completions, golds, columns.get(tools_column), prompts)
    if log_metric is not None:
        for name in rewards[0].parts:
            log_metric(f"starbench/{name}", sum(r.parts[name] for r in rewards) / len(rewards))
    if log_extra is not None:
        log_extra("starbench_code", [r.code for r in rewards])
    return [r.value if part is None else r.parts[part] for r in rewards]
