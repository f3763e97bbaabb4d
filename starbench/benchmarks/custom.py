"""Cases of the user's own as a benchmark: nothing to install, graded strictly.

Example of a case, one JSON object a line of a file, or the front half of a self-contained prediction row::

    {"id": "q7", "category": "weather", "tools": [{"name": "weather_now", "parameters": {…}}],
     "messages": [{"role": "user", "content": "How warm is it in Bergen?"}],
     "expected": [{"name": "weather_now", "arguments": {"place": "Bergen"}}]}

``expected`` is one of

* a list of calls ``{"name": …, "arguments": {…}}``: exactly these values;
* a list of calls in BFCL's notation ``{name: {parameter: [alternatives]}}``, "" for "may be left out";
* a text: a reply that says this, and no call;
* ``[]`` or null: no call;
* ``{"kind": "any_call"}``: some call of an offered tool; ``{"kind": "reply", "replies": […]}``: one of these replies.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from starbench.benchmarks.base import Accuracy
from starbench.benchmarks.strict import strict_verdict
from starbench.dialects import parse
from starbench.errors import InputError, UnknownNameError
from starbench.similarity import ABSTAIN, ANY_CALL, expected_calls, expected_reply, possible_answers
from starbench.tools import read_tools
from starbench.types import Call, Case, Expected, Output, Tool, Verdict

DEFAULT_CATEGORY = "custom"
FIELDS = ("category", "tools", "messages", "expected")


def read_case(id: str, row: Mapping[str, Any], benchmark: str = "custom") -> Case:
    """The case that a row describes by its fields ``expected``, and if it has them ``tools, messages, category``.

    Raises InputError, with a sentence that says which field is wrong and how it should be.
    """
    if "expected" not in row:
        raise InputError('the case has no "expected" answer; give a list of calls, a reply, or [] for no call')
    category = row.get("category") or DEFAULT_CATEGORY
    if not isinstance(category, str):
        raise InputError('"category" must be text')
    tools = read_tools(row.get("tools"))
    return Case(
        id=id,
        benchmark=benchmark,
        category=category,
        messages=_messages(row.get("messages", [])),
        tools=tools,
        expected=read_expected(row["expected"], tools),
        source={name: row[name] for name in FIELDS if name in row},
    )


def read_expected(value: Any, tools: Sequence[Tool] = ()) -> Expected:
    """The gold that a JSON value means, in one of the notations of this module.

    Raises InputError where it is none of them.
    """
    if value is None or value == []:
        return ABSTAIN
    if isinstance(value, str):
        return expected_reply(value)
    if isinstance(value, Mapping) and "kind" in value:
        return _of_kind(value)
    calls = [value] if isinstance(value, Mapping) else value
    if isinstance(calls, list) and all(_is_call(call) for call in calls):
        return expected_calls([Call(call["name"], call.get("arguments", {})) for call in calls])
    if isinstance(calls, list) and all(_is_possible_answer(call) for call in calls):
        return possible_answers(calls, tools)
    raise InputError(
        '"expected" must be a list of calls {"name": …, "arguments": {…}} or {name: {parameter: [alternatives]}}, '
        'a reply as text, [] for no call, or {"kind": "any_call"}'
    )


def _of_kind(value: Mapping[str, Any]) -> Expected:
    if value["kind"] == "any_call":
        return ANY_CALL
    if value["kind"] == "abstain":
        return ABSTAIN
    replies = value.get("replies")
    if value["kind"] == "reply" and isinstance(replies, list) and replies and all(isinstance(r, str) for r in replies):
        return expected_reply(*replies)
    raise InputError(
        '"expected" with a kind is {"kind": "any_call"}, {"kind": "abstain"} or {"kind": "reply", "replies": [texts]}'
    )


def _is_call(call: Any) -> bool:
    return (
        isinstance(call, Mapping)
        and isinstance(call.get("name"), str)
        and isinstance(call.get("arguments", {}), Mapping)
        and set(call) <= {"name", "arguments"}
    )


def _is_possible_answer(call: Any) -> bool:
    return (
        isinstance(call, Mapping)
        and len(call) == 1
        and all(isinstance(a, Mapping) and all(isinstance(v, list) for v in a.values()) for a in call.values())
    )


def _messages(value: Any) -> tuple[Mapping[str, Any], ...]:
    if isinstance(value, str):
        return ({"role": "user", "content": value},)
    if isinstance(value, list) and all(isinstance(message, Mapping) for message in value):
        return tuple(value)
    raise InputError('"messages" must be a list of {"role": …, "content": …} objects, or one text')


@dataclass(frozen=True, slots=True)
class OwnCases:
    """A benchmark made of :class:`Case` objects; implements :class:`~starbench.benchmarks.base.Benchmark`.

    ``table`` maps ids to cases in their order. The only grading is ``strict``: there is no official code to agree with.
    """

    table: Mapping[str, Case]
    name: str = "custom"
    version: str = "own"

    @property
    def gradings(self) -> Sequence[str]:
        """Only ``strict``."""
        return ("strict",)

    @property
    def data_sha256(self) -> str:
        """One hash over all cases, whatever their order."""
        digest = hashlib.sha256()
        for id in sorted(self.table):
            digest.update(json.dumps([id, self.table[id].source], sort_keys=True).encode() + b"\n")
        return digest.hexdigest()

    @property
    def categories(self) -> Mapping[str, int]:
        """Category -> number of cases, in the order in which they first appear."""
        return Counter(case.category for case in self.table.values())

    def case(self, id: str) -> Case:
        """The case of that id; UnknownNameError where there is none."""
        if id not in self.table:
            raise UnknownNameError(f"there is no case {id!r} among the {len(self.table)} cases of {self.name!r}")
        return self.table[id]

    def cases(self, category: str | None = None) -> Iterator[Case]:
        """All cases, or those of one category, in order."""
        return (case for case in self.table.values() if category in (None, case.category))

    def read(self, id: str, result: Any, dialect: str = "auto") -> Output:
        """A model's answer with its calls found; never raises on what a model wrote."""
        return parse(result, dialect, self.case(id).tools)

    def grade(
        self, id: str, result: Any, *, dialect: str = "auto", grading: str = "strict", profile: str = "robust"
    ) -> Verdict:
        """The strict verdict; UnknownNameError for another grading."""
        if grading not in self.gradings:
            raise UnknownNameError.of("grading of own cases", grading, self.gradings)
        case = self.case(id)
        return strict_verdict(parse(result, dialect, case.tools), case.expected, case.tools, profile)

    def aggregate(self, accuracies: Mapping[str, Accuracy]) -> dict[str, float | None]:
        """``accuracy`` over all cases, each counting the same; None where one is missing."""
        cases = sum(row["cases"] for row in accuracies.values())
        answered = sum(row["n"] for row in accuracies.values())
        correct = sum(row["correct"] for row in accuracies.values())
        complete = 0 < cases == answered and set(accuracies) >= set(self.categories)
        return {"accuracy": correct / cases if complete else None}

    @staticmethod
    def recognises(ids: Iterable[str]) -> bool:
        """Never: own cases are given, not found by their ids."""
        return False


