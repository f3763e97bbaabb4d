"""The verdict on one conversation, official or strict, with a sentence that says where it went wrong.

    conversation_verdict(sources, entry, result, "bfcl-fc", tools)
    ->  Verdict(valid=False, error="multi_turn:instance_state_mismatch", similarity=Similarity(0.71…),
                message="turn 3: TicketAPI.ticket_queue[0].status is 'Open' and should be 'Resolved'")

Official grading runs the calls as upstream does, quirks included. Strict grading makes the calls that the model wrote,
each side with classes of its own, and compares results as values (5 is 5.0). Both judge by the same rules, turn by
turn: a turn in which the answer has calls needs a call, the right state after it, and every result of the answer's
calls by then. Further calls are free. A turn in which the answer has none (the one with a function or a value missing)
is not judged, which upstream means so; what the model does there shows in the state later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starbench.benchmarks.base import is_inference_error
from starbench.benchmarks.bfcl.multi_turn import quirks
from starbench.benchmarks.bfcl.multi_turn.execution import execute
from starbench.benchmarks.bfcl.multi_turn.graded import conversation_similarity
from starbench.benchmarks.bfcl.multi_turn.reading import (
    Action,
    Step,
    conversation_output,
    dialect_of,
    read_turns,
)
from starbench.benchmarks.bfcl.multi_turn.sources import Sources
from starbench.benchmarks.bfcl.multi_turn.turns import Stage, Steps, TurnRecord, Wanted, play
from starbench.benchmarks.bfcl.multi_turn.world import World, is_inflated
from starbench.similarity import profile as profile_of
from starbench.types import Call, Similarity, Tool, Verdict

Entry = Mapping[str, Any]
Problem = tuple[str, str]
"""An error code and a sentence."""
Codes = Mapping[str, str]

OFFICIAL: Codes = {
    "length": "multi_turn:force_terminated",
    "no_call": "multi_turn:empty_turn_model_response",
    "state": "multi_turn:instance_state_mismatch",
    "response": "multi_turn:execution_response_mismatch",
}
STRICT: Codes = {
    "length": "turn:count",
    "no_call": "call:none",
    "state": "turn:state",
    "response": "turn:response",
}
_CRASH: Problem = ("official:crash", "the official code crashes on a turn that is not a list of steps")
_SHOWN = 100


def conversation_verdict(
    sources: Sources,
    entry: Entry,
    result: Any,
    dialect: str = "auto",
    tools: Sequence[Tool] = (),
    grading: str = "official",
    profile: str = "robust",
) -> Verdict:
    """The verdict on ``result``, anything that a JSON file can hold; its similarity is that of the strict reading.

    ``entry`` is the published entry with its answer under ``ground_truth``, a list of turns of call texts; ``tools``
    are those of its classes, withheld ones included. Raises UnknownNameError for a dialect or profile that does not
    exist, and never on what a model wrote.
    """
    profile = profile_of(profile).name
    codes = OFFICIAL if grading == "official" else STRICT
    if not isinstance(result, list):
        code = "multi_turn:inference_error" if grading == "official" else not_turns_code(result)
        return Verdict(False, code, Similarity(0.0, (), profile), f"the result is no list of turns but {_show(result)}")
    dialect = dialect_of(result, dialect)
    turns = read_turns(result, dialect, tools)
    output = conversation_output(turns, dialect)
    complete, readable = len(turns) == len(entry["ground_truth"]), None not in turns
    calls = [[step.calls for step in turn or () if step.calls] for turn in turns]
    officially, strictly = None, None
    if grading == "official" and complete and readable:
        officially, apart = _play_officially(sources, entry, [turn or [] for turn in turns])
        strictly = None if apart else officially
    strictly = strictly or _play_strictly(sources, entry, calls)
    similarity = conversation_similarity(strictly, calls, tools, profile)
    problem = (
        _length_problem(len(turns), len(entry["ground_truth"]), codes)
        or (_CRASH if grading == "official" and not readable else None)
        or _first_problem(officially or strictly, codes)
    )
    if problem is None:
        return Verdict(True, None, similarity, output=output)
    return Verdict(False, problem[0], similarity, problem[1], output)


def not_turns_code(result: Any) -> str:
    """The strict code of a result that has not the form of a conversation: the serving side's error, or the model's."""
    failed = is_inference_error(result)
    return "infra:error" if failed else "turn:count"


def _play_officially(sources: Sources, entry: Entry, turns: Sequence[Sequence[Step]]) -> tuple[list[TurnRecord], bool]:
    """Play upstream's way: its decoding, its running of call texts, one set of modules for both sides.

    The second value says whether playing the strict way can come to something else.
    """
    modules = sources.modules(is_inflated(entry))
    stage = Stage(lambda: World(sources, modules, entry), _run_action)
    shared = repr(quirks.shared_state(modules))
    actions = [[step.actions for step in turn if step.actions] for turn in turns]
    records = play(stage, actions, entry["ground_truth"])
    same = all(step.is_same for turn in turns for step in turn)
    return records, not same or repr(quirks.shared_state(modules)) != shared


def _play_strictly(sources: Sources, entry: Entry, calls: Sequence[Steps[Call]]) -> list[TurnRecord]:
    """Play what the model wrote, each side in modules of its own."""

    def world() -> World:
        return World(sources, sources.modules(is_inflated(entry)), entry)

    return play(Stage(world, _run_call), calls, entry["ground_truth"])


def _run_action(action: Action, world: World) -> str:
    return execute(action, world) if isinstance(action, str) else world.perform(action)


def _run_call(call: Call, world: World) -> str:
    return world.perform(call)


def _length_problem(made: int, wanted: int, codes: Codes) -> Problem | None:
    return None if made == wanted else (codes["length"], f"the conversation has {made} turns and should have {wanted}")


def _first_problem(records: Sequence[TurnRecord], codes: Codes) -> Problem | None:
    return next((problem for record in records if (problem := _turn_problem(record, codes))), None)


def _turn_problem(record: TurnRecord, codes: Codes) -> Problem | None:
    """What is wrong with a turn, judged in upstream's order."""
    missing = record.missing_text if codes is OFFICIAL else record.missing
    turn = f"turn {record.index + 1}"
    if not record.wanted:
        return None
    if not record.calls:
        return codes[
            "no_call"
        ], f"{turn} has no call that can be read; expected: {', '.join(call.name for call in record.wanted)}"
    if record.differing:
        return codes["state"], f"{turn}: {_state_sentence(record)}{_failure(record)}"
    if missing:
        return codes["response"], f"{turn}: {_response_sentence(missing)}{_failure(record)}"
    return None


def _state_sentence(record: TurnRecord) -> str:
    if not record.differences:
        return f"{'.'.join(record.differing[0])} differs from what it should be"
    first = record.differences[0]
    others = len(record.differences) - 1
    more = f" ({others} more {'values differ' if others > 1 else 'value differs'})" if others else ""
    return f"{_clip(first.place)} is {_show(first.model)} and should be {_show(first.truth)}{more}"


def _response_sentence(missing: Sequence[Wanted]) -> str:
    text, result = missing[0]
    more = f", nor {len(missing) - 1} other results" if len(missing) > 1 else ""
    return f"no call so far gave the result of {_clip(text)}, which is {_clip(result)}{more}"


def _failure(record: TurnRecord) -> str:
    """The model's first call of the turn that ended in an error, which is often why."""
    return f"; a call in step {record.failed[0] + 1} gave {_clip(record.failed[1])}" if record.failed else ""


def _show(value: Any) -> str:
    """A value for people; making its text can fail where a model nested it deeply."""
    try:
        return _clip(repr(value))
    except (ValueError, RecursionError):
        return f"a {type(value).__name__} too large to show"


def _clip(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
