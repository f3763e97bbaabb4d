"""How right a conversation is, as a number in [0, 1]; ours, neither BFCL's nor the paper's.

Every turn in which the answer has calls counts alike. A turn that passes is 1; any other is the mean of three shares::

    calls       the model's calls of the turn against the answer's (intersection over union, as for single turns)
    state       right values among those that were, or should have been, changed in the simulated classes so far
    responses   the answer's results that the model has seen by then

kept below 1. A conversation with another number of turns than the case is scaled down by the quotient. So the
similarity is 1 exactly where nothing is wrong with any turn.
"""

from __future__ import annotations

from collections.abc import Sequence

from starbench.benchmarks.bfcl.multi_turn.turns import TurnRecord
from starbench.similarity import compare, expected_calls
from starbench.types import ArgumentPart, Call, CallPart, Similarity, Tool

CEILING = 0.999
"""The most that a turn with something wrong in it can have."""


def conversation_similarity(
    records: Sequence[TurnRecord],
    turns: Sequence[Sequence[Sequence[Call]]],
    tools: Sequence[Tool],
    profile: str = "robust",
) -> Similarity:
    """The similarity of a conversation; ``turns`` are the model's calls, step by step, as far as it went.

    Its parts are one a judged turn, each with the three shares as its arguments.
    """
    parts = [_part(record, turns, tools, profile) for record in records if record.wanted]
    mean = sum(part.similarity for part in parts) / len(parts) if parts else 1.0
    fewer, more = sorted((len(turns), len(records)))
    return Similarity(mean * (fewer / more if more else 1.0), tuple(parts), profile)


def _part(
    record: TurnRecord, turns: Sequence[Sequence[Sequence[Call]]], tools: Sequence[Tool], profile: str
) -> CallPart:
    name, made = f"turn {record.index + 1}", record.index if record.index < len(turns) else None
    if record.passed:
        return CallPart(name, made, record.index, 1.0, "equal")
    calls = [call for step in turns[record.index] for call in step] if made is not None else []
    shares = {
        "calls": float(compare(calls, expected_calls(record.wanted), tools, profile)),
        "state": record.state,
        "responses": record.covered,
    }
    arguments = tuple(ArgumentPart(what, share, "equal" if share == 1 else "partial") for what, share in shares.items())
    similarity = min(CEILING, sum(shares.values()) / len(shares))
    return CallPart(name, made, record.index, similarity, "partial" if calls else "missing", arguments)
