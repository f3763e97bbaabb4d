"""ACEBench's entries of one language, read from its files when first asked for.

An entry is the published one with its answer beside it, paired by id::

    {"id": "normal_atom_list_0", "question": "user: We're planning a visit to Disneyland …\\n", "time": "…",
     "function": [{"name": "…", "description": "…", "parameters": {…}}],
     "ground_truth": {"DisneyRideRecommendation": {"theme": ["space"]}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starbench.benchmarks.acebench.categories import Category, category_of
from starbench.errors import DataUnavailableError, UnknownNameError
from starbench.store import DataFolder

Entry = Mapping[str, Any]


class Entries:
    """All entries of a language by category and id; each category is read once, on first use."""

    def __init__(self, folder: DataFolder, language: str) -> None:
        self._folder = folder
        self._language = language
        self._read: dict[str, dict[str, Entry]] = {}

    def of(self, category: Category) -> Mapping[str, Entry]:
        """The entries of a category by id, in order."""
        if category.name not in self._read:
            self._read[category.name] = self._load(category)
        return self._read[category.name]

    def at(self, id: str) -> tuple[Category, Entry]:
        """The entry of that id, with its category; UnknownNameError where there is none."""
        category = category_of(id)
        entry = self.of(category).get(id) if category else None
        if category is None or entry is None:
            raise UnknownNameError(
                f"ACEBench ({self._language}) has no case {id!r}; its ids look like normal_atom_bool_0"
            )
        return category, entry

    def _load(self, category: Category) -> dict[str, Entry]:
        folder = f"data_all/data_{self._language}"
        entries = self._lines(f"{folder}/{category.file}")
        answers = {answer["id"]: answer for answer in self._lines(f"{folder}/possible_answer/{category.file}")}
        if len(entries) != len(answers):
            raise DataUnavailableError(f"the answers of ACEBench's {category.name} do not belong to its entries")
        return {entry["id"]: {**entry, **answers[entry["id"]]} for entry in entries}

    def _lines(self, file: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._folder.read(file).splitlines() if line.strip()]
