"""From what was written to a :class:`~starbench.Call`: key names, argument objects, positional arguments, typed text.

    read_object({"name": "f", "parameters": {"a": 1}}, HERMES_KEYS, Toolbox())   # Call("f", {"a": 1}), one note

Every liberty taken is in the returned notes. What is not plain without a liberty is a :class:`CallProblem`, unless
repairs are allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.dialects.base import Toolbox
from starbench.dialects.json_text import JsonProblem, read_all_json
from starbench.types import Call


class CallProblem(Exception):
    """Why a value is no call; the message is for people."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Which keys hold the name and the arguments. The first of each is the dialect's own and is used for writing.

    Without any, the name is itself the only key and the arguments its value: ``{"f": {"a": 1}}``.
    """

    name: tuple[str, ...] = ("name",)
    arguments: tuple[str, ...] = ("arguments", "parameters")


HERMES_KEYS = Keys()
LLAMA_KEYS = Keys(arguments=("parameters", "arguments"))
ANY_KEYS = Keys(
    ("name", "function", "tool_name", "function_name", "tool", "api_name"),
    ("arguments", "parameters", "args", "input", "params"),
)

CallNotes = tuple[Call, tuple[str, ...]]


def unwrapped(value: Any) -> Any:
    """The inner object of OpenAI's ``{"type": "function", "function": {…}}``; anything else as it is."""
    if isinstance(value, Mapping) and isinstance(value.get("function"), Mapping):
        return value["function"]
    return value


def looks_like_call(value: Any, keys: Keys = ANY_KEYS) -> bool:
    """Whether a JSON value has a call's shape: a name that is text, and something under an arguments key."""
    value = unwrapped(value)
    if not isinstance(value, Mapping):
        return False
    named = any(isinstance(value.get(key), str) for key in keys.name)
    return named and any(key in value for key in keys.arguments)


def read_object(value: Any, keys: Keys, *, repair: bool = False, text_arguments: bool = False) -> CallNotes:
    """A call out of a JSON object.

    ``text_arguments`` says that arguments are JSON text by the format's own rule (provider messages), so that reading
    them is no repair. Raises :class:`CallProblem`.
    """
    if not keys.name and isinstance(value, Mapping) and len(value) == 1:
        name, given = next(iter(value.items()))
        arguments, liberty = read_arguments_object(given, HERMES_KEYS, repair=repair)
        return Call(name, arguments), liberty
    inner = unwrapped(value)
    notes: list[str] = [] if inner is value else ["read inside the key 'function'"]
    if not isinstance(inner, Mapping):
        raise CallProblem("a call must be a JSON object")
    name_key = next((key for key in keys.name if key in inner), None)
    name = inner.get(name_key) if name_key else None
    if not isinstance(name, str) or not name.strip():
        raise CallProblem(f"there is no name under {keys.name[0]!r}" if keys.name else "there is not one name as key")
    if isinstance(inner.get("description"), str) and _is_schema(inner.get("parameters")):
        raise CallProblem("this is the tool's definition, not a call of it")
    arguments_key = next((key for key in keys.arguments if key in inner), None)
    if name_key != keys.name[0]:
        notes.append(f"name under the key {name_key!r}")
    if arguments_key not in (None, keys.arguments[0]):
        notes.append(f"arguments under the key {arguments_key!r}")
    given = inner[arguments_key] if arguments_key else None
    arguments, liberty = read_arguments_object(given, keys, repair=repair, text_arguments=text_arguments)
    return Call(name.strip(), arguments), (*notes, *liberty)


def _is_schema(value: Any) -> bool:
    """Whether an object under ``parameters`` is a JSON Schema."""
    return isinstance(value, Mapping) and isinstance(value.get("properties"), Mapping)


def objects_of(calls: Iterable[Call], keys: Keys) -> list[dict[str, Any]]:
    """The calls as JSON objects with the dialect's own keys."""
    if not keys.name:
        return [{call.name: dict(call.arguments)} for call in calls]
    return [{keys.name[0]: call.name, keys.arguments[0]: dict(call.arguments)} for call in calls]


def read_arguments_object(
    given: Any, keys: Keys = HERMES_KEYS, *, repair: bool = False, text_arguments: bool = False
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The arguments of a call and the liberties taken: an object, or (where allowed) its JSON text or nothing."""
    if isinstance(given, Mapping):
        return dict(given), ()
    if given is None or (isinstance(given, str) and not given.strip()):
        if text_arguments or repair:
            return {}, ("no arguments read as an empty object",)
        raise CallProblem(f"there is no object under {keys.arguments[0]!r}")
    if isinstance(given, str) and (text_arguments or repair):
        try:
            inner = read_all_json(given)
        except JsonProblem as problem:
            raise CallProblem(f"the arguments' text is {problem}") from None
        if isinstance(inner, dict):
            return inner, () if text_arguments else ("arguments given as JSON text",)
        raise CallProblem("the arguments' text is no JSON object")
    kind = "JSON text" if isinstance(given, str) else f"a {type(given).__name__}"
    raise CallProblem(f"the arguments are {kind}, not an object")


def name_positional(
    name: str, positional: Sequence[Any], named: Mapping[str, Any], toolbox: Toolbox
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Arguments in the order of the tool's parameters, with positional ones named; the liberties taken."""
    if not positional:
        return dict(named), ()
    parameters = list(toolbox.properties(name))
    if name not in toolbox:
        raise CallProblem("positional arguments of a tool that is not offered cannot be named")
    if len(positional) > len(parameters):
        raise CallProblem(f"{len(positional)} positional arguments, but the tool has {len(parameters)} parameters")
    arguments = dict(zip(parameters, positional, strict=False))
    twice = [key for key in named if key in arguments]
    if twice:
        raise CallProblem(f"argument {twice[0]!r} is given twice, by position and by name")
    notes = tuple(f"positional argument {i} read as {key!r}" for i, key in enumerate(arguments, 1))
    return {**arguments, **named}, notes
