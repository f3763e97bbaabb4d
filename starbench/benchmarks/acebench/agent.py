"""ACEBench's agent cases, judged from what a run recorded: the end state of simulated classes and a trace.

    result   [{"BaseApi": {"wifi": True}}, {"MessageApi": {"inbox": {…}}}]    attributes of each class at the end
    process  ["[turn_on_wifi()]", "[delete_message(message_id=3)]", …]        every message that reached execution
    truth    the same shape as ``result``; milestones: a list of texts, or several such lists of which any will do

End-to-end accuracy asks for the right end state, process accuracy for the share of milestones reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.benchmarks.acebench.checker import Judgement

State = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """What an agent's run left: the end state, whatever it is, and the trace (None where it was not recorded)."""

    state: Any
    process: tuple[str, ...] | None = None


def run_of(given: Any) -> Run:
    """The run in an answer: a row's ``{"result": …, "process": […]}``, or the end state alone."""
    if not isinstance(given, Mapping) or "result" not in given:
        return Run(given)
    process = given.get("process")
    if not isinstance(process, (list, tuple)):
        return Run(given["result"])
    return Run(given["result"], tuple(step if isinstance(step, str) else "" for step in process))


def judge_end_state(truth: Any, result: State, *, strict: bool = False) -> Judgement:
    """The verdict on an end state.

    Official: every expected class is compared with the first of the same name; one without counterpart keeps the
    verdict of the class before it (quirk unmatched_class_keeps_verdict), and attributes that only the answer has are
    not compared. ``strict``: every expected class must be there and every expected attribute must be equal.
    Raises what upstream raises where ``result`` is no list of mappings.
    """
    expected = truth if isinstance(truth, list) else [truth]
    if len(expected) != len(result):
        return Judgement(False, [], "wrong number of class", listed=True)
    errors: list[list[str]] = []
    problems: list[str] = []
    for want in expected:
        got = next((made for made in result if set(made.keys()) == set(want)), None)
        if got:
            problems = [*_differences(want, got, strict)]
        elif strict:
            problems = [f"class({next(iter(want))}) has no end state in the result."]
        if problems:
            errors.append(problems)
    return Judgement(not errors, list(errors), "class attributes wrong" if errors else "", listed=bool(errors))


def _differences(want: Mapping[str, Any], got: Mapping[str, Any], strict: bool) -> Iterator[str]:
    """A sentence for each attribute of one class that differs."""
    name, attributes = next(iter(want.items()))
    made = next(iter(got.values()))
    for attribute, value in made.items():
        where = f"class({name}) attributes({attribute}"
        if attribute not in attributes:
            yield f"{where}) missing in possible_answer."
            continue
        wanted = attributes[attribute]
        if isinstance(wanted, dict):
            yield from _different_fields(where, wanted, value)
        elif wanted != value:
            yield f"{where}) wrong, [expected: {wanted}, real: {value}]"
    if strict:
        for attribute in attributes:
            if attribute not in made:
                yield f"class({name}) attributes({attribute}) missing in the result."


def _different_fields(where: str, wanted: Mapping[str, Any], value: Any) -> Iterator[str]:
    """A sentence for each expected field of an object that is absent or another; more fields do no harm."""
    absent = ""
    for key, field in wanted.items():
        if key not in value:
            absent = absent or f"{where}) wrong, [expected: {wanted}, real: {value}]"
            yield absent
        elif field != value[key]:
            yield f"{where}.{key}) wrong, [expected: {field}, real: {value[key]}]"


def process_accuracy(milestones: Sequence[Any], process: Sequence[str], *, strict: bool = False) -> float:
    """The share of milestones that the trace reaches in order, in [0, 1]; of several lists the best, rounded to 3.

    Official: the search for a milestone that is absent runs to the end of the trace, so that no later one can be found
    (quirk milestone_cursor). ``strict``: an absent milestone costs only itself (longest common subsequence).
    """
    if milestones and isinstance(milestones[0], list):
        return max(round(process_accuracy(one, process, strict=strict), 3) for one in milestones)
    if not milestones:
        return 1.0
    wanted, made = [stone.strip() for stone in milestones], [step.strip() for step in process]
    return (_common(wanted, made) if strict else _reached(wanted, made)) / len(wanted)


def _reached(wanted: Sequence[str], made: Sequence[str]) -> int:
    rest = iter(made)
    return sum(stone in rest for stone in wanted)  # `in` consumes the iterator up to the match, or all of it


def _common(wanted: Sequence[str], made: Sequence[str]) -> int:
    row = [0] * (len(made) + 1)
    for stone in wanted:
        previous = 0
        for i, step in enumerate(made, 1):
            previous, row[i] = row[i], previous + 1 if step == stone else max(row[i], row[i - 1])
    return row[-1]
