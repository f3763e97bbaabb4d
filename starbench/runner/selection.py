"""Which cases of a benchmark a run asks, in the benchmark's order.

selected(bfcl, CaseSettings(categories=("simple_python",), limit=2))    # simple_python_0, simple_python_1

Without names these are all that count for a score, but for what cannot be asked here (see :mod:`.needs`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from starbench.benchmarks import Benchmark, load_benchmark
from starbench.errors import InputError
from starbench.runner.settings import CaseSettings
from starbench.types import Case

UNCOUNTED = frozenset({"format_sensitivity"})
"""Categories that are only asked by name, as they do not count for a score."""


def benchmark_of(settings: CaseSettings) -> Benchmark:
    """The benchmark that is asked."""
    if settings.file is not None:
        return load_benchmark("custom", path=settings.file)
    language = {} if settings.language is None else {"language": settings.language}
    return load_benchmark(settings.benchmark, **language)


def selected(benchmark: Benchmark, settings: CaseSettings, lacking: Mapping[str, str] | None = None) -> list[Case]:
    """The cases to ask; ``lacking`` says of categories why they cannot be asked.

    InputError where there are none, or one of these is named; UnknownNameError for an id or category that does not
    exist.
    """
    lacking = lacking or {}
    if settings.ids:
        cases = [benchmark.case(id) for id in dict.fromkeys(settings.ids)]
    else:
        cases = list(_limited(_of_categories(benchmark, settings.categories, lacking), settings.limit))
    unasked = sorted({case.category for case in cases} & lacking.keys())
    if unasked:
        reasons = "; ".join(f"{category}: {lacking[category]}" for category in unasked)
        raise InputError(f"some of these cases cannot be asked here ({reasons})")
    if not cases:
        raise InputError("no case is selected; see the categories with: starbench data list")
    return cases


def _of_categories(benchmark: Benchmark, names: Iterable[str], lacking: Mapping[str, str]) -> Iterator[Case]:
    """The cases of the categories, each once; without names all that can be asked and count for a score."""
    if not names:
        unasked = UNCOUNTED | lacking.keys()
        yield from (case for case in benchmark.cases() if case.category not in unasked)
        return
    seen = set()
    for name in names:
        for case in benchmark.cases(name):
            if case.id not in seen:
                seen.add(case.id)
                yield case


def _limited(cases: Iterable[Case], limit: int | None) -> Iterator[Case]:
    counted: Counter[str] = Counter()
    for case in cases:
        counted[case.category] += 1
        if limit is None or counted[case.category] <= limit:
            yield case
