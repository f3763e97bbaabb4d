"""Many loops at once: as many errands under way as those who answer them can take, continued conversations first.

    await Engine({"model": backend}, jobs, finish).run()    # finish(Outcome) is called as each job ends

A loop gives out errands: requests to the model that is measured or to the one that plays the user, and lookups in the
web. Each is answered by the service of that name; ``finish`` may give jobs that could not begin before. Everything
happens in one thread of the event loop, so that nothing needs a lock; a backend that computes does it in a thread of
its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from starbench.backends import Backend, Capabilities, Completion, Request
from starbench.backends.cache import ResponseCache, cache_key
from starbench.runner.loops import Errand, Loop
from starbench.types import Case


class Service(Protocol):
    """Whoever answers errands; every backend is one."""

    @property
    def capabilities(self) -> Capabilities:
        """How many at a time."""
        ...

    async def complete(self, requests: Sequence[Any]) -> list[Completion]:
        """An answer to each, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One sample of one case, with its loop not begun. What a prerequisite ends with is no answer to be judged."""

    case: Case
    sample: int
    loop: Loop
    is_prerequisite: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: with an ``answer``, or with a ``failure`` around the model; the completions are the model's."""

    job: Job
    completions: tuple[Completion, ...]
    answer: dict[str, Any] | None = None
    failure: str | None = None


@dataclass(slots=True)
class _Active:
    job: Job
    errand: Errand
    completions: list[Completion] = field(default_factory=list)


class Engine:
    """Runs jobs to their end; BackendError, and whatever ``finish`` raises, ends all of them.

    Of ``services`` one is called "model"; only completions of models are kept in the cache.
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        jobs: Iterable[Job],
        finish: Callable[[Outcome], Iterable[Job]],
        cache: ResponseCache | None = None,
    ) -> None:
        self._services = services
        self._jobs = iter(jobs)
        self._are_all_begun = False
        self._finish = finish
        self._cache = cache
        self._ready: dict[str, deque[_Active]] = {name: deque() for name in services}
        self._under_way = 0
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Work until no job is left."""
        workers = [
            asyncio.create_task(self._work(name))
            for name, service in self._services.items()
            for _ in range(service.capabilities.concurrency)
        ]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, name: str) -> None:
        while batch := await self._take(name):
            for active, completion in zip(batch, await self._completed(name, batch), strict=True):
                self._advance(active, completion)
            async with self._changed:
                self._under_way -= len(batch)
                self._changed.notify_all()

    async def _take(self, name: str) -> list[_Active]:
        """The next batch of errands for a service; empty when nothing is left and nothing more can come."""
        async with self._changed:
            while True:
                batch = self._next_batch(name)
                self._under_way += len(batch)
                if batch or (self._are_all_begun and not self._under_way and not any(self._ready.values())):
                    self._changed.notify_all()  # others may have got errands, or have nothing to wait for any more
                    return batch
                await self._changed.wait()

    def _next_batch(self, name: str) -> list[_Active]:
        ready, size = self._ready[name], self._services[name].capabilities.batch
        while name == "model" and len(ready) < size and not self._are_all_begun:
            job = next(self._jobs, None)
            if job is None:
                self._are_all_begun = True
            else:
                self._begin(job)
        return [ready.popleft() for _ in range(min(size, len(ready)))]

    def _begin(self, job: Job) -> None:
        self._hand_on(_Active(job, next(job.loop)))

    def _hand_on(self, active: _Active) -> None:
        self._ready[active.errand.to].append(active)

    async def _completed(self, name: str, batch: list[_Active]) -> list[Completion]:
        """A completion for each, from the cache where it is there."""
        service, cache = self._services[name], self._cache
        if cache is None or name == "web":
            return await service.complete([active.errand for active in batch])
        backend = cast(Backend, service)
        requests = [cast(Request, active.errand) for active in batch]
        keys = [cache_key(backend, request) for request in requests]
        known = [cache.get(key) for key in keys]
        unknown = [request for request, found in zip(requests, known, strict=True) if found is None]
        fresh = iter(await backend.complete(unknown) if unknown else ())
        completions = []
        for key, found in zip(keys, known, strict=True):
            completions.append(found or next(fresh))
            if found is None:
                cache.put(key, completions[-1])
        return completions

    def _advance(self, active: _Active, completion: Completion) -> None:
        """Hand the completion to the loop; then it asks more, or its job has ended."""
        if active.errand.to == "model":
            active.completions.append(completion)
        if completion.failure is not None:
            active.job.loop.close()
            self._end(active, failure=_FROM.get(active.errand.to, "") + completion.failure)
            return
        try:
            active.errand = active.job.loop.send(completion)
        except StopIteration as end:
            self._end(active, answer=end.value)
        else:
            self._hand_on(active)

    def _end(self, active: _Active, answer: dict[str, Any] | None = None, failure: str | None = None) -> None:
        for job in self._finish(Outcome(active.job, tuple(active.completions), answer, failure)):
            self._begin(job)


_FROM: Mapping[str, str] = {"user": "the model that plays the user: ", "web": "the web search: "}
"""How a failure begins that is not the measured model's."""
