"""BFCL's entries, each read when it is first asked for.

An entry is the published one with its answer beside it; a category's file and answer file are aligned by position::

    {"id": "simple_python_0", "question": [[{"role": "user", "content": "Find the area of …"}]],
     "function": [{"name": "calculate_triangle_area", "description": "…", "parameters": {"type": "dict", …}}],
     "ground_truth": [{"calculate_triangle_area": {"base": [10], "height": [5], "unit": ["units", ""]}}]}

A conversation has no functions of its own in the files; those of its classes are put in.
"""

from __future__ import annotations

import json
import marshal
import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from starbench.benchmarks.bfcl.categories import CATEGORIES, CONFIGURATIONS, MEMORIES, Category, Place
from starbench.benchmarks.bfcl.multi_turn.sources import Sources
from starbench.errors import DataUnavailableError, UnknownNameError
from starbench.store import DataFolder
from starbench.tools import read_tool, read_tools
from starbench.types import Tool

Entry = Mapping[str, Any]
Lines = tuple[bytes, bytes | None]
"""The published line of an entry, and that of its answer where it has one."""


class Function(NamedTuple):
    """A function as an entry has it, and as a tool."""

    definition: Mapping[str, Any]
    tool: Tool


class Entries:
    """All entries by category and id; a category's files are opened on first use, and an entry is read on its.

    ``sources`` are the simulated APIs that conversations call.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.sources = Sources(folder.read)
        self._opened: dict[str, dict[str, Lines | Entry]] = {}
        self._derived: dict[str, None] | None = None
        self._tools: dict[str | tuple[str, ...], tuple[Tool, ...]] = {}
        self._functions: dict[bytes, Function] = {}
        self._offers: dict[bytes, list[Function]] = {}

    def at(self, place: Place) -> Entry:
        """The entry for ``place``; UnknownNameError where the category has none of that id."""
        rows = self._rows(place.base_category)
        row = rows.get(place.base)
        if row is None or (place.category is not place.base_category and place.id not in self.derived_ids()):
            raise UnknownNameError(f"BFCL's category {place.category.name} has no case {place.id!r}")
        if isinstance(row, tuple):
            row = rows[place.base] = self._entry(place.base_category, place.base, row)
        return row

    def tools(self, entry: Entry) -> tuple[Tool, ...]:
        """The functions of an entry as tools.

        Those of a conversation are read once for all with the same classes, others with their entry.
        """
        whose = tuple(entry.get("involved_classes", ())) or entry["id"]
        if whose not in self._tools:
            self._tools[whose] = read_tools(entry["function"])
        return self._tools[whose]

    def _offered(self, text: bytes) -> list[Function]:
        """The functions of a JSON list; many entries offer the same ones in the same words."""
        if text not in self._offers:
            self._offers[text] = [self._function(definition) for definition in json.loads(text)]
        return self._offers[text]

    def _function(self, definition: dict[str, Any]) -> Function:
        """One function; most stood in an entry before, word for word, and are kept once."""
        words = marshal.dumps(definition, 2)  # unlike ==, it tells 1 from 1.0 and one order of keys from another
        if words not in self._functions:
            self._functions[words] = Function(definition, read_tool(definition))
        return self._functions[words]

    def ids(self, category: Category) -> list[str]:
        """The ids of a category, in order."""
        return list(self.derived_ids() if category.group == "format_sensitivity" else self._rows(category))

    def derived_ids(self) -> Mapping[str, None]:
        """The ids of ``format_sensitivity``: each chosen entry, in the order of its file, in each configuration."""
        if self._derived is None:
            chosen = json.loads(self._folder.read("data/BFCL_v4_format_sensitivity.json"))
            bases = [id for name, ids in chosen.items() for id in self._rows(CATEGORIES[name]) if id in set(ids)]
            numbered = enumerate((configuration, base) for base in bases for configuration in CONFIGURATIONS)
            self._derived = {f"format_sensitivity_{n}:{form}:{base}": None for n, (form, base) in numbered}
        return self._derived

    def _rows(self, category: Category) -> dict[str, Lines | Entry]:
        """What a category with files of its own holds by id, in order: the lines, and once it was read, the entry."""
        if category.name not in self._opened:
            self._opened[category.name] = self._open(category)
        return self._opened[category.name]

    def _open(self, category: Category) -> dict[str, Lines | Entry]:
        name = f"BFCL_v4_{category.file or category.name}.json"
        entries = self._file(f"data/{name}")
        answers: dict[str, bytes] = {}
        if category.answers in ("calls", "conversation", "text"):
            answers = self._file(f"data/possible_answer/{name}")
            if list(map(_number, entries)) != list(map(_number, answers)):
                raise DataUnavailableError(f"the answers of BFCL's {category.name} do not belong to its entries")
        lines = zip_longest(entries.values(), answers.values())
        ids = [id.replace(category.file, category.name, 1) if category.file else id for id in entries]
        return dict(zip(ids, lines, strict=True))

    def _entry(self, category: Category, id: str, lines: Lines) -> Entry:
        """The entry that ``lines`` hold, with its answer; that of a conversation gets its functions.

        Where categories share a file, it gets the id and the classes of its own.
        """
        text, answer = lines
        rest, functions = _apart(text)
        entry: dict[str, Any] = {**json.loads(rest), "id": id}
        if answer is not None:
            entry["ground_truth"] = json.loads(answer)["ground_truth"]
        if category.file:
            entry["involved_classes"] = [MEMORIES.get(category.name, name) for name in entry["involved_classes"]]
        if category.answers in ("conversation", "text"):
            entry["function"] = [tool for name in entry["involved_classes"] for tool in self.sources.documents(name)]
        else:
            offered = self._offered(functions)
            entry["function"] = [function.definition for function in offered]
            self._tools[id] = tuple(function.tool for function in offered)
        return entry

    def _file(self, file: str) -> dict[str, bytes]:
        """The lines of a file by the id that each begins with: ``{"id": "simple_python_0", …``."""
        return {line.split(b'"', 4)[3].decode(): line for line in self._folder.read(file).splitlines() if line}


def _apart(text: bytes) -> tuple[bytes, bytes]:
    """The line of an entry as an object without functions, and the list of its functions (of a conversation: empty).

    That list is what each published line with functions ends in.
    """
    rest, key, functions = text.rstrip().partition(b', "function": ')
    return (rest + b"}", functions[:-1]) if key else (text, b"[]")


def _number(id: str) -> str:
    """The part of an id that an entry and its answer have in common."""
    return re.sub(r"^[a-z_]+", "", id)
