"""The 2,048 rows that reward speed is measured on: ``{prompt, completion, label}`` in the released reward's own form.

Independent rows are the mix of a rollout as the specification measured it: the 1,024 golden rows, each with its own
prompt, and as many answers to the 400 tasks of ToolRL; 4.2 % have a reply as gold, and reasoning is 1.3 kB in the mean.
Rows made here answer tasks of xLAM and ToolRL with ToolRL's reasoning, each changed in one of ten ways (right, one
value wrong, an argument left out).
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, str]
Calls = list[dict[str, Any]]
Tasks = list[dict[str, Any]]
REPLY_SHARE = 0.042
_HEAD = (
    "<|im_start|>system\n# Tools\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n"
)
_MIDDLE = (
    "\n</tools>\n\nFor each function call, return a json object with function name and arguments within "
    '<tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n'
    "</tool_call><|im_end|>\n<|im_start|>user\n"
)
_TAIL = "<|im_end|>\n<|im_start|>assistant\n<think>"
_TOOL = re.compile(r"\d+\. Name: (.*)\nDescription: (.*)\nParameters: (.*)")


def independent_rows(shared: Path, count: int = 2048) -> list[Row]:
    """Rows in no order, over 1,424 prompts: as a rollout has them whose batches are cut without regard to groups."""
    chance = random.Random(0)
    toolrl = _toolrl_tasks(shared)
    calls, replies = ([task for task in toolrl if bool(task["calls"]) is wanted] for wanted in (True, False))
    return _mixed(shared, calls, replies, count, chance)


def distinct_rows(shared: Path, count: int = 2048) -> list[Row]:
    """The same with nearly as many prompts as rows, so that next to nothing can be remembered."""
    chance = random.Random(0)
    return _mixed(shared, *_tasks(shared, chance), count, chance)


def _mixed(shared: Path, calls: Tasks, replies: Tasks, count: int, chance: random.Random) -> list[Row]:
    rows = _golden(shared)[: count // 2]
    rows += [_reply_row(task, chance) for task in _cycled(replies, round(count * REPLY_SHARE))]
    rows += [_call_row(task, chance) for task in _cycled(calls, count - len(rows))]
    chance.shuffle(rows)
    return rows


def grouped_rows(shared: Path, prompts: int = 256, group: int = 8) -> list[Row]:
    """Groups of answers to one prompt, as GRPO samples them."""
    chance = random.Random(1)
    calls, replies = _tasks(shared, chance)
    wanted_replies = round(prompts * REPLY_SHARE)
    tasks = [(_call_row, task) for task in calls[: prompts - wanted_replies]]
    tasks += [(_reply_row, task) for task in replies[:wanted_replies]]
    return [make(task, chance) for make, task in tasks for _ in range(group)]


def reply_rows(shared: Path, count: int = 256) -> list[Row]:
    """Rows whose gold is a reply."""
    chance = random.Random(2)
    return [_reply_row(task, chance) for task in _cycled(_tasks(shared, chance)[1], count)]


def _golden(shared: Path) -> list[Row]:
    with gzip.open(shared / "golden" / "simrl_rewards.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [{key: row[key] for key in ("prompt", "completion", "label")} for row in map(json.loads, lines)]


def _tasks(shared: Path, chance: random.Random) -> tuple[Tasks, Tasks]:
    """Tasks with calls and with replies as gold: ``{prompt, thought, calls | reply, tools}``."""
    toolrl = _toolrl_tasks(shared)
    thoughts = [task["thought"] for task in toolrl]
    with (shared / "data" / "xlam_1024.jsonl").open(encoding="utf-8") as lines:
        xlam = [_xlam_task(json.loads(line), chance.choice(thoughts)) for line in lines]
    calls = [task for task in toolrl if task["calls"]] + xlam
    chance.shuffle(calls)
    return calls, [task for task in toolrl if not task["calls"]]


def _toolrl_tasks(shared: Path) -> Tasks:
    with (shared / "data" / "rlla_sft_400.json").open(encoding="utf-8") as file:
        return [task for task in map(_toolrl_task, json.load(file)) if task]


def _xlam_task(row: dict[str, Any], thought: str) -> dict[str, Any]:
    question, answer = row["messages"][0]["content"], row["messages"][-1]
    return {
        "prompt": _prompt(row["tools"], question),
        "thought": thought,
        "calls": answer["tool_calls"],
        "tools": row["tools"],
    }


def _toolrl_task(row: dict[str, str]) -> dict[str, Any] | None:
    tools = [
        {"name": name, "description": about, "parameters": json.loads(parameters)}
        for name, about, parameters in _TOOL.findall(row["instruction"])
    ]
    thought = _inside(row["output"], "think")
    answer = row["output"].rpartition("</think>")[2]
    found = [json.loads(line) for line in _inside(answer, "tool_call").splitlines()]
    calls = [{"name": call["name"], "arguments": call["parameters"]} for call in found]
    reply = _inside(answer, "response")
    if not tools or not (calls or reply):
        return None
    task = {"prompt": _prompt(tools, row["input"]), "thought": thought, "calls": calls, "tools": tools}
    return task if calls else {**task, "reply": reply}


def _inside(text: str, tag: str) -> str:
    match = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return match[1].strip() if match else ""


def _prompt(tools: list[dict[str, Any]], question: str) -> str:
    return _HEAD + "\n".join(map(json.dumps, tools)) + _MIDDLE + question + _TAIL


def _cycled(tasks: Tasks, count: int) -> Iterator[dict[str, Any]]:
    return (tasks[index % len(tasks)] for index in range(count))


def _row(task: dict[str, Any], answer: str, label: str) -> Row:
    completion = f"{task['thought']}</think>\n\n{answer}<|im_end|>"
    return {"prompt": task["prompt"], "completion": completion, "label": f"</think>{label}<|im_end|>\n"}


def _written(calls: Calls) -> str:
    return "\n".join(f"<tool_call>\n{json.dumps(call)}\n</tool_call>" for call in calls)


def _call_row(task: dict[str, Any], chance: random.Random) -> Row:
    calls = json.loads(json.dumps(task["calls"]))
    return _row(task, chance.choice(CHANGES)(calls, chance), _written(task["calls"]))


def _reply_row(task: dict[str, Any], chance: random.Random) -> Row:
    words = task["reply"].split()
    changed = [word for word in words if chance.random() > 0.3] + chance.choices(words, k=len(words) // 4)
    return _row(task, chance.choice([task["reply"], " ".join(changed)]), task["reply"])


def _value(calls: Calls, chance: random.Random) -> str:
    arguments = chance.choice(calls)["arguments"]
    if arguments:
        name = chance.choice([*arguments])
        arguments[name] = f"{arguments[name]} for" if isinstance(arguments[name], str) else 7
    return _written(calls)


def _left_out(calls: Calls, chance: random.Random) -> str:
    arguments = chance.choice(calls)["arguments"]
    if arguments:
        del arguments[chance.choice([*arguments])]
    return _written(calls)


CHANGES: list[Callable[[Calls, random.Random], str]] = [
    lambda calls, _: _written(calls),
    lambda calls, _: _written(calls),
    lambda calls, _: _written(calls[::-1]),
    _value,
    _value,
    _left_out,
    lambda calls, _: _written([*calls, calls[0]]),
    lambda calls, _: _written(calls[:-1]) or "I cannot do that.",
    lambda calls, _: _written(calls).replace('"arguments"', "'arguments'", 1),
    lambda calls, _: _written(calls).removesuffix("</tool_call>"),
    lambda calls, _: _written([{**calls[0], "name": "no_such_tool"}, *calls[1:]]),
]
"""Ways to answer; what they are worth follows from the data."""
