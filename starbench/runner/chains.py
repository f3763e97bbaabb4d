"""Cases that have to wait for others: the questions about a memory come after the conversations that fill it.

    chains = Chains(ask, folder.prerequisites, open_cases)
    chains.begin()                   # a job for each chain: the first conversation that has not been held yet
    chains.follow(outcome)           # when one has ended: the next of its chain, or after the last all questions

What a conversation has left stands in its row, so that a chain goes on where a killed run stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from starbench.benchmarks.bfcl.memory import Snapshot
from starbench.runner.engine import Job, Outcome
from starbench.runner.loops import Asking
from starbench.runner.rows import Key, RowFile
from starbench.types import Case

Chain = tuple[str, int]
"""The id of the last conversation of a chain, and the number of the sample."""


class Chains:
    """The cases that wait, by what they wait for; ``waiting`` are pairs of a case and the number of its sample."""

    def __init__(self, ask: Asking, rows: RowFile, waiting: Iterable[tuple[Case, int]]) -> None:
        self._ask = ask
        self._left: dict[Key, Snapshot] = {key: row["left"] for key, row in rows if "error" not in row}
        self._waiting: dict[Chain, list[Case]] = defaultdict(list)
        self._chain_of: dict[Key, Chain] = {}
        for case, sample in waiting:
            before = ask.before(case)
            chain = before[-1].id, sample
            self._waiting[chain].append(case)
            self._chain_of |= {(one.id, sample): chain for one in before}

    def begin(self) -> Iterator[Job]:
        """What can begin at once."""
        for chain in list(self._waiting):
            yield from self._next(chain)

    def follow(self, outcome: Outcome) -> Iterator[Job]:
        """What can begin after a conversation that has ended well."""
        key = (outcome.job.case.id, outcome.job.sample)
        answer: dict[str, Any] = outcome.answer or {}
        self._left[key] = answer["left"]
        yield from self._next(self._chain_of[key])

    def give_up(self, outcome: Outcome) -> Iterator[Outcome]:
        """How all that waited for a conversation without an answer ends."""
        id, sample = outcome.job.case.id, outcome.job.sample
        sentence = f"{id}, which has to come before, has no answer: {outcome.failure}"
        for case in self._waiting.pop(self._chain_of[id, sample]):
            yield Outcome(Job(case, sample, self._ask(case, sample)), (), failure=sentence)

    def _next(self, chain: Chain) -> Iterator[Job]:
        sample, left = chain[1], None
        for case in self._ask.before(self._waiting[chain][0]):
            if (case.id, sample) not in self._left:
                yield Job(case, sample, self._ask(case, sample, left), is_prerequisite=True)
                return
            left = self._left[case.id, sample]
        for case in self._waiting.pop(chain):
            yield Job(case, sample, self._ask(case, sample, left))
