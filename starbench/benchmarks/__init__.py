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
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

from starbench.benchmarks.base import GRADINGS, Accuracy, Benchmark
from starbench.errors import InputError, UnknownNameError

__all__ = ["BENCHMARKS", "GRADINGS", "Accuracy", "Benchmark", "benchmark_names", "load_benchmark", "recognise"]

BENCHMARKS: Mapping[str, str] = {
    "bfcl": "starbench.benchmarks.bfcl.benchmark:BFCL",
    "custom": "starbench.benchmarks.custom:CaseFile",
    "sample": "starbench.benchmarks.custom:Sample",
}
"""Name -> "module:class". Making an instance, with the options of :func:`load_benchmark`, makes sure of the data;
asking the class whether it ``recognises`` ids needs none."""

_GROUP = "starbench.benchmarks"


def benchmark_names() -> list[str]:
    """Every name that can be loaded, our own first."""
    return [*BENCHMARKS, *sorted(set(entry_points(group=_GROUP).names) - set(BENCHMARKS))]


def load_benchmark(name: str, **options: Any) -> Benchmark:
    """The benchmark ``name``; the same object each time for the same ``options`` (which are hashable values).

    Data that is not on this machine is fetched, and that is said on standard error; cases are read when they are asked
    for. Raises UnknownNameError for an unknown name, InputError for an option that the benchmark does not take, and
    DataUnavailableError where there is no data.
    """
    try:
        inspect.signature(_class(name)).bind(**options)
    except TypeError as error:
        raise InputError(f"the benchmark {name!r} cannot be loaded with these options: {error}") from None
    return _loaded(name, tuple(sorted(options.items())))


def recognise(ids: Iterable[str]) -> str | None:
    """The name of the benchmark that ``ids`` come from, or None; reads no data."""
    seen = list(ids)
    return next((name for name in benchmark_names() if _class(name).recognises(seen)), None)


@lru_cache(maxsize=32)
def _loaded(name: str, options: tuple[tuple[str, Any], ...]) -> Benchmark:
    benchmark: Benchmark = _class(name)(**dict(options))
    return benchmark


def _class(name: str) -> Any:
    if name in BENCHMARKS:
        module, _, attribute = BENCHMARKS[name].partition(":")
        return getattr(importlib.import_module(module), attribute)
    for entry in entry_points(group=_GROUP, name=name):
        return entry.load()
    raise UnknownNameError.of("benchmark", name, benchmark_names())
