"""Benchmarks by name.

    >>> from starbench import load_benchmark
    >>> load_benchmark("bfcl").name
    'bfcl'

Adding one = one module with a class, one line in :data:`BENCHMARKS` (or an entry point in the group
``starbench.benchmarks`` of another distribution), one test file.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from starbench.benchmarks.base import GRADINGS, Accuracy, Benchmark
from starbench.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "BENCHMARKS",
    "GRADINGS",
    "Accuracy",
    "Benchmark",
    "benchmark_names",
    "languages",
    "load_benchmark",
    "recognise",
]

BENCHMARKS: Mapping[str, str] = {
    "bfcl": "starbench.benchmarks.bfcl.benchmark:BFCL",
    "acebench": "starbench.benchmarks.acebench.benchmark:ACEBench",
    "custom": "starbench.benchmarks.custom:CaseFile",
    "sample": "starbench.benchmarks.custom:Sample",
}
"""Name -> "module:class". Making an instance, with the options of :func:`load_benchmark`, makes sure of the data;
asking the class whether it ``recognises`` ids needs none."""

_GROUP = "starbench.benchmarks"


def benchmark_names() -> list[str]:
    """Every name that can be loaded, our own first."""
    return list(_names())


def load_benchmark(name: str, **options: Any) -> Benchmark:
    """The benchmark ``name``; the same object each time for the same ``options`` (which are hashable values).

    Data that is not on this machine is fetched, and that is said on standard error; cases are read when they are asked
    for. Raises UnknownNameError for an unknown name, InputError for an option that the benchmark does not take, and
    DataUnavailableError where there is no data.
    """
    chosen = tuple(sorted(options.items()))
    try:
        inspect.signature(_class(name)).bind(**options)
        hash(chosen)
    except TypeError as error:
        raise InputError(f"the benchmark {name!r} cannot be loaded with these options: {error}") from None
    return _loaded(name, chosen)


def recognise(ids: Iterable[str]) -> str | None:
    """The name of the benchmark that ``ids`` come from, or None; reads no data."""
    seen = list(ids)
    return next((name for name in _names() if _class(name).recognises(seen)), None)


def languages(name: str) -> Sequence[str]:
    """The languages that a benchmark has cases in under the same ids, the default first; none for most."""
    known: Sequence[str] = getattr(_class(name), "languages", ())
    return known


@lru_cache(maxsize=32)
def _loaded(name: str, options: tuple[tuple[str, Any], ...]) -> Benchmark:
    benchmark: Benchmark = _class(name)(**dict(options))
    return benchmark


def _names() -> Iterator[str]:
    """The same one by one: other distributions are only looked through where ours are not enough."""
    yield from BENCHMARKS
    yield from _of_other_packages()


def _class(name: str) -> Any:
    if name in BENCHMARKS:
        module, _, attribute = BENCHMARKS[name].partition(":")
        return getattr(importlib.import_module(module), attribute)
    others = _of_other_packages()
    if name not in others:
        raise UnknownNameError.of("benchmark", name, [*BENCHMARKS, *others])
    return others[name].load()


def _of_other_packages() -> dict[str, EntryPoint]:
    """The entry points of other distributions by name; a name of ours is not overruled."""
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=_GROUP) if entry.name not in BENCHMARKS}
