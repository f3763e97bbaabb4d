"""Verdicts on ACEBench's cases: upstream's by its two scorers, and the strict one.

    official_judgement(place, "[f(n=50)]", "official")   ->  Judgement(valid=True, …)      any int passes for any int
    strict: the similarity to the expected calls is 1    ->  Verdict(valid=False, error="argument:value", …)

The similarity is the same whatever the grading; what a model wrote raises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starbench.benchmarks.acebench.agent import Run, judge_end_state, process_accuracy
from starbench.benchmarks.acebench.answers import TEXT, read_trace
from starbench.benchmarks.acebench.categories import Category
from starbench.benchmarks.acebench.checker import Judgement, judge
from starbench.benchmarks.acebench.decode import DecodeFailure, decode
from starbench.benchmarks.acebench.errata import renamed
from starbench.benchmarks.acebench.special import coverage, judge_special
from starbench.benchmarks.errata import Erratum
from starbench.benchmarks.strict import strict_verdict
from starbench.similarity import profile as profile_of
from starbench.types import CallPart, Case, Output, Similarity, Verdict

FORMER = "official-2025-09"
"""The scorer until October 2025, which published tables used."""

GRADINGS: Mapping[str, str] = {
    "official": "upstream's scorer at the pinned commit, its quirks included",
    FORMER: "upstream's scorer until October 2025, which deleted all white space from every normal answer",
    "strict": "what the benchmark meant: right exactly when the similarity is 1",
}

CEILING = 0.999
"""The most that an agent's run with a wrong end state can have."""

_CRASHES = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError, RecursionError)
"""What upstream's own code raises on some answers."""


@dataclass(frozen=True, slots=True)
class Place:
    """A case with its category and what is known to be wrong with it."""

    case: Case
    category: Category
    erratum: Erratum | None = None


def official_judgement(place: Place, stored: Any, grading: str) -> Judgement:
    """Upstream's verdict on ``stored``, what its result file holds (for an agent the end state); never raises."""
    entry = place.case.source
    try:
        if place.category.group == "agent":
            return judge_end_state(entry["ground_truth"], stored)
        if place.category.group == "special":
            return judge_special(place.category.kind, entry["ground_truth"], stored)
        former = grading == FORMER
        calls = decode(stored, multi_turn=place.category.by_dialogue, delete_whitespace=former)
        return judge(entry["function"], calls, entry["ground_truth"], parallel_text=not former)
    except DecodeFailure as failure:
        return Judgement(
            False, [f"Invalid syntax. Failed to decode AST. {failure}"], "wrong_output_format", listed=True
        )
    except _CRASHES as crash:
        return Judgement(False, f"{type(crash).__name__} stops the official run", "official:crash", listed=True)


def official_verdict(place: Place, judgement: Judgement, strict: Verdict, grading: str) -> Verdict:
    """Upstream's verdict with the similarity and the reading of the strict one."""
    message = judgement.text
    if judgement.valid and judgement.listed:
        message = f"right by a later answer of several, and still listed among upstream's failures: {message}"
    erratum = place.erratum
    if not judgement.valid and erratum is not None and erratum.fails_right_answers(TEXT, grading):
        message += erratum.remark
    error = None if judgement.valid else judgement.error_type
    return Verdict(judgement.valid, error, strict.similarity, message, strict.output)


def strict_normal(place: Place, output: Output, profile: str) -> Verdict:
    """A normal case: the expected calls and no other."""
    return strict_verdict(output, place.case.expected, place.case.tools, profile)


def strict_special(place: Place, output: Output, profile: str) -> Verdict:
    """A special case: no call, and all that the sentence should name; its similarity is the share that it does."""
    profile = profile_of(profile).name
    if output.calls:
        parts = tuple(CallPart(call.name, i, None, 0.0, "unexpected") for i, call in enumerate(output.calls))
        sentence = f"{output.calls[0].name} was called, but no call was expected"
        return Verdict(False, "call:unexpected", Similarity(0.0, parts, profile), sentence, output)
    said = "\n".join([output.reply, *(attempt.raw for attempt in output.failed)])
    similarity = Similarity(coverage(place.category.kind, place.case.source["ground_truth"], said), (), profile)
    if similarity == 1.0:
        return Verdict(True, None, similarity, output=output)
    if not output.reasoning_complete:
        return Verdict(False, "reasoning:unclosed", similarity, "the reasoning was never closed", output)
    if not said.strip():
        return Verdict(False, "reply:missing", similarity, "there is no reply", output)
    what = "names only a part of what is wrong" if similarity > 0.0 else "does not say what is wrong"
    wanted = place.case.expected.replies[0]
    return Verdict(False, "reply:differs", similarity, f"the reply {what}; expected: {wanted}", output)


def agent_verdict(place: Place, run: Run, grading: str, profile: str) -> Verdict:
    """An agent's case: the end state, with the share of milestones as a figure beside.

    The similarity is 1 for the right end state, else the share of milestones (by strict rules), kept below 1.
    """
    entry = place.case.source
    output = read_trace(run.process or (), place.case.tools)
    mend = place.erratum.mend if place.erratum else {}
    judgement = _strict_end_state(renamed(entry["ground_truth"], mend), renamed(run.state, mend))
    share = _share(entry, run, judgement.valid, strict=True)
    similarity = Similarity(*_graded(judgement.valid, share), profile_of(profile).name)
    error = None if judgement.valid else "turn:state"
    strict = Verdict(judgement.valid, error, similarity, judgement.text, output, _figures(share))
    if grading == "strict":
        return strict
    official = official_judgement(place, run.state, grading)
    verdict = official_verdict(place, official, strict, grading)
    share = _share(entry, run, official.valid, strict=False)
    return Verdict(verdict.valid, verdict.error, similarity, verdict.message, output, _figures(share))


def _strict_end_state(truth: Any, state: Any) -> Judgement:
    try:
        return judge_end_state(truth, state, strict=True)
    except _CRASHES:
        return Judgement(False, "the end state is not a list of classes with their attributes", "", listed=True)


def _share(entry: Mapping[str, Any], run: Run, valid: bool, *, strict: bool) -> float | None:
    """Process accuracy: 1 where the end state is right; None where it is not and no trace was recorded."""
    if valid:
        return 1.0
    return None if run.process is None else process_accuracy(entry["mile_stone"], run.process, strict=strict)


def _figures(share: float | None) -> dict[str, float]:
    return {} if share is None else {"process_accuracy": share}


def _graded(valid: bool, share: float | None) -> tuple[float, tuple[CallPart, ...]]:
    """The similarity with its two parts."""
    milestones = share or 0.0
    reason = "equal" if milestones == 1.0 else "partial" if milestones else "missing"
    parts = (
        CallPart("end state", None, None, float(valid), "equal" if valid else "different"),
        CallPart("milestones", None, None, milestones, reason),
    )
    return (1.0 if valid else min(CEILING, milestones)), parts
