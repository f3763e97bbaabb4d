"""What upstream runs of an agent's message: the calls of a Python list, or of what becomes one.

    agent_calls("[turn_on_wifi(), add_reminder(title='Today', time='09:30')]")
    ->  [AgentCall("turn_on_wifi", {}), AgentCall("add_reminder", {"title": "Today", "time": "09:30"})]

Brackets and quotes are taken off both ends before the text is parsed, so a blank behind the last bracket makes a
message unreadable. Nothing in it is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, NamedTuple

from starbench.benchmarks.acebench.decode import UNREADABLE, DecodeFailure, Reader
from starbench.benchmarks.quiet_source import parse_expression


class AgentCall(NamedTuple):
    """A call as it is run; ``nested`` is the name of a function that an object argument was taken for."""

    name: str
    arguments: Mapping[str, Any]
    nested: str | None = None


def agent_calls(message: str) -> list[AgentCall]:
    """The calls of a message, none where it is an expression of another kind. Raises DecodeFailure and nothing else."""
    try:
        body = parse_expression(_bracketed(message).strip("[]'"))
        if isinstance(body, ast.Call):
            return [_call(body, Reader())]
        if not isinstance(body, (ast.Tuple, ast.List)):
            return []
        reader = Reader()
        return [_call(element, reader) for element in body.elts]
    except UNREADABLE as failure:
        raise DecodeFailure(str(failure)) from None


def _bracketed(message: str) -> str:
    text = message[1:] if message[0] == " " else message  # an empty message is an IndexError upstream too
    text = text if text.startswith("[") else f"[{text}"
    return text if text.endswith("]") else f"{text}]"


def _call(node: ast.expr, reader: Reader) -> AgentCall:
    if not isinstance(node, ast.Call):
        raise ValueError("an element is no call")
    ((name, arguments),) = reader.call(node).items()
    nested = [_nested(value) for value in arguments.values() if isinstance(value, dict)]
    return AgentCall(name, arguments, nested[0] if nested else None)


def _nested(value: Mapping[Any, Any]) -> str:
    """An object as an argument is taken for a call of its first key; what has not that form makes all unreadable."""
    name, arguments = next(iter(value.items()), (None, None))
    if not isinstance(arguments, dict):
        raise AttributeError("an object is taken for a call, and its first value is no object")
    for inner in arguments.values():
        if isinstance(inner, dict):
            _nested(inner)
    return str(name)
