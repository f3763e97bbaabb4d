"""BFCL's memory categories: what a memory holds, and the conversations that fill it before it is asked about.

The conversations of a scenario come one after the other, each with the memory that the one before it has left; then the
questions, each with the memory that the last one has left::

    memory_kv_prereq_0-customer-0, …, memory_kv_prereq_9-customer-9  ->  memory_kv_0-customer-0, …
    what is left: {"core_memory": {"first_name": "Michael"}, "archival_memory": {"order_1": "a coffee machine, …"}}

The memories are the published classes, run like all simulated APIs; what they would write to files is handed on here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starbench.benchmarks.bfcl.categories import CATEGORIES, MEMORIES
from starbench.benchmarks.bfcl.multi_turn.sources import Sources, copied
from starbench.benchmarks.bfcl.multi_turn.world import World
from starbench.benchmarks.bfcl.prompts.texts import Texts
from starbench.tools import read_tools
from starbench.types import Case, Expected

Snapshot = Mapping[str, Any]
"""What a memory holds, as JSON; upstream keeps the same in files."""

LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "memory_kv": ("rank_bm25",),
    "memory_vector": ("sentence_transformers", "faiss"),
    "memory_rec_sum": (),
}
"""Category -> the libraries that its memory searches with."""

_STORES: Mapping[str, tuple[str, ...]] = {
    "MemoryAPI_kv": ("core_memory", "archival_memory"),
    "MemoryAPI_vector": ("core_memory", "archival_memory"),
    "MemoryAPI_rec_sum": ("memory",),
}


def memory_world(sources: Sources, case: Case, left: Snapshot | None) -> World:
    """The memory of a case as the conversation before it has ``left`` it; an empty one where there was none."""
    (name,) = case.source["involved_classes"]
    modules = sources.modules()
    memory = modules.of(name)()
    for store, content in (left or {}).items():
        held = getattr(memory, store)
        if hasattr(held, "load_from_snapshot"):
            held.load_from_snapshot(content)
        else:
            setattr(memory, store, copied(content))
    return World(sources, modules, case.source, {name: memory})


def snapshot(world: World) -> Snapshot:
    """What the memory holds now."""
    ((name, memory),) = world.instances.items()
    held = {store: getattr(memory, store) for store in _STORES[name]}
    exported = {store: value.export() if hasattr(value, "export") else value for store, value in held.items()}
    left: dict[str, Any] = json.loads(json.dumps(exported))
    return left


def told(texts: Texts, case: Case, world: World) -> str:
    """What a model is told of its memory before anything else: who it is, and what it always sees of the memory."""
    ((name, memory),) = world.instances.items()
    text = texts.memory_as_text if name == "MemoryAPI_rec_sum" else texts.memory_in_parts
    return text.format(
        scenario_setting=texts.memory_settings[case.source["scenario"]],
        memory_content=memory._dump_core_memory_to_context(),
    )


def prerequisites(read: Callable[[str], bytes], sources: Sources, category: str, scenario: str) -> list[Case]:
    """The conversations that fill the memory of ``category`` in ``scenario``, in order.

    ``read`` gives the data's files. Nothing is expected of these conversations, and they are never graded.
    """
    name = MEMORIES[category]
    functions = list(sources.documents(name))
    tools = read_tools(functions)
    lines = read(f"data/memory_prereq_conversation/memory_{scenario}.json").splitlines()
    return [
        Case(
            id=entry["id"].replace(CATEGORIES[category].file, category, 1),
            benchmark="bfcl",
            category=f"{category}_prereq",
            messages=tuple(message for turn in entry["question"] for message in turn),
            tools=tools,
            expected=Expected("any_call"),
            source={**entry, "involved_classes": [name], "function": functions},
        )
        for entry in map(json.loads, filter(None, lines))
    ]
