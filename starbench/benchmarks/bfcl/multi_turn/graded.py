"""How right a conversation is, as a number in [0, 1]; ours, neither BFCL's nor the paper's.

Every turn in which the answer has calls counts alike. A turn that passes is 1; any other is the mean of three shares::

    calls       the model's calls of the turn against the answer's (intersection over union, as for single turns)
    state       right values among those that were, or should have been, changed in the simulated classes so far
    responses   the answer's results that the model has seen by then

kept below 1. A conversation with another number of turns than the case is scaled down by the quotient. So the
similarity is 1 exactly where nothing is wrong with any turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from starbench.benchmarks.bfcl.multi_turn.state import ABSENT
from starbench.benchmarks.bfcl.multi_turn.turns import TurnRecord
from starbench.similarity import compare, expected_calls
from starbench.types import ArgumentPart, Call, CallPart, Similarity, Tool

CEILING = 0.999
"""The most that a turn with something wrong in it can have."""
SHOWN = 500
"""Characters of a text that are kept in the parts."""

Turn = Sequence[Sequence[Call]]
"""The model's calls of a turn, step by step."""


def conversation_similarity(
    records: Sequence[TurnRecord], turns: Sequence[Turn], tools: Sequence[Tool], profile: str = "robust"
) -> Similarity:
    """The similarity of a conversation; ``turns`` are the model's, as far as it went.

    Its parts are one a judged turn. One with something wrong has the three shares as its arguments, with what was
    wanted and what came: calls, values of the simulated classes by place, results by call.
    """
    judged = [record for record in records if record.wanted]
    parts = [_part(record, _calls(record, turns), tools, profile) for record in judged]
    mean = sum(part.similarity for part in parts) / len(parts) if parts else 1.0
    fewer, more = sorted((len(turns), len(records)))
    return Similarity(mean * (fewer / more if more else 1.0), tuple(parts), profile)


def _calls(record: TurnRecord, turns: Sequence[Turn]) -> list[Call]:
    return [call for step in turns[record.index] for call in step] if record.index < len(turns) else []


def _part(record: TurnRecord, calls: list[Call], tools: Sequence[Tool], profile: str) -> CallPart:
    name = f"turn {record.index + 1}"
    if record.passed:
        return CallPart(name, None, None, 1.0, "equal")
    likeness = float(compare(calls, expected_calls(record.wanted), tools, profile))
    arguments = (
        _share("calls", likeness, _written(calls), _written(record.wanted)),
        _share("state", record.state, *_values(record)),
        _share("responses", record.covered, {}, {call: _cut(result) for call, result in record.missing}),
    )
    similarity = min(CEILING, sum(argument.similarity for argument in arguments) / len(arguments))
    return CallPart(name, None, None, similarity, "partial" if calls else "missing", arguments)


def _share(what: str, share: float, got: Any, wanted: Any) -> ArgumentPart:
    if share == 1.0:
        return ArgumentPart(what, 1.0, "equal")
    return ArgumentPart(what, share, "partial", got, (wanted,))


def _written(calls: Sequence[Call]) -> list[dict[str, Any]]:
    return [{"name": call.name, "arguments": dict(call.arguments)} for call in calls]


def _values(record: TurnRecord) -> Iterator[dict[str, Any]]:
    """The values that differ, by place, on the model's side and on the answer's; a side may lack one."""
    for side in ("model", "truth"):
        values = {found.place: getattr(found, side) for found in record.differences}
        yield {place: _cut(value) for place, value in values.items() if value is not ABSENT}


def _cut(value: Any) -> Any:
    return value if not isinstance(value, str) or len(value) <= SHOWN else f"{value[: SHOWN - 1]}…"
