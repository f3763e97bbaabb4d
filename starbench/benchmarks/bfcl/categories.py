"""BFCL's categories, its ids and its prompt formats, as tables.

An id says everything about a case but its content::

    "live_simple_19-3-15"                       -> Place(category "live_simple", base "live_simple_19-3-15")
    "format_sensitivity_7:ret_fmt=json&tool_call_tag=True&…:simple_python_58"
                                                -> Place(category "format_sensitivity", base "simple_python_58",
                                                         form PromptForm(fmt="json", tagged=True))
    "java_3"                                    -> Place(category "simple_java", base "simple_java_3"), BFCL v3's name
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from starbench.errors import UnknownNameError
from starbench.types import Language

Group = Literal["non_live", "live", "multi_turn", "agentic", "format_sensitivity"]
Answers = Literal["calls", "abstain", "any_call", "conversation", "text"]


@dataclass(frozen=True, slots=True)
class Category:
    """One category: ``size`` cases of ``file``; ``answers`` says what is expected of a model.

    ``calls``: the calls of an answer file; ``abstain`` and ``any_call``: nothing more is known; ``conversation``: calls
    turn by turn, graded by running simulated APIs; ``text``: one of several texts in the final message. ``former`` is
    the name in BFCL v3.
    """

    name: str
    group: Group
    size: int
    answers: Answers = "calls"
    language: Language = "python"
    file: str = ""
    former: str = ""


def _table(*rows: Category) -> dict[str, Category]:
    return {row.name: row for row in rows}


CATEGORIES: Mapping[str, Category] = _table(
    Category("simple_python", "non_live", 400, former="simple"),
    Category("simple_java", "non_live", 100, language="java", former="java"),
    Category("simple_javascript", "non_live", 50, language="javascript", former="javascript"),
    Category("multiple", "non_live", 200),
    Category("parallel", "non_live", 200),
    Category("parallel_multiple", "non_live", 200),
    Category("irrelevance", "non_live", 240, "abstain"),
    Category("live_simple", "live", 258),
    Category("live_multiple", "live", 1053),
    Category("live_parallel", "live", 16),
    Category("live_parallel_multiple", "live", 24),
    Category("live_irrelevance", "live", 884, "abstain"),
    Category("live_relevance", "live", 16, "any_call"),
    Category("multi_turn_base", "multi_turn", 200, "conversation"),
    Category("multi_turn_miss_func", "multi_turn", 200, "conversation"),
    Category("multi_turn_miss_param", "multi_turn", 200, "conversation"),
    Category("multi_turn_long_context", "multi_turn", 200, "conversation"),
    Category("web_search_base", "agentic", 100, "text", file="web_search"),
    Category("web_search_no_snippet", "agentic", 100, "text", file="web_search"),
    Category("memory_kv", "agentic", 155, "text", file="memory"),
    Category("memory_vector", "agentic", 155, "text", file="memory"),
    Category("memory_rec_sum", "agentic", 155, "text", file="memory"),
    Category("format_sensitivity", "format_sensitivity", 5200),
)
"""Every category of BFCL v4, in its own order; all but ``format_sensitivity`` count towards the overall score."""

MEMORIES: Mapping[str, str] = {
    "memory_kv": "MemoryAPI_kv",
    "memory_vector": "MemoryAPI_vector",
    "memory_rec_sum": "MemoryAPI_rec_sum",
}
"""Category -> the one of the memories that its conversations have; the entries only say that they have one."""

FORMER_NAMES: Mapping[str, str] = {row.former: row.name for row in CATEGORIES.values() if row.former}
"""BFCL v3's name -> the name now."""


@dataclass(frozen=True, slots=True)
class PromptForm:
    """How a prompting model was told to write its calls: the format, and whether between ``<TOOLCALL>`` tags."""

    fmt: str = "python"
    tagged: bool = False

    def dialect(self, language: Language) -> str:
        """The name of the dialect that this form asks for, in a case of ``language``."""
        if language != "python":
            return f"bfcl-prompt-{language}"
        return "bfcl-prompt" if self.fmt == "python" else f"bfcl-prompt-{self.fmt}".replace("_", "-")


