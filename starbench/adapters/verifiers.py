"""verifiers (v1): functions that a task's configuration plugs in by their import path.

Example, in the TOML of an evaluation or of prime-rl::

    [env.taskset.task.rewards.starbench]
    fn = "starbench.adapters.verifiers:starbench_reward"

The task's data needs a field ``ground_truth`` (or ``answer``). The model's messages are scored as the serving side
parsed them: a call that its parser dropped is not in the trace.
"""

from __future__ import annotations

from typing import Any

from starbench.adapters.base import Sample, score
from starbench.reward import Reward


def message(answer: Any) -> dict[str, Any]:
    """An assistant message of a trace as a chat message."""
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
        for c in answer.tool_calls or ()
    ]
    return {
        "role": "assistant",
        "content": answer.content,
        "reasoning_content": answer.reasoning_content,
        "tool_calls": calls,
    }


def judge(task: Any, trace: Any) -> Reward:
    """The reward of a finished trace."""
    gold = getattr(task, "ground_truth", None) or getattr(task, "answer", None)
    tools = [t.model_dump(include={"name", "description", "parameters"}) for t in trace.tools]
    (result,) = score([Sample([message(m) for m in trace.assistant_messages], gold, tools or None)])
    return result


async def starbench_reward(task: Any, trace: Any) -> float:
    """The value, in [-1, 1]: a plugged ``rewards`` entry."""
    return judge(task, trace).value


async def starbench_parts(task: Any, trace: Any) -> dict[str, float]:
    """The parts: a plugged ``metrics`` entry."""
    return judge(task, trace).parts
