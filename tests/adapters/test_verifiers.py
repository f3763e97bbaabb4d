"""verifiers: plugged into a task's configuration and scored by the task itself, where it is installed.

The contract is that of verifiers 0.4.0 (``v1/task.py``, ``v1/utils/loaders.py``, ``v1/types.py``).
"""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

import pytest
from weather_task import GOLD, TOOL

from starbench.adapters.verifiers import starbench_parts, starbench_reward
from starbench.reward import SimReward

CALL = {"id": "1", "name": "get_weather", "arguments": '{"city": "Paris", "days": 3}'}
WRONG = {**CALL, "arguments": '{"city": "Paris", "days": 5}'}


def recorded(call: dict[str, str]) -> tuple[Any, Any]:
    """A task's data and a trace with the fields of verifiers 0.4.0 that are read."""
    tool = SimpleNamespace(model_dump=lambda include: {key: TOOL["function"][key] for key in include})
    answer = SimpleNamespace(content=None, reasoning_content="hm", tool_calls=[SimpleNamespace(**call)])
    return SimpleNamespace(ground_truth=GOLD), SimpleNamespace(assistant_messages=[answer], tools=[tool])


def test_the_recorded_call() -> None:
    right, wrong = (asyncio.run(starbench_reward(*recorded(call))) for call in (CALL, WRONG))
    assert right == 1.0 > wrong > 0.0
    parts = asyncio.run(starbench_parts(*recorded(CALL)))
    assert parts.keys() == SimReward()("", GOLD).parts.keys()
    assert inspect.iscoroutinefunction(starbench_reward), "verifiers awaits its rewards together"


@pytest.mark.filterwarnings("ignore")
def test_the_real_task() -> None:
    vf = pytest.importorskip("verifiers.v1", reason="verifiers is not installed here")
    from verifiers.v1.configs.task import TaskConfig
    from verifiers.v1.graph import MessageNode
    from verifiers.v1.trace import AgentInfo, Trace, TraceTask
    from verifiers.v1.types import AssistantMessage, Tool, ToolCall, UserMessage

    class Data(vf.TaskData):
        ground_truth: str

    class Weather(vf.Task[Data]):
        pass

    plugged = {"fn": "starbench.adapters.verifiers:starbench_reward"}
    parts = {"fn": "starbench.adapters.verifiers:starbench_parts"}
    config = TaskConfig.model_validate({"rewards": {"starbench": plugged}, "metrics": {"starbench_parts": parts}})
    task = Weather(Data(prompt="Weather in Paris?", ground_truth=GOLD), config)

    def trace(call: dict[str, str]) -> Any:
        nodes = [
            MessageNode(message=UserMessage(content="Weather in Paris?")),
            MessageNode(parent=0, sampled=True, message=AssistantMessage(tool_calls=[ToolCall(**call)])),
        ]
        tools = [Tool(**TOOL["function"])]
        about = TraceTask(type="Weather", data=task.data)
        return Trace.model_construct(
            task=about, nodes=nodes, tools=tools, agent=AgentInfo.model_construct(), rewards={}, metrics={}
        )

    right, wrong = trace(CALL), trace(WRONG)
    asyncio.run(task.score(right))
    asyncio.run(task.score(wrong))
    assert right.rewards["starbench"].value == 1.0 > wrong.rewards["starbench"].value > 0.0
    assert right.metrics.keys() == SimReward()("", GOLD).parts.keys()