def _configuration(fmt: str, tagged: bool, docs: str, markup: str = "plaintext", style: str = "classic") -> str:
    return f"ret_fmt={fmt}&tool_call_tag={tagged}&func_doc_fmt={docs}&prompt_fmt={markup}&style={style}"


CONFIGURATIONS: Mapping[str, PromptForm] = {
    **{
        _configuration(fmt, tagged, docs): PromptForm(fmt, tagged)
        for fmt, tagged, docs in product(
            ("python", "json", "verbose_xml", "concise_xml"), (True, False), ("python", "xml", "json")
        )
    },
    _configuration("python", False, "json", markup="markdown"): PromptForm(),
    _configuration("python", False, "json", style="experimental"): PromptForm(),
}
"""The 26 prompt configurations of ``format_sensitivity``, in the order in which they are numbered."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands: ``base`` is the id of its entry (``format_sensitivity`` takes those of other categories)."""

    id: str
    category: Category
    base: str
    base_category: Category
    form: PromptForm = PromptForm()


_ID = re.compile(r"(?P<category>[a-z_]+)_(?P<rest>\d+(?:-\d+-\d+|-[a-z]+-\d+)?)")


def recognised(id: str) -> bool:
    """Whether ``id`` has the form of a BFCL id, old or new."""
    match = _ID.fullmatch(id.partition(":")[0])
    return match is not None and FORMER_NAMES.get(match["category"], match["category"]) in CATEGORIES


@lru_cache(maxsize=8192)
def place(id: str) -> Place:
    """Where ``id`` stands, by its form alone.

    Raises UnknownNameError where it is no BFCL id.
    """
    head, *tail = id.split(":")
    match = _ID.fullmatch(head)
    name = FORMER_NAMES.get(match["category"], match["category"]) if match else ""
    if match is None or name not in CATEGORIES:
        raise UnknownNameError(f"{id!r} is not the id of a BFCL case; ids look like 'simple_python_0'")
    category = CATEGORIES[name]
    if category.group != "format_sensitivity":
        if tail:
            raise UnknownNameError(f"{id!r} is not the id of a BFCL case; {head!r} is")
        return Place(f"{name}_{match['rest']}", category, f"{name}_{match['rest']}", category)
    if len(tail) != 2 or tail[0] not in CONFIGURATIONS:
        raise UnknownNameError(
            f"{id!r} is not a BFCL id; it should be format_sensitivity_<number>:<configuration>:<id>"
        )
    base = place(tail[1])
    return Place(id, category, base.base, base.category, CONFIGURATIONS[tail[0]])


def _of_groups(*groups: Group) -> frozenset[str]:
    return frozenset(name for name, row in CATEGORIES.items() if row.group in groups)


COLLECTIONS: Mapping[str, frozenset[str]] = {
    "all_scoring": _of_groups("non_live", "live", "multi_turn", "agentic"),
    "single_turn": _of_groups("non_live", "live"),
    "non_live": _of_groups("non_live"),
    "live": _of_groups("live"),
    "multi_turn": _of_groups("multi_turn"),
    "agentic": _of_groups("agentic"),
    "web_search": frozenset(name for name, row in CATEGORIES.items() if row.file == "web_search"),
    "memory": frozenset(name for name, row in CATEGORIES.items() if row.file == "memory"),
}
"""Names for several categories at once, as in BFCL's own command line."""


def selected(name: str | None) -> list[Category]:
    """The categories that ``name`` means: a category (old or new name), a collection, or None for all scored ones.

    Raises UnknownNameError for another name.
    """
    wanted = FORMER_NAMES.get(name, name) if name is not None else "all_scoring"
    if wanted in COLLECTIONS:
        return [row for row in CATEGORIES.values() if row.name in COLLECTIONS[wanted]]
    if wanted not in CATEGORIES:
        raise UnknownNameError.of("BFCL category", wanted, [*CATEGORIES, *COLLECTIONS])
    return [CATEGORIES[wanted]]
