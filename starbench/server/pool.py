"""Scorer processes behind one ``await``: every sample is answered once, whatever happens to the process that had it.

Example: ``await pool.score(['["<tool_call>…</tool_call>", [], null, null]'])`` gives a :class:`Reward` (or a
:class:`Problem` that says why the gold cannot be used) for each sample's JSON text, in order.

An idle scorer takes its share of the waiting samples and answers them in order, so the first one without an answer is
the one being scored. A scorer that is silent for longer than the time for a sample is killed and that sample is
answered ``infra:timeout``. A scorer that dies is replaced and its unanswered samples go back to the front of the line;
a sample that was being scored when its process died, three times over, is answered ``infra:error``.

Time limits are anyio's: before Python 3.12, ``asyncio.wait_for`` forgets a cancellation that arrives together with what
it waits for, and a scorer that goes on unasked would keep :meth:`Pool.close` waiting for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anyio

from starbench.errors import InputError
from starbench.reward import Reward
from starbench.server.settings import Settings

CHUNK = 64
"""Samples that a scorer takes at once, at most."""

TRIES = 3
"""How often a sample is scored before the death of its process is its own doing."""

START_SECONDS = 120.0
"""A scorer that is not ready by then never will be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A sample that cannot be scored because of what the client sent."""

    sentence: str


@dataclass(slots=True, eq=False)
class Job:
    """A sample's JSON text on its way."""

    line: str
    answer: asyncio.Future[Reward | Problem]
    tries: int = 0


class Pool:
    """``settings.workers`` processes of ``program``; ``on_loss`` is told ``timeout`` or ``died`` for each replaced."""

    def __init__(
        self,
        settings: Settings,
        on_loss: Callable[[str], None] = lambda reason: None,
        program: Sequence[str] = ("-m", "starbench.server.scorer"),
    ) -> None:
        self.settings = settings
        self.on_loss = on_loss
        self.command = (sys.executable, *program, settings.reward, settings.profile)
        self.parts: tuple[str, ...] = ()
        self.waiting: deque[Job] = deque()
        self._arrived = asyncio.Event()
        self.scorers = [Scorer(self) for _ in range(settings.workers)]
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def alive(self) -> int:
        """How many scorers are ready or scoring."""
        return sum(scorer.ready for scorer in self.scorers)

    async def open(self) -> None:
        """Start every scorer and wait until each is ready.

        Raises:
            InputError: a scorer ended before it was ready; what it said stands in standard error.
        """
        await asyncio.gather(*(scorer.start() for scorer in self.scorers))
        self._tasks = [asyncio.create_task(scorer.run()) for scorer in self.scorers]

    async def close(self) -> None:
        """End every scorer; call it when nothing is waiting any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(scorer.stop() for scorer in self.scorers))

    async def score(self, lines: Sequence[str]) -> list[Reward | Problem]:
        """An answer for each sample, in order; see :mod:`starbench.server.scorer` for a sample's JSON text."""
        loop = asyncio.get_running_loop()
        jobs = [Job(line, loop.create_future()) for line in lines]
        self.waiting.extend(jobs)
        self._arrived.set()
        return [await job.answer for job in jobs]

    async def take(self) -> list[Job]:
        """An idle scorer's share of what waits."""
        while not self.waiting:
            self._arrived.clear()
            await self._arrived.wait()
        share = -(-len(self.waiting) // len(self.scorers))
        return [self.waiting.popleft() for _ in range(min(share, CHUNK))]

    def give_back(self, jobs: Sequence[Job]) -> None:
        """Put samples that were not answered in front of the line."""
        self.waiting.extendleft(reversed(jobs))
        self._arrived.set()

    def failure(self, code: str) -> Reward:
        """The answer for a sample that was not measured: the lowest reward, with a code of the ``infra`` family."""
        return Reward(value=-1.0, parts=dict.fromkeys(self.parts, 0.0), code=code)


class Scorer:
    """One scorer process: ``jobs`` are the samples that it has and did not answer yet, the one being scored first."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.ready = False
        self.jobs: deque[Job] = deque()
        self._idle = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._heard = 0.0
        self._hung = False

    async def start(self) -> None:
        """Start the process and wait for its first line.

        Raises:
            InputError: it ended, or was silent, before it was ready.
        """
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self.pool.command, stdin=pipe, stdout=pipe, start_new_session=True
        )
        first = b""
        with anyio.move_on_after(START_SECONDS):
            first = await self._line()
        if not first:
            await self.stop()
            raise InputError("a scorer process ended before it was ready; its last words stand above")
        self.pool.parts = tuple(json.loads(first)["ready"])
        self.ready = True

    async def stop(self) -> None:
        """Close the process's input, which ends it, and wait; kill it if it does not end."""
        self.ready = False
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        with anyio.move_on_after(self.pool.settings.sample_seconds):
            await process.wait()
        self._kill()
        await process.wait()

    async def run(self) -> None:
        """Feed the process and hand out its answers; whenever it is lost, replace it."""
        while True:
            feeding = asyncio.create_task(self._feed())
            try:
                while line := await self._line():
                    self._answer(json.loads(line))
            finally:
                feeding.cancel()
                await asyncio.wait([feeding])
            self.pool.on_loss("timeout" if self._hung else "died")
            self._settle()
            await self.stop()
            await self._start_again()

    async def _feed(self) -> None:
        """Give the process its share of samples; kill it once it is silent for longer than the time for a sample."""
        assert self._process is not None and self._process.stdin is not None
        clock, limit = asyncio.get_running_loop().time, self.pool.settings.sample_seconds
        self._hung = False
        while True:
            self.jobs.extend(await self.pool.take())
            self._idle.clear()
            self._heard = clock()
            self._process.stdin.write(("[" + ",".join(job.line for job in self.jobs) + "]\n").encode())
            while self.jobs:
                left = self._heard + limit - clock()
                if left <= 0:
                    self._hung = True
                    self._kill()
                    return
                with anyio.move_on_after(left):
                    await self._idle.wait()

    def _answer(self, line: dict[str, Any]) -> None:
        """Answer the sample that was being scored."""
        job = self.jobs.popleft()
        self._heard = asyncio.get_running_loop().time()
        if "problem" in line:
            resolve(job, Problem(line["problem"]))
        elif line["value"] is None:
            resolve(job, self.pool.failure(line["code"]))
        else:
            resolve(job, Reward(value=line["value"], parts=line["parts"], code=line["code"]))
        if not self.jobs:
            self._idle.set()

    def _settle(self) -> None:
        """Decide what becomes of the samples that a lost process had."""
        rest = [*self.jobs]
        self.jobs.clear()
        if rest:
            rest[0].tries += 1
        if rest and (self._hung or rest[0].tries >= TRIES):
            resolve(rest.pop(0), self.pool.failure("infra:timeout" if self._hung else "infra:error"))
        self.pool.give_back(rest)

    async def _start_again(self) -> None:
        while not self.ready:
            try:
                await self.start()
            except (InputError, OSError):
                await asyncio.sleep(1.0)

    async def _line(self) -> bytes:
        """The process's next line; empty once it is gone, also where it left a line unfinished."""
        assert self._process is not None and self._process.stdout is not None
        line = await self._process.stdout.readline()
        return line if line.endswith(b"\n") else b""

    def _kill(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


def resolve(job: Job, answer: Reward | Problem) -> None:
    """Answer a job, unless its client went away meanwhile."""
    if not job.answer.done():
        job.answer.set_result(answer)
