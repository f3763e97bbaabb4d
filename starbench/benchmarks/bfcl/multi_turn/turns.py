"""Playing a conversation: the model's calls on one side, the answer's on the other, compared after every turn.

Each turn leaves a record of what upstream checks and of how near it came::

    TurnRecord(index=2, calls=3, wanted=(Call("get_ticket", {"ticket_id": 1}),),
               missing=(("get_ticket(ticket_id=1)", '{"id": 1, "status": "Closed"}'),),
               differing=(("TicketAPI", "ticket_queue"),), state=0.5,
               differences=(Difference(("TicketAPI", "ticket_queue", 0, "status"), model="Open", truth="Closed"),))

Turns are played to the end even where one goes wrong, and nothing is carried from one conversation to the next.
"""

from __future__ import annotations

import decimal
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

from starbench.benchmarks.bfcl.multi_turn.gold import answer_call
from starbench.benchmarks.bfcl.multi_turn.state import Difference, Nearness, differing, nearness
from starbench.benchmarks.bfcl.multi_turn.world import FAILED, World
from starbench.types import Call

Item = TypeVar("Item")
Steps = Sequence[Sequence[Item]]
"""The calls of a turn, step by step, in whichever form they are read."""
Wanted = tuple[str, str]
"""A call of the answer, as its text, and its result."""

_UP_TO_A_NUMBER = re.compile(r"[^\d-]*")
_WHOLE = re.compile(r"\d(?:\.0+(?!\d)|\.?\d*[eE][-+]?\d)")


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """What became of one turn.

    ``calls`` counts the model's calls. ``wanted`` are the calls of the answer; where there are none upstream judges
    nothing. ``missing`` are those whose result none of the model's calls gave, in this turn or an earlier one;
    ``missing_text`` those whose result they did not give in exactly these characters (5 for 5.0). ``differing`` names
    class and attribute in which the sides differ now, ``differences`` the first single values that do. ``state`` is
    the share of right values among all that were, or should have been, changed. ``failed`` is the first of the model's
    calls that ended in an error: its step, and what the simulated API said.
    """

    index: int
    calls: int
    wanted: tuple[Call, ...] = ()
    missing: tuple[Wanted, ...] = ()
    missing_text: tuple[Wanted, ...] = ()
    differing: tuple[tuple[str, str], ...] = ()
    state: float = 1.0
    differences: tuple[Difference, ...] = ()
    failed: tuple[int, str] | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong with this turn."""
        return not self.wanted or bool(self.calls and not self.missing and not self.differing)

    @property
    def covered(self) -> float:
        """The share of the answer's results that the model has."""
        return 1.0 - len(self.missing) / len(self.wanted) if self.wanted else 1.0


class Stage(Generic[Item]):
    """Two worlds in the same initial state, and how the model's calls are made.

    ``world`` makes a world in the initial state; ``make`` gives the result text of one of the model's calls.
    """

    def __init__(self, world: Callable[[], World], make: Callable[[Item, World], str]) -> None:
        self.model = world()
        self.truth = world()
        self.make = make
        self._world = world

    @cached_property
    def initial(self) -> World:
        """A third one, in which nothing happens."""
        return self._world()


def play(stage: Stage[Item], turns: Sequence[Steps[Item]], truth: Sequence[Sequence[str]]) -> list[TurnRecord]:
    """A record of each turn of ``truth``; turns that the model lacks are turns without calls."""
    have: list[str] = []
    records = []
    with _arithmetic_kept():
        for index, answer in enumerate(truth):
            steps = turns[index] if index < len(turns) else ()
            results = [[stage.make(item, stage.model) for item in step] for step in steps]
            have.extend(text for step in results for text in step)
            wanted = tuple(answer_call(text, stage.truth.parameters) for text in answer)
            gold = [(text, stage.truth.perform(call)) for text, call in zip(answer, wanted, strict=True)]
            turn = TurnRecord(index, sum(map(len, results)), wanted, failed=_first_failed(results))
            records.append(_judged(turn, gold, have, stage) if wanted else turn)
    return records


def _judged(turn: TurnRecord, gold: list[Wanted], have: list[str], stage: Stage[Any]) -> TurnRecord:
    """The record of a turn completed by comparing the two sides as they are now."""
    model, truth = stage.model.instances, stage.truth.instances
    unequal = differing(model, truth)
    missing_text = tuple(_missing(gold, have, str))
    if not unequal and not missing_text:
        return turn
    near = nearness(stage.initial.instances, model, truth) if unequal else Nearness(1.0)
    return replace(
        turn,
        missing=tuple(_missing(gold, have, _values_beginning_like(missing_text))),
        missing_text=missing_text,
        differing=unequal,
        state=near.share,
        differences=near.differences,
    )


def _first_failed(results: list[list[str]]) -> tuple[int, str] | None:
    """Step and result of the first call that ended in an error."""
    for step, texts in enumerate(results):
        for text in texts:
            if text.startswith((FAILED, '{"error"')):
                return step, text
    return None


def _missing(wanted: list[Wanted], have: list[str], key: Callable[[str], str]) -> Iterator[Wanted]:
    """The answer's calls whose result the model does not have, or not often enough."""
    left = Counter(map(key, have))
    for text, result in wanted:
        left[key(result)] -= 1
        if left[key(result)] < 0:
            yield text, result


def _values_beginning_like(wanted: Sequence[Wanted]) -> Callable[[str], str]:
    """What to compare results by so that 5.0 is 5: those that begin like one of ``wanted`` in one spelling of numbers.

    Two results of the same value begin alike up to the first digit, so the others, often long, need not be read.
    """
    heads = {_head(result) for _, result in wanted}
    return lambda result: _value(result) if _head(result) in heads else result


def _head(result: str) -> str:
    return _UP_TO_A_NUMBER.match(result)[0]  # type: ignore[index]  # it matches every text


@lru_cache(maxsize=64)
def _value(result: str) -> str:
    """A result text in one spelling; what is not JSON stays as it is."""
    if _WHOLE.search(result) is None:
        return result
    try:
        return json.dumps(json.loads(result, parse_float=_number))
    except (ValueError, RecursionError):
        return result


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


@contextmanager
def _arithmetic_kept() -> Iterator[None]:
    """The simulated calculator sets the precision of ``decimal`` and ``mpmath`` for the whole process; put it back."""
    mpmath = sys.modules.get("mpmath")
    precision = mpmath.mp.prec if mpmath else 0
    with decimal.localcontext():
        try:
            yield
        finally:
            if mpmath:
                mpmath.mp.prec = precision
