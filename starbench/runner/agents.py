"""ACEBench's agents as loops: a transcript that grows by what the simulated world, or a played user, says.

The answer is what upstream's result files hold: the end state, and every message that was run::

    {"result": [{"BaseApi": {"wifi": true, "logged_in": true}}, …], "process": ["[turn_on_wifi()]", …]}

Forty messages after the first end a conversation, whoever wrote them; so do the words "finish conversation".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starbench.backends import Request
from starbench.benchmarks.acebench.agent_calls import agent_calls
from starbench.benchmarks.acebench.agent_prompts import FINISHED, UNREADABLE, AgentPrompts
from starbench.benchmarks.acebench.agent_world import AgentWorld
from starbench.benchmarks.acebench.decode import DecodeFailure
from starbench.runner.loops import Loop, spoken

MESSAGES = 40
"""How many messages may follow the first."""

Entry = Mapping[str, Any]
Asked = Callable[[Sequence[Mapping[str, str]], int], Request]
"""Messages and how many requests went before -> the request."""

_BRACKETS = re.compile(r"\[.*\]")
_PREFIX = re.compile(r"\A(?:user|agent):")


def multi_step(entry: Entry, prompts: AgentPrompts, world: AgentWorld, agent: Asked) -> Loop:
    """An agent that works alone: every message is run, and it sees the question and what came of its messages.

    Its own messages are not in the transcript, as upstream has it.
    """
    transcript = f"user:{entry['question']}\n"
    process: list[str] = []
    for step in range(MESSAGES // 2):
        message = spoken((yield agent(prompts.multi_step(entry, transcript), step)))
        if step and FINISHED in message:
            break
        process.append(message)
        try:
            told: Any = world.perform_steps(agent_calls(message))
        except DecodeFailure:
            told = UNREADABLE
        transcript += f"execution result:{told}\n"
    return {"result": world.end_state(), "process": process}


def multi_turn(entry: Entry, prompts: AgentPrompts, world: AgentWorld, agent: Asked, user: Asked) -> Loop:
    """An agent in a dialogue: its message is run where it is a list of calls, and said to the played user otherwise."""
    said = list(prompts.user(entry))  # the user's own side of the dialogue
    asked = {"agent": 0, "user": 1}
    sender, message = "user", spoken((yield user(said, 0)))
    said.append({"role": "system", "content": message})  # upstream has it so, though these are the user's words
    transcript, process = f"user:{message}\n", list[str]()
    for index in range(MESSAGES):
        if sender == "agent" and _is_run(message):
            process.append(message)
            told = world.perform_turn(agent_calls(message))
            sender, message = "execution", str(told)
            transcript += f"execution:{message}\n"
            continue
        if sender == "agent":
            said.append({"role": "user", "content": _PREFIX.sub("", message)})
            sender, message = "user", spoken((yield user(tuple(said), asked["user"])))
            said.append({"role": "system", "content": message})
        else:
            sender, message = "agent", spoken((yield agent(prompts.multi_turn(entry, transcript), asked["agent"])))
        asked[sender] += 1
        transcript += f"{sender}:{message}\n"
        if index > 1 and FINISHED in message:
            break
    return {"result": world.end_state(), "process": process}


def _is_run(message: str) -> bool:
    """Whether a message goes to the simulated world."""
    if _BRACKETS.search(message) is None:
        return False
    try:
        agent_calls(message)
    except DecodeFailure:
        return False
    return True
