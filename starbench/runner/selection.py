"""Which cases of a benchmark a run asks, in the benchmark's order.

selected(bfcl, CaseSettings(categories=("simple_python",), limit=2))    # simple_python_0, simple_python_1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from starbench.benchmarks import Benchmark, load_benchmark
from starbench.errors import InputError
from starbench.runner.settings import CaseSettings
from starbench.types import Case

UNASKED = frozenset(
    {"web_search_base", "web_search_no_snippet", "memory_kv", "memory_vector", "memory_rec_sum", "format_sensitivity"}
)
"""Categories of BFCL that are only asked by name, as they need services or do not count for a score."""
SERVED = UNASKED - {"format_sensitivity"}
"""Categories whose answers need services that are not simulated here."""


def benchmark_of(settings: CaseSettings) -> Benchmark:
    """The benchmark that is asked."""
    if settings.file is not None:
        return load_benchmark("custom", path=settings.file)
    return load_benchmark(settings.benchmark)


def selected(benchmark: Benchmark, settings: CaseSettings) -> list[Case]:
    """The cases to ask; InputError where there are none, UnknownNameError for an id or category that does not exist."""
    if settings.ids:
        cases = [benchmark.case(id) for id in dict.fromkeys(settings.ids)]
    else:
        cases = list(_limited(_of_categories(benchmark, settings.categories), settings.limit))
    served = sorted({case.category for case in cases} & SERVED) if benchmark.name == "bfcl" else []
    if served:
        raise InputError(
            f"answers to {', '.join(served)} cannot be made here: they need a search engine or a memory; "
            "answers that were made elsewhere are scored by: starbench score"
        )
    if not cases:
        raise InputError("no case is selected; see the categories with: starbench data list")
    return cases


def _of_categories(benchmark: Benchmark, names: Iterable[str]) -> Iterator[Case]:
    """The cases of the categories, each once; without names all categories but the :data:`UNASKED`."""
    seen = set()
    for name in names or [name for name in benchmark.categories if name not in UNASKED]:
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
