"""One ACEBench entry as a Case: its messages, its tools, and what is accepted as its answer.

A normal answer maps calls to arguments; calls that repeat a function carry a number::

    {"book_flight_1": {"to": "Paris"}, "book_flight_2": {"to": "Rome"}}
    ->  ExpectedCall("book_flight", {"to": Accepted(("Paris",))}), ExpectedCall("book_flight", {"to": …})

What is read here is what the benchmark meant (strict grading and similarity use it); official grading works on the
entry itself. An argument that the function does not require may be left out, as upstream has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starbench.benchmarks.acebench.categories import Category
from starbench.benchmarks.acebench.special import Kind
from starbench.dialects import parse
from starbench.similarity import expected_calls
from starbench.tools import read_tools
from starbench.types import Accepted, Case, Expected, ExpectedCall

Entry = Mapping[str, Any]
_NUMBER = re.compile(r"_\d+$")


def case_of(category: Category, entry: Entry, id: str, category_name: str) -> Case:
    """The case that ``entry`` holds, under the names that it has in the benchmark, without messages."""
    return Case(
        id=id,
        benchmark="acebench",
        category=category_name,
        messages=(),
        tools=read_tools(entry["function"]),
        expected=expected_of(category, entry),
        source=entry,
    )


def expected_of(category: Category, entry: Entry) -> Expected:
    """What is accepted as an answer to ``entry``: calls, or for special cases the sentence that names the problem.

    Of an agent's case these are the calls of its first list of milestones, as far as they can be read; what is judged
    is the end state.
    """
    truth = entry["ground_truth"]
    if category.group == "special":
        return Expected("reply", replies=(special_sentence(category.kind, truth),))
    if category.group == "agent":
        stones = entry["mile_stone"]
        first = stones[0] if stones and isinstance(stones[0], list) else stones
        return expected_calls(call for stone in first for call in parse(stone, "acebench").calls)
    answers = truth if isinstance(truth, list) else [truth]
    functions = {function["name"]: function for function in entry["function"]}
    return Expected("calls", tuple(_calls(answers, functions)))


def special_sentence(kind: Kind, truth: Any) -> str:
    """An answer to a special case as the benchmark's prompt asks for it."""
    if kind == "irrelevant":
        return str(truth)
    if kind == "incomplete":
        ((api, parameters),) = truth.items()
        return f"Missing necessary parameters ({', '.join(parameters)}) for the api ({api})"
    values = ", ".join(value for bad in truth.values() for value in bad)
    return f"There is incorrect value ({values}) for the parameters ({', '.join(truth)}) in the conversation history."


def _calls(answers: Sequence[Mapping[str, Any]], functions: Mapping[str, Entry]) -> Iterator[ExpectedCall]:
    """The expected calls; several answers differ in values only, so each argument takes the values of all of them."""
    for key in answers[0]:
        name = key if key in functions else _NUMBER.sub("", key)
        parameters = functions[name].get("parameters", {}) if name in functions else {}
        required = parameters.get("required", ())
        variants = [answer[key] for answer in answers if key in answer]
        names = {argument: None for variant in variants for argument in variant}
        yield ExpectedCall(name, {argument: _accepted(argument, variants, required) for argument in names})


def _accepted(argument: str, variants: Sequence[Mapping[str, Any]], required: Sequence[str]) -> Accepted:
    values = [variant[argument] for variant in variants if argument in variant]
    distinct = [value for i, value in enumerate(values) if value not in values[:i]]
    left_out = any(argument not in variant for variant in variants)
    return Accepted(tuple(distinct), optional=left_out or argument not in required)
