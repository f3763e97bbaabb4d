"""ACEBench's special cases: the right answer is to say that the request cannot be met, and why.

Three kinds; the prompt asks for a fixed sentence for each, and upstream looks for its words anywhere in the raw text::

    special_incomplete_0   {"RealEstateManager_manageProperty": ["propertyDetails", …]}   which arguments are missing
    special_error_param_0  {"plan_id": ["1234WrongID"]}                                   which values cannot be right
    special_irrelevant_0   "Due to the limitations of the function, I cannot solve this problem."

Saying that something is wrong is *detection*; naming it is *correction*. Upstream's error types are called after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starbench.benchmarks.acebench.checker import Judgement

Kind = Literal["incomplete", "error_param", "irrelevant"]

PHRASES: Mapping[Kind, str] = {
    "incomplete": "Missing necessary parameters",
    "error_param": "There is incorrect value",
    "irrelevant": "the limitations of the function",
}
"""The words that count as detection, in both languages (the Chinese prompt asks for the English sentences)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one key of the answer asks for: ``detected``, and the ``names`` that a correction must contain."""

    key: str
    values: Any
    detected: bool
    missing: tuple[str, ...]


def findings(kind: Kind, truth: Any, text: Any) -> Iterator[Finding]:
    """How far ``text`` finds what ``truth`` holds; raises TypeError where upstream's ``in`` does (quirk crash)."""
    detected = PHRASES[kind] in text
    if kind == "irrelevant":
        yield Finding("", truth, detected, ())
        return
    for key, values in truth.items():
        wanted: Sequence[str] = [key, *values] if kind == "incomplete" else values
        yield Finding(key, values, detected, tuple(name for name in wanted if name not in text))


def judge_special(kind: Kind, truth: Any, text: Any) -> Judgement:
    """Upstream's verdict on the raw ``text`` (quirk special_anywhere); of several failings the last is reported."""
    error, error_type = "", ""
    for finding in findings(kind, truth, text):
        if not finding.detected:
            error, error_type = _sentence(kind, finding.key, finding.values), "error_detection"
        elif finding.missing:
            # an absent function name is reported with all its parameters, else the last absent one stands alone
            last = (
                finding.missing[-1] if kind == "incomplete" and finding.key not in finding.missing else finding.values
            )
            error, error_type = _sentence(kind, finding.key, last), "error_correction"
    return Judgement(not error_type, [error] if error_type else [], error_type, listed=bool(error_type))


def coverage(kind: Kind, truth: Any, text: str) -> float:
    """How much of what should be said ``text`` says, in [0, 1]: half for detection, half for the share of names.

    This is ours; upstream has no grade between right and wrong. It is 1 exactly when :func:`judge_special` says valid.
    """
    found = list(findings(kind, truth, text))
    if not found or not all(finding.detected for finding in found):
        return 0.0
    asked = sum(len(finding.values) + (kind == "incomplete") for finding in found if kind != "irrelevant")
    absent = sum(len(finding.missing) for finding in found)
    return 1.0 if not absent else 0.5 + 0.5 * (asked - absent) / asked


def _sentence(kind: Kind, key: str, values: Any) -> str:
    pointed = "but the model failed to correctly point it out"
    if kind == "incomplete":
        return f"The user's instruction is missing necessary parameters ({values}) for the ({key}), {pointed}"
    if kind == "error_param":
        return f"The user's instruction contains incorrect values ({values}) of the parameters ({key}), {pointed}"
    return "The model cannot solve this problem, due to the limitations of the function"
