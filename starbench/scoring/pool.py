"""The same work on many items, in this process or in several, results in the order of the items.

Example::

    list(in_chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]

Only a few chunks are under way at any time, so a long stream of items never lies in memory as a whole. Of a list that
does, processes that start as copies are only told the places.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 64
AHEAD = 4
"""How many chunks a process may have waiting."""
WORTH = {"fork": 1_000, "spawn": 10_000}
"""From so many answers on several processes are used, by how they are started. Afresh, starting one and loading BFCL
there takes as long as judging 2,000 answers; as a copy, as long as 200."""


def in_chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of ``size``, the last one shorter."""
    stream = iter(items)
    while chunk := list(islice(stream, size)):
        yield chunk


def mapped(
    prepare: Callable[[], Callable[[T], R]], items: Iterable[T], jobs: int, samples: Iterable[T] = ()
) -> Iterator[R]:
    """``work(item)`` for every item, in order, where ``work = prepare()`` is made once in each of ``jobs`` processes.

    With more than one process ``prepare`` must be picklable, and so must items and results. Where processes start as
    copies, the ``samples`` are worked on first and their results dropped: what that loads is there in every copy.
    """
    if jobs <= 1:
        yield from map(prepare(), items)
        return
    method = _start_method()
    if method == "fork":
        list(map(prepare(), samples))
        gc.freeze()  # or each copy would write into all of it while looking for garbage
    context = multiprocessing.get_context(method)
    shared = items if method == "fork" and isinstance(items, Sequence) else None
    start = (prepare, gc.get_threshold(), shared)
    executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=start)
    waiting: deque[Future[list[R]]] = deque()
    try:
        for chunk in in_chunks(items if shared is None else range(len(shared)), CHUNK):
            waiting.append(executor.submit(_work, chunk))
            if len(waiting) >= jobs * AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        gc.unfreeze()
        executor.shutdown(cancel_futures=True)


def useful_jobs(items: int) -> int:
    """How many processes so many answers are worth: one, or all that may run at once."""
    return usable_cpus() if items >= WORTH[_start_method()] else 1


def usable_cpus() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start_method() -> str:
    """How processes are started: as copies of this one where it has a single thread, else afresh.

    A copy has everything loaded and starts at once, but a lock that another thread held would stay locked in it.
    """
    try:
        threads = sum(1 for _ in Path("/proc/self/task").iterdir())  # those of libraries, too
    except OSError:
        return "spawn"  # no Linux
    return "fork" if threads == 1 else "spawn"


_STATE: dict[str, Callable[[Any], Any]] = {}
"""What a worker process was prepared with: a pool hands nothing else from its initializer to its tasks."""


def _start(
    prepare: Callable[[], Callable[[Any], Any]], threshold: tuple[int, int, int], shared: Sequence[Any] | None
) -> None:
    gc.set_threshold(*threshold)  # a process that starts afresh does not have its parent's
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; workers end with it
    work = prepare()
    _STATE["work"] = work if shared is None else lambda place: work(shared[place])


def _work(chunk: list[Any]) -> list[Any]:
    return [_STATE["work"](item) for item in chunk]
