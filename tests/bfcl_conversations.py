"""BFCL's conversations for tests: the simulated APIs, entries, and an entry's own answer as a model would give it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest

from starbench import store
from starbench.benchmarks.bfcl.multi_turn import Sources
from starbench.benchmarks.bfcl.multi_turn.gold import answer_call
from starbench.benchmarks.bfcl.multi_turn.world import World
from starbench.errors import DataUnavailableError
from starbench.tools import read_tools
from starbench.types import Call, Tool

CATEGORIES = ("multi_turn_base", "multi_turn_miss_func", "multi_turn_miss_param", "multi_turn_long_context")

Entry = Mapping[str, Any]


@lru_cache(maxsize=1)
def folder() -> store.DataFolder:
    """The checked data; the calling test is skipped where it cannot be had."""
    try:
        return store.obtain("bfcl")
    except DataUnavailableError as error:
        pytest.skip(f"BFCL's data cannot be had: {error}")


@lru_cache(maxsize=1)
def sources() -> Sources:
    """The simulated APIs."""
    return Sources(folder().read)


@lru_cache(maxsize=4)
def entries(category: str) -> Mapping[str, Entry]:
    """The entries of a multi-turn category by id, each with its answer."""
    asked, answered = (
        [json.loads(line) for line in folder().read(f"data/{place}BFCL_v4_{category}.json").splitlines()]
        for place in ("", "possible_answer/")
    )
    return {
        entry["id"]: entry | {"ground_truth": answer["ground_truth"]}
        for entry, answer in zip(asked, answered, strict=True)
    }


def entry(id: str) -> Entry:
    """One entry, with its answer."""
    return entries(id.rsplit("_", 1)[0])[id]


def world(of: Entry) -> World:
    """One side of a conversation."""
    return World(sources(), sources().modules(), of)


@lru_cache(maxsize=64)
def _tools(classes: tuple[str, ...]) -> tuple[Tool, ...]:
    return read_tools([document for name in classes for document in sources().documents(name)])


def tools(of: Entry) -> tuple[Tool, ...]:
    """The tools of an entry."""
    return _tools(tuple(of["involved_classes"]))


def gold(of: Entry) -> list[list[Call]]:
    """The answer's calls, turn by turn, with every argument by its name."""
    parameters = world(of).parameters
    return [[answer_call(text, parameters) for text in turn] for turn in of["ground_truth"]]


def as_rows(turns: list[list[Call]]) -> list[Any]:
    """Calls as a function-calling model's result: a step a turn, then a reply."""
    return [[[{call.name: json.dumps(dict(call.arguments))} for call in turn], "Done."] for turn in turns]


def as_text(turns: list[list[Call]]) -> list[Any]:
    """Calls as a prompted model's result: a step a turn, then a reply."""
    return [[f"[{', '.join(map(_source, turn))}]", "Done."] for turn in turns]


def _source(call: Call) -> str:
    return f"{call.name}({', '.join(f'{name}={value!r}' for name, value in call.arguments.items())})"
