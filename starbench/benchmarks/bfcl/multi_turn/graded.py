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

from starbench.benchmarks.bfcl.multi_turn.turns import TurnRecord
from starbench.similarity import compare, expected_calls
from starbench.types import ArgumentPart, Call, CallPart, Similarity, Tool

CEILING = 0.999
"""The most that a turn with something wrong in it can have."""
SHOWN = 300
"""Characters of one line of text in the parts."""

Turn = Sequence[Sequence[Call]]
"""The model's calls of a turn, step by step."""


def conversation_similarity(
    records: Sequence[TurnRecord], turns: Sequence[Turn], tools: Sequence[Tool], profile: str = "robust"
) -> Similarity:
    """The similarity of a conversation; ``turns`` are the model's, as far as it went.

    Its parts are one a judged turn. One with something wrong has the three shares as its arguments, with what came and
    what was wanted, as lines of text: calls, values of the simulated classes by place, results by call.
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
        _share(
            "responses", record.covered, "", "\n".join(f"{call} -> {_cut(result)}" for call, result in record.missing)
        ),
    )
    similarity = min(CEILING, sum(argument.similarity for argument in arguments) / len(arguments))
    return CallPart(name, None, None, similarity, "partial" if calls else "missing", arguments)


def _share(what: str, share: float, got: str, wanted: str) -> ArgumentPart:
    if share == 1.0:
        return ArgumentPart(what, 1.0, "equal", "", ("",))
    return ArgumentPart(what, share, "partial", got, (wanted,))


def _written(calls: Sequence[Call]) -> str:
    return "\n".join(_cut(f"{call.name}({_arguments(call)})") for call in calls)


def _arguments(call: Call) -> str:
    return ", ".join(f"{name}={_text(value)}" for name, value in call.arguments.items())


def _text(value: Any) -> str:
    try:
        return repr(value)
    except (ValueError, RecursionError):  # a huge integer, a very deep list
        return "…"


def _values(record: TurnRecord) -> Iterator[str]:
    """The values that differ, a line each, on the model's side and on the answer's."""
    for side in ("model", "truth"):
        yield "\n".join(f"{found.place} = {_cut(_text(getattr(found, side)))}" for found in record.differences)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
