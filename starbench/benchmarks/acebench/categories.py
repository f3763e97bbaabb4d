"""ACEBench's categories: groups, sizes and the form of their ids.

category_of("normal_multi_turn_user_adjust_12_1")  ->  CATEGORIES["normal_multi_turn_user_adjust"]
dialogue_of("normal_multi_turn_user_adjust_12_1")  ->  "normal_multi_turn_user_adjust_12"
without_language("zh:normal_atom_bool_0")          ->  ("zh", "normal_atom_bool_0")
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from starbench.benchmarks.acebench.special import Kind
from starbench.errors import UnknownNameError

Group = Literal["normal", "special", "agent"]

LANGUAGES = ("en", "zh")
"""English and Chinese; a case of one language has the id of another case of the other."""


@dataclass(frozen=True, slots=True)
class Category:
    """One category; ``en`` and ``zh`` are its numbers of cases, a step of a dialogue being a case of its own.

    ``part`` is what it counts for within its group ("atom", "multi_turn", …).
    """

    name: str
    group: Group
    part: str
    en: int
    zh: int

    @property
    def file(self) -> str:
        """The name of its file in the published data, the same for cases, answers and results."""
        return f"data_{self.name}.json"

    @property
    def by_dialogue(self) -> bool:
        """Whether accuracy counts whole dialogues instead of cases."""
        return self.part == "multi_turn"

    @property
    def units(self) -> int:
        """How many cases, or dialogues where these are counted, it has in either language."""
        return DIALOGUES if self.by_dialogue else self.en

    @property
    def kind(self) -> Kind:
        """What is wrong with the request, in a special category: ``special_irrelevant`` -> ``irrelevant``."""
        return cast(Kind, self.name.removeprefix("special_"))

    def size(self, language: str) -> int:
        """How many cases it has in that language."""
        return self.zh if language == "zh" else self.en


DIALOGUES = 50
"""How many dialogues each multi-turn category has."""


_TABLE = (
    Category("normal_atom_bool", "normal", "atom", 50, 50),
    Category("normal_atom_enum", "normal", "atom", 50, 50),
    Category("normal_atom_number", "normal", "atom", 50, 50),
    Category("normal_atom_list", "normal", "atom", 50, 50),
    Category("normal_atom_object_deep", "normal", "atom", 50, 50),
    Category("normal_atom_object_short", "normal", "atom", 50, 50),
    Category("normal_single_turn_single_function", "normal", "single_turn", 100, 100),
    Category("normal_single_turn_parallel_function", "normal", "single_turn", 100, 100),
    Category("normal_multi_turn_user_adjust", "normal", "multi_turn", 123, 116),
    Category("normal_multi_turn_user_switch", "normal", "multi_turn", 100, 101),
    Category("normal_similar_api", "normal", "similar_api", 50, 50),
    Category("normal_preference", "normal", "preference", 50, 50),
    Category("special_incomplete", "special", "special", 50, 50),
    Category("special_error_param", "special", "special", 50, 50),
    Category("special_irrelevant", "special", "special", 50, 50),
    Category("agent_multi_turn", "agent", "agent", 30, 30),
    Category("agent_multi_step", "agent", "agent", 20, 20),
)
CATEGORIES: Mapping[str, Category] = {category.name: category for category in _TABLE}
"""Category by name, in upstream's order."""

_ID = re.compile(r"([a-z_]+?)((?:_\d+){1,2})")


def category_of(id: str) -> Category | None:
    """The category that an id belongs to by its form, or None where it is none of ACEBench's."""
    match = _ID.fullmatch(id)
    category = CATEGORIES.get(match[1]) if match else None
    if match is None or category is None or match[2].count("_") != (2 if category.by_dialogue else 1):
        return None
    return category


def dialogue_of(id: str) -> str:
    """The dialogue that a step's id belongs to."""
    return id.rpartition("_")[0]


def with_language(name: str, language: str) -> str:
    """The name of a case or category where both languages are scored together."""
    return f"{language}:{name}"


def without_language(name: str) -> tuple[str, str]:
    """The language of such a name, empty where it says none, and the published name."""
    language, colon, published = name.partition(":")
    return (language, published) if colon and language in LANGUAGES else ("", name)


def selected(name: str | None) -> list[Category]:
    """The categories that ``name`` means: a category, a group or a part of one, or None for all.

    Raises UnknownNameError for another name.
    """
    chosen = [row for row in CATEGORIES.values() if name in (None, row.name, row.group, row.part)]
    if name is not None and not chosen:
        groups = {word for row in CATEGORIES.values() for word in (row.group, row.part)}
        raise UnknownNameError.of("ACEBench category", name, [*CATEGORIES, *groups])
    return chosen