class CaseFile(OwnCases):
    """The cases of a JSON lines file."""

    def __init__(self, path: str) -> None:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise InputError(f"the file of cases {path} cannot be read ({problem})") from None
        super().__init__(read_cases(text, path, "custom"), "custom", "own")


class Sample(OwnCases):
    """The small set of cases that comes with starbench, to see every part at work without any download."""

    def __init__(self) -> None:
        text = SAMPLE.joinpath("cases.jsonl").read_text(encoding="utf-8")
        super().__init__(read_cases(text, "cases.jsonl", "sample"), "sample", "1")

    @staticmethod
    def recognises(ids: Iterable[str]) -> bool:
        """Whether most ids are of the form ``sample_simple_0``."""
        known = [id.startswith("sample_") for id in ids]
        return sum(known) * 2 > len(known)


SAMPLE = resources.files("starbench") / "data" / "sample"
"""The folder of the sample: ``cases.jsonl`` and the answers of two models, ``good.jsonl`` and ``bad.jsonl``."""


def read_cases(text: str, name: str, benchmark: str) -> dict[str, Case]:
    """The cases of JSON lines by id; InputError, with file and line, for the first that cannot be used.

    A benchmark is a measure: unlike a bad prediction, a bad case is not passed over.
    """
    table: dict[str, Case] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            id = str(row["id"])
            if id in table:
                raise InputError(f"the id {id!r} is used twice")
            table[id] = read_case(id, row, benchmark)
        except InputError as problem:
            raise InputError(f"{name}, row {number}: {problem}") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InputError(f'{name}, row {number}: a case is one JSON object a line, with an "id"') from None
    return table
