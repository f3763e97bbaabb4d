"""Records of public data sets -> rows, one reader a form.

    xlam      {"query": "…", "tools": "[{…}]", "answers": "[{\\"name\\": …, \\"arguments\\": {…}}]"}   JSON as text
              or {"messages": [user, assistant with tool_calls], "tools": [{…}]}
    toolace   {"system": "… list of functions … [{…}]", "conversations": [{"from": "user", "value": "…"},
               {"from": "assistant", "value": "[Market Trends API(trend_type=\\"INDEX\\")]"}, {"from": "tool", …}]}
    chat      {"conversations" or "messages": [{"role": "user", "content": "…"},
               {"role": "assistant", "content": "<think>…</think><tool_call>…</tool_call>"}], "tools": […]}
    rlla      {"instruction": "… **Available Tools** … 1. Name: … Parameters: {…}", "input": "<user> … </user>",
               "output": "<think> … </think><tool_call>…</tool_call><response> … </response>"}

A conversation gives one row for each turn of the assistant. Names of functions that are no words ("Market Trends API")
get underscores, in tools and in calls alike, because neither servers nor most models can call them otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starbench import parse
from starbench.errors import InputError
from starbench.tools import read_tools
from starbench_train.data.rows import message_text

Row = dict[str, Any]
_NO_WORD = re.compile(r"[^A-Za-z0-9_.-]+")
ROLES = {"human": "user", "gpt": "assistant", "function": "tool", "observation": "tool"}


def xlam(record: Mapping[str, Any]) -> Iterator[Row]:
    """One question, all calls at once; no call where ``answers`` is empty."""
    if "messages" in record:
        yield {"id": record["id"], "messages": record["messages"], "tools": _json(record["tools"])}
        return
    calls = _json(record["answers"])
    yield {
        "messages": [{"role": "user", "content": record["query"]}],
        "tools": _json(record["tools"]),
        "answer": {"role": "assistant", "content": "", "tool_calls": calls},
        "expected": calls,
    }


def toolace(record: Mapping[str, Any]) -> Iterator[Row]:
    """Calls in Python's notation, of functions that the system prompt lists."""
    tools, names = _plain_names(_first_list(record["system"]))
    turns = [_turn(turn) for turn in record["conversations"]]
    for turn in turns:
        if turn["role"] == "assistant":
            for name, plain in names.items():
                turn["content"] = turn["content"].replace(f"{name}(", f"{plain}(")
    yield from _answers(turns, tools, "bfcl-prompt")


def chat(record: Mapping[str, Any]) -> Iterator[Row]:
    """Roles and texts; the assistant's calls inside its text or beside it."""
    turns = record.get("conversations", record.get("messages"))
    if not isinstance(turns, Sequence) or isinstance(turns, str):
        raise InputError('a record needs "conversations" or "messages"')
    yield from _answers([_turn(turn) for turn in turns], _json(record.get("tools") or []), "auto")


def rlla(record: Mapping[str, Any]) -> Iterator[Row]:
    """A dialogue as one text, and the one turn that is to follow it."""
    tools, names = _plain_names(_numbered_tools(record["instruction"]))
    turns = [{"role": "user", "content": record["input"].partition("**Dialogue Records History**")[2].strip()}]
    single = re.fullmatch(r"<user>(.*)</user>", turns[0]["content"], re.DOTALL)
    if single and "</user>" not in single[1]:
        turns[0]["content"] = single[1].strip()
    output = record["output"]
    for name, plain in names.items():
        output = output.replace(json.dumps(name), json.dumps(plain))
    output = re.sub(r"</?response>", "", output)
    yield from _answers([*turns, {"role": "assistant", "content": output}], tools, "hermes")


def _answers(turns: list[Row], tools: list[Any], dialect: str) -> Iterator[Row]:
    """A row for every turn of the assistant, the turns before it being the prompt."""
    clean = read_tools(tools)
    for place, turn in enumerate(turns):
        if turn["role"] != "assistant" or place == 0:
            continue
        turns[place] = answer = _spoken(turn, clean, dialect)
        yield {"messages": [_said_before(t) for t in turns[:place]], "tools": tools, "answer": answer}


def _said_before(turn: Row) -> Row:
    """A turn of the past: what was thought then is not shown again."""
    return {name: value for name, value in turn.items() if name != "reasoning_content"}


def _spoken(turn: Row, tools: Any, dialect: str) -> Row:
    """An assistant's turn with its calls and its reasoning apart from its text."""
    if turn.get("tool_calls"):
        return turn
    output = parse(turn["content"], dialect, tools)
    if output.failed:
        raise InputError(f"a call cannot be read: {output.failed[0].raw[:80]!r}")
    calls = [{"name": call.name, "arguments": dict(call.arguments)} for call in output.calls]
    said: Row = {"role": "assistant", "content": output.reply}
    if output.reasoning:
        said["reasoning_content"] = output.reasoning
    if calls:
        said["tool_calls"] = calls
    return said


def _turn(turn: Mapping[str, Any]) -> Row:
    """A turn as role and content, whichever words it uses for them."""
    role = turn.get("role", turn.get("from"))
    if "value" in turn:
        return {"role": ROLES.get(str(role), role), "content": str(turn["value"])}
    return {**turn, "role": ROLES.get(str(role), role), "content": message_text(turn)}


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _first_list(text: str) -> list[Any]:
    """The first JSON list of objects in a text."""
    for found in re.finditer(r"\[\s*\{", text):
        try:
            value, _ = json.JSONDecoder().raw_decode(text[found.start() :])
        except ValueError:
            continue
        return list(value)
    raise InputError("the system prompt lists no functions")


def _numbered_tools(text: str) -> list[Row]:
    """Tools written as "1. Name: …", "Description: …", "Parameters: {…}"."""
    pattern = r"^\d+\. Name: (.*)\n(?:Description: ((?:.|\n)*?)\n)?Parameters: (\{.*\})$"
    return [
        {"name": name, "description": description or "", "parameters": json.loads(parameters)}
        for name, description, parameters in re.findall(pattern, text, re.MULTILINE)
    ]


def _plain_names(tools: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """Tools with names that are words, and old name -> new name where they were none."""
    renamed: dict[str, str] = {}
    for tool in tools:
        plain = _NO_WORD.sub("_", tool["name"]).strip("_")
        if plain != tool["name"]:
            renamed[tool["name"]] = plain
    return [{**tool, "name": renamed.get(tool["name"], tool["name"])} for tool in tools], renamed
