"""BFCL's entries, read from its files when first asked for.

An entry is the published one with its answer beside it; a category's file and answer file are aligned by position::

    {"id": "simple_python_0", "question": [[{"role": "user", "content": "Find the area of …"}]],
     "function": [{"name": "calculate_triangle_area", "description": "…", "parameters": {"type": "dict", …}}],
     "ground_truth": [{"calculate_triangle_area": {"base": [10], "height": [5], "unit": ["units", ""]}}]}

A conversation has no functions of its own in the files; those of its classes are put in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from starbench.benchmarks.bfcl.categories import CATEGORIES, CONFIGURATIONS, Category, Place
from starbench.benchmarks.bfcl.multi_turn.sources import Sources
from starbench.errors import DataUnavailableError, UnknownNameError
from starbench.store import DataFolder
from starbench.tools import read_tools
from starbench.types import Tool

Entry = Mapping[str, Any]

_CLASSES = {"memory_kv": "MemoryAPI_kv", "memory_vector": "MemoryAPI_vector", "memory_rec_sum": "MemoryAPI_rec_sum"}
"""Category -> the one of the memories that its conversations have; the entries only say that they have one."""


class Entries:
    """All entries by category and id; each category is read once, on first use.

    ``sources`` are the simulated APIs that conversations call.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.sources = Sources(folder.read)
        self._read: dict[str, dict[str, Entry]] = {}
        self._derived: dict[str, None] | None = None
        self._tools: dict[tuple[str, ...], tuple[Tool, ...]] = {}

    def of(self, category: Category) -> Mapping[str, Entry]:
        """The entries of a category whose cases stand in files of their own, by id, in order."""
        if category.name not in self._read:
            self._read[category.name] = self._load(category)
        return self._read[category.name]

    def at(self, place: Place) -> Entry:
        """The entry for ``place``; UnknownNameError where the category has none of that id."""
        entry = self.of(place.base_category).get(place.base)
        if entry is None or (place.category is not place.base_category and place.id not in self.derived_ids()):
            raise UnknownNameError(f"BFCL's category {place.category.name} has no case {place.id!r}")
        return entry

    def tools(self, entry: Entry) -> tuple[Tool, ...]:
        """The functions of an entry as tools; those of a conversation are read once for all with the same classes."""
        classes = tuple(entry.get("involved_classes", ()))
        if not classes:
            return read_tools(entry["function"])
        if classes not in self._tools:
            self._tools[classes] = read_tools(entry["function"])
        return self._tools[classes]

    def ids(self, category: Category) -> list[str]:
        """The ids of a category, in order."""
        return list(self.derived_ids() if category.group == "format_sensitivity" else self.of(category))

    def derived_ids(self) -> Mapping[str, None]:
        """The ids of ``format_sensitivity``: each chosen entry, in the order of its file, in each configuration."""
        if self._derived is None:
            chosen = json.loads(self._folder.read("data/BFCL_v4_format_sensitivity.json"))
            bases = [id for name, ids in chosen.items() for id in self.of(CATEGORIES[name]) if id in set(ids)]
            numbered = enumerate((configuration, base) for base in bases for configuration in CONFIGURATIONS)
            self._derived = {f"format_sensitivity_{n}:{form}:{base}": None for n, (form, base) in numbered}
        return self._derived

    def _load(self, category: Category) -> dict[str, Entry]:
        name = f"BFCL_v4_{category.file or category.name}.json"
        entries = self._lines(f"data/{name}")
        if category.answers in ("calls", "conversation", "text"):
            answers = self._lines(f"data/possible_answer/{name}")
            if [_number(entry) for entry in entries] != [_number(answer) for answer in answers]:
                raise DataUnavailableError(f"the answers of BFCL's {category.name} do not belong to its entries")
            for entry, answer in zip(entries, answers, strict=True):
                entry["ground_truth"] = answer["ground_truth"]
        for entry in entries if category.answers in ("conversation", "text") else ():
            self._complete(entry, category)
        return {entry["id"]: entry for entry in entries}

    def _complete(self, entry: dict[str, Any], category: Category) -> None:
        """Give the entry of a conversation its own id, classes and functions, as far as categories share a file."""
        if category.file:
            entry["id"] = entry["id"].replace(category.file, category.name, 1)
            entry["involved_classes"] = [_CLASSES.get(category.name, name) for name in entry["involved_classes"]]
        entry["function"] = [tool for name in entry["involved_classes"] for tool in self.sources.documents(name)]

    def _lines(self, file: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._folder.read(file).splitlines() if line]


def _number(entry: Mapping[str, Any]) -> str:
    """The part of an id that an entry and its answer have in common."""
    return re.sub(r"^[a-z_]+", "", entry["id"])
