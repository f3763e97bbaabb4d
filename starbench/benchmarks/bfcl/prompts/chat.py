"""A case as what is sent to a model: messages, and tools where the model is to be given them apart.

    >>> Prompts(load_texts()).of(case, "tools")
    Asked(messages=[{"role": "user", "content": "Find the area of …"}], tools=[{"type": "function", …}])

Modes:

* ``prompt``: the official system prompt, which describes the functions and how to call them;
* ``tools``: OpenAI-style tools, for a server or for the model's own chat template;
* ``raw-tools``: the published documents as they are, for the model's own template, as the official local handlers
  (Qwen's among them) do.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from starbench.benchmarks.bfcl.prompts.documents import WRITERS
from starbench.benchmarks.bfcl.prompts.hints import hinted
from starbench.benchmarks.bfcl.prompts.texts import Texts
from starbench.benchmarks.bfcl.prompts.tools import openai_tools
from starbench.types import Case

Mode = Literal["prompt", "tools", "raw-tools"]
MODES: tuple[Mode, ...] = get_args(Mode)
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The first turn of a case as it is sent: ``documents`` are its functions as the model sees them."""

    messages: list[Message]
    tools: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prompts:
    """Makes the prompts of cases from the official texts."""

    texts: Texts

    def of(self, case: Case, mode: Mode, *, dots: bool = False, memory: str = "") -> Asked:
        """The first turn of ``case`` in ``mode``; ``dots`` says that tools keep the dots in their names.

        ``memory`` is what a model with a memory is told of it (see :func:`~starbench.benchmarks.bfcl.memory.told`).
        """
        documents = self.documents(case)
        messages = self.turns(case)[0]
        if memory:
            messages = _with_system(messages, memory)
        if mode == "prompt":
            return Asked(_with_system(messages, self.system(case, documents)), [], documents)
        return Asked(messages, self.tools(documents, mode, dots=dots), documents)

    def tools(self, documents: Sequence[Mapping[str, Any]], mode: Mode, *, dots: bool = False) -> list[dict[str, Any]]:
        """Functions in the form in which they are handed over apart from the messages."""
        return openai_tools(documents, dots=dots) if mode == "tools" else [dict(document) for document in documents]

    def turns(self, case: Case) -> list[list[Message]]:
        """Copies of the messages of every turn; questions to agents open with how to give the final answer."""
        turns: list[list[Message]] = copy.deepcopy([list(turn) for turn in case.source["question"]])
        if case.expected.kind == "reply":
            turns[0].insert(0, {"role": "system", "content": self.texts.final_answer})
        return turns

    def documents(self, case: Case) -> list[dict[str, Any]]:
        """The functions that are offered in the first turn, as the model sees them."""
        held_out = {name for names in case.source.get("missed_function", {}).values() for name in names}
        offered = [document for document in case.source["function"] if document["name"] not in held_out]
        return self._shown(case, offered)

    def arriving(self, case: Case, turn: int) -> list[dict[str, Any]]:
        """The functions that were held out until ``turn`` (counted from 0), as the model sees them."""
        names = case.source.get("missed_function", {}).get(str(turn), ())
        known = {document["name"]: document for document in case.source["function"]}
        # upstream moves them out of the list before it adds the hints, so held-out functions have none
        return [copy.deepcopy(dict(known[name])) for name in names]

    def system(self, case: Case, documents: Sequence[Mapping[str, Any]]) -> str:
        """The official system prompt for functions in the configuration of the case."""
        chosen = _configuration(case.id.split(":")[1] if _is_varied(case) else self.texts.default_configuration)
        style = self.texts.styles[chosen["style"]]
        rule = style["tool_call_with_tag" if chosen["tool_call_tag"] == "True" else "tool_call_no_tag"]
        form = chosen["ret_fmt"]
        written = WRITERS[chosen["func_doc_fmt"]](documents)
        return self.texts.layouts[chosen["prompt_fmt"]].format(
            persona=style["persona"],
            task=style["task"],
            tool_call_format=rule.format(
                output_format=self.texts.formats[form], param_types=self.texts.type_rules[form]
            ),
            multiturn_behavior=style["multiturn_behavior"],
            available_tools=style["available_tools"].format(format=chosen["func_doc_fmt"], functions=written),
        )

    def _shown(self, case: Case, documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        shown = hinted(documents, case.language)
        # a quirk of the official loader: it adds the hint to entries that were loaded with it
        return hinted(shown, case.language) if _is_varied(case) else shown


def _is_varied(case: Case) -> bool:
    """Whether the id of the case says how its prompt is written."""
    return case.category == "format_sensitivity"


def _with_system(messages: list[Message], system: str) -> list[Message]:
    """The system prompt in front; a system message that is there already goes behind it, in the same message."""
    if messages and messages[0]["role"] == "system":
        first = {**messages[0], "content": f"{system}\n\n{messages[0]['content']}"}
        return [first, *messages[1:]]
    return [{"role": "system", "content": system}, *messages]


def _configuration(text: str) -> dict[str, str]:
    """``ret_fmt=python&tool_call_tag=False&…`` as a table."""
    return dict(pair.split("=", 1) for pair in text.split("&"))
