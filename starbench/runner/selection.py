"""Which cases of a benchmark a run asks, in the benchmark's order.

selected(bfcl, CaseSettings(categories=("simple_python",), limit=2))    # simple_python_0, simple_python_1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from starbench.benchmarks import Benchmark, load_benchmark
from starbench.errors import InputError
from starbench.runner.settings import CaseSettings
from starbench.types import Case

SERVED: Mapping[str, frozenset[str]] = {
    "bfcl": frozenset({"web_search_base", "web_search_no_snippet", "memory_kv", "memory_vector", "memory_rec_sum"}),
    "acebench": frozenset({"agent_multi_turn", "agent_multi_step"}),
}
"""Benchmark -> categories whose answers need services that are not simulated here."""
UNCOUNTED = frozenset({"format_sensitivity"})
"""Categories that are only asked by name, as they do not count for a score."""


def benchmark_of(settings: CaseSettings) -> Benchmark:
    """The benchmark that is asked."""
    if settings.file is not None:
        return load_benchmark("custom", path=settings.file)
    language = {} if settings.language is None else {"language": settings.language}
    return load_benchmark(settings.benchmark, **language)


def selected(benchmark: Benchmark, settings: CaseSettings) -> list[Case]:
    """The cases to ask; InputError where there are none, UnknownNameError for an id or category that does not exist."""
    if settings.ids:
        cases = [benchmark.case(id) for id in dict.fromkeys(settings.ids)]
    else:
        cases = list(_limited(_of_categories(benchmark, settings.categories), settings.limit))
    served = sorted({_bare(case.category) for case in cases} & SERVED.get(benchmark.name, frozenset()))
    if served:
        raise InputError(
            f"answers to {', '.join(served)} cannot be made here: they need a search engine, a memory or a user; "
            "answers that were made elsewhere are scored by: starbench score"
        )
    if not cases:
        raise InputError("no case is selected; see the categories with: starbench data list")
    return cases


def _of_categories(benchmark: Benchmark, names: Iterable[str]) -> Iterator[Case]:
    """The cases of the categories, each once; without names all that can be asked and count for a score."""
    unasked = UNCOUNTED | SERVED.get(benchmark.name, frozenset())
    if not names:
        yield from (case for case in benchmark.cases() if _bare(case.category) not in unasked)
        return
    seen = set()
    for name in names:
        for case in benchmark.cases(name):
            if case.id not in seen:
                seen.add(case.id)
                yield case


def _bare(category: str) -> str:
    """A category without the language before it."""
    return category.rpartition(":")[2]


def _limited(cases: Iterable[Case], limit: int | None) -> Iterator[Case]:
    counted: Counter[str] = Counter()
    for case in cases:
        counted[case.category] += 1
        if limit is None or counted[case.category] <= limit:
            yield case
