"""Many loops at once on one backend: as many requests under way as it can take, continued conversations first.

    await Engine(backend, jobs, finish).run()        # finish(Outcome) is called as each job ends

Everything happens in one thread of the event loop, so that nothing needs a lock; a backend that computes does it in a
thread of its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from starbench.backends import Backend, Completion, Request
from starbench.backends.cache import ResponseCache, cache_key
from starbench.runner.loops import Loop
from starbench.types import Case


@dataclass(frozen=True, slots=True)
class Job:
    """One sample of one case, with its loop not begun."""

    case: Case
    sample: int
    loop: Loop


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: with an ``answer``, or with a ``failure`` around the model."""

    job: Job
    completions: tuple[Completion, ...]
    answer: dict[str, Any] | None = None
    failure: str | None = None


@dataclass(slots=True)
class _Active:
    job: Job
    request: Request
    completions: list[Completion] = field(default_factory=list)


class Engine:
    """Runs jobs to their end; BackendError, and whatever ``finish`` raises, ends all of them."""

    def __init__(
        self,
        backend: Backend,
        jobs: Iterable[Job],
        finish: Callable[[Outcome], None],
        cache: ResponseCache | None = None,
    ) -> None:
        self._backend = backend
        self._jobs = iter(jobs)
        self._finish = finish
        self._cache = cache
        self._ready: deque[_Active] = deque()
        self._under_way = 0
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Work until no job is left."""
        workers = [asyncio.create_task(self._work()) for _ in range(self._backend.capabilities.concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self) -> None:
        while batch := await self._take():
            for active, completion in zip(batch, await self._completed(batch), strict=True):
                self._advance(active, completion)
            async with self._changed:
                self._under_way -= len(batch)
                self._changed.notify_all()

    async def _take(self) -> list[_Active]:
        """The next batch of requests; empty when nothing is left and nothing more can come."""
        async with self._changed:
            while True:
                batch = self._next_batch()
                if batch or not self._under_way:
                    self._under_way += len(batch)
                    return batch
                await self._changed.wait()

    def _next_batch(self) -> list[_Active]:
        size = self._backend.capabilities.batch
        while len(self._ready) < size and (job := next(self._jobs, None)) is not None:
            self._ready.append(_Active(job, next(job.loop)))
        return [self._ready.popleft() for _ in range(min(size, len(self._ready)))]

    async def _completed(self, batch: list[_Active]) -> list[Completion]:
        """A completion for each, from the cache where it is there."""
        if self._cache is None:
            return await self._backend.complete([active.request for active in batch])
        keys = [cache_key(self._backend, active.request) for active in batch]
        known = [self._cache.get(key) for key in keys]
        unknown = [active.request for active, found in zip(batch, known, strict=True) if found is None]
        fresh = iter(await self._backend.complete(unknown) if unknown else ())
        completions = []
        for key, found in zip(keys, known, strict=True):
            completions.append(found or next(fresh))
            if found is None:
                self._cache.put(key, completions[-1])
        return completions

    def _advance(self, active: _Active, completion: Completion) -> None:
        """Hand the completion to the loop; then it asks more, or its job has ended."""
        active.completions.append(completion)
        if completion.failure is not None:
            active.job.loop.close()
            self._finish(Outcome(active.job, tuple(active.completions), failure=completion.failure))
            return
        try:
            active.request = active.job.loop.send(completion)
        except StopIteration as end:
            self._finish(Outcome(active.job, tuple(active.completions), answer=end.value))
        else:
            self._ready.append(active)
