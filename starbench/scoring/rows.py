"""A scored row: one answer with its verdict.

Example, as a line of ``scores.jsonl``; what the answer was, and how it compares, follows (see :func:`details`)::

    {"model": "mine", "id": "simple_python_3", "benchmark": "bfcl", "category": "simple_python", "valid": false,
     "error": "value_error:others", "similarity": 0.67, "dialect": "hermes", …}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starbench.errors import family
from starbench.types import Accepted, Call, CallPart, Expected, Fields, Output

NO_FIGURES: Mapping[str, float] = {}


class ScoredRow(NamedTuple):
    """One answer, judged. A tuple of plain values, because it travels between processes.

    ``infrastructure`` marks an answer that is an error message of the serving side. ``line`` is the row as it stands in
    ``scores.jsonl``, with all that a reader wants to see beside the verdict; it is empty where nobody asked for it.
    ``file`` and ``row`` say where the answer stands, ``figures`` what else was measured of it.
    """

    model: str
    id: str
    benchmark: str
    category: str
    valid: bool
    error: str | None
    similarity: float
    dialect: str
    message: str = ""
    infrastructure: bool = False
    file: str = ""
    row: int = 0
    line: bytes = b""
    figures: Mapping[str, float] = NO_FIGURES

    @property
    def counted(self) -> bool:
        """Whether the row is part of the accuracy: an answer of the model, and not a failure around it."""
        return family(self.error) != "infrastructure"

    def record(self) -> dict[str, Any]:
        """The verdict as a JSON object."""
        return {name: value for name, value in self._asdict().items() if name not in BESIDE}


BESIDE = frozenset(("file", "row", "line"))
"""What a row carries that is no part of the verdict."""


def details(output: Output, expected: Expected, parts: Sequence[CallPart], explanation: Any) -> dict[str, Any]:
    """What was read, what was expected and how the two compare, ready for JSON."""
    return {
        "parts": [part_record(part) for part in parts],
        "calls": [call_record(call) for call in output.calls],
        "failed": [{"raw": a.raw, "status": a.status, "problem": a.problem} for a in output.failed],
        "answer": answer_record(output),
        "expected": expected_record(expected),
        "explanation": explanation,
    }


def answer_record(output: Output) -> dict[str, Any]:
    """The answer as it was written, with the place of every attempt in it.

    Reasoning and reply stand beside the text only where they are not in it, as in messages with fields of their own. An
    attempt has its ``raw`` text where it has no span.
    """
    beside = {name: text for name in ("reasoning", "reply") if (text := getattr(output, name)) not in output.text}
    attempts = [
        {"status": a.status, "problem": a.problem, "repairs": list(a.repairs)}
        | ({"raw": a.raw} if a.span is None else {"span": list(a.span)})
        for a in output.attempts
    ]
    return {"text": output.text, "reasoning_complete": output.reasoning_complete, "attempts": attempts} | beside


def part_record(part: CallPart) -> dict[str, Any]:
    """One part of a similarity as a JSON object; the accepted values of an argument stand under ``wanted``."""
    return {
        "name": part.name,
        "predicted": part.predicted,
        "expected": part.expected,
        "similarity": part.similarity,
        "reason": part.reason,
        "arguments": [
            {
                "name": argument.name,
                "similarity": argument.similarity,
                "reason": argument.reason,
                "got": argument.got,
                "wanted": accepted_record(argument.wanted),
            }
            for argument in part.arguments
        ],
    }


def call_record(call: Call) -> dict[str, Any]:
    """A call as the JSON object that most formats know."""
    return {"name": call.name, "arguments": dict(call.arguments)}


def expected_record(expected: Expected) -> dict[str, Any]:
    """The gold as a JSON object: its kind, and the calls or replies where it has them."""
    record: dict[str, Any] = {"kind": expected.kind}
    if expected.calls:
        record["calls"] = [
            {"name": call.name, "arguments": {name: accepted_record(a) for name, a in call.arguments.items()}}
            for call in expected.calls
        ]
    if expected.replies:
        record["replies"] = list(expected.replies)
    return record


def accepted_record(value: Any) -> Any:
    """An accepted value as JSON: a place is ``{"alternatives": […], "optional": …}``, and so is each field inside."""
    if isinstance(value, (str, int, float)):  # the bulk of all values
        return value
    if isinstance(value, Accepted):
        return {"alternatives": [accepted_record(a) for a in value.alternatives], "optional": value.optional}
    if isinstance(value, Fields):
        return {"fields": {name: accepted_record(place) for name, place in value.fields.items()}}
    if isinstance(value, (list, tuple)):
        return [accepted_record(item) for item in value]
    return value
