"""ACEBench's prompts, read from the published ``prompt_en.py`` and ``prompt_zh.py`` and filled in as upstream does.

    [{"role": "system", "content": "<the template, with the functions as Python writes them>"},
     {"role": "user", "content": "<the template's header>\\nuser: We're planning a visit to Disneyland …\\n"}]

The files are parsed for their text constants and never run; every byte of them is pinned. A copy of the data without
them has no prompts, and scoring needs none.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from starbench.benchmarks.acebench.categories import Category
from starbench.store import DataFolder

Entry = Mapping[str, Any]
Message = Mapping[str, str]


class Prompts:
    """The prompts of one language; the file is read when the first one is wanted."""

    def __init__(self, folder: DataFolder, language: str) -> None:
        self._folder = folder
        self._language = language
        self._texts: Mapping[str, str] | None = None

    @cached_property
    def known(self) -> bool:
        """Whether the data holds them."""
        return self._file not in self._folder.absent_extras()

    @property
    def texts(self) -> Mapping[str, str]:
        """Name of a template, without its language, -> its text: ``SYSTEM_PROMPT_FOR_NORMAL_DATA``, ``USER_PROMPT``, …

        DataUnavailableError where the file is absent or not the published one.
        """
        if self._texts is None:
            constants = text_constants(self._folder.read(self._file).decode("utf-8"))
            ending = f"_{self._language.upper()}"
            self._texts = {name.removesuffix(ending): text for name, text in constants.items()}
        return self._texts

    def messages(self, category: Category, entry: Entry) -> list[Message]:
        """The messages that a model gets; the bare question for agents, and where the prompts are not known."""
        question = entry["question"]
        if category.group == "agent" or not self.known:
            return [{"role": "user", "content": question}]
        system = self.texts[f"SYSTEM_PROMPT_FOR_{_kind(category)}_DATA"].format(
            time=entry.get("time", ""), profile=entry.get("profile", ""), function=entry["function"]
        )
        user = self.texts["USER_PROMPT"].format(question=question)
        return [{"role": "system", "content": system}, {"role": "user", "content": user}]

    @property
    def _file(self) -> str:
        return f"model_inference/prompt_{self._language}.py"


def text_constants(source: str) -> dict[str, str]:
    """The texts that a Python file assigns to names at its top level; nothing in it is run."""
    return {
        target.id: node.value.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _kind(category: Category) -> str:
    """Which of the three templates a category has."""
    return "PREFERENCE" if category.part == "preference" else category.group.upper()
