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

from starbench.benchmarks.bfcl.categories import Place, place
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

    def of(self, case: Case, mode: Mode, *, dots: bool = False) -> Asked:
        """The first turn of ``case`` in ``mode``; ``dots`` says that tools keep the dots in their names."""
        documents = self.documents(case)
        messages = self.turns(case)[0]
        if mode == "prompt":
            return Asked(self._with_system(messages, self.system(place(case.id), documents)), [], documents)
        return Asked(messages, self.tools(documents, mode, dots=dots), documents)

    def tools(self, documents: Sequence[Mapping[str, Any]], mode: Mode, *, dots: bool = False) -> list[dict[str, Any]]:
        """Functions in the form in which they are handed over apart from the messages."""
        return openai_tools(documents, dots=dots) if mode == "tools" else [dict(document) for document in documents]

    def turns(self, case: Case) -> list[list[Message]]:
        """Copies of the messages of every turn; questions to agents open with how to give the final answer."""
        turns: list[list[Message]] = copy.deepcopy([list(turn) for turn in case.source["question"]])
        if place(case.id).category.group == "agentic":
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

    def system(self, where: Place, documents: Sequence[Mapping[str, Any]]) -> str:
        """The official system prompt for functions in the configuration of the case."""
        is_varied = where.category is not where.base_category
        chosen = _configuration(where.id.split(":")[1] if is_varied else self.texts.default_configuration)
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
        where = place(case.id)
        shown = hinted(documents, case.language)
        # a quirk of the official loader: it adds the hint to entries that were loaded with it
        return hinted(shown, case.language) if where.category is not where.base_category else shown

    @staticmethod
    def _with_system(messages: list[Message], system: str) -> list[Message]:
        """The system prompt in front; a system message that is there already goes behind it, in the same message."""
        if messages and messages[0]["role"] == "system":
            first = {**messages[0], "content": f"{system}\n\n{messages[0]['content']}"}
            return [first, *messages[1:]]
        return [{"role": "system", "content": system}, *messages]


def _configuration(text: str) -> dict[str, str]:
    """``ret_fmt=python&tool_call_tag=False&…`` as a table."""
    return dict(pair.split("=", 1) for pair in text.split("&"))
