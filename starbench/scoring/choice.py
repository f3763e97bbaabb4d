"""What is decided before the first row is judged: the benchmark, the grading, and each model's dialect.

Every decision comes with a sentence that is said aloud::

    "benchmark: bfcl 2026.3.23, found by the ids"
    "my-model: 4,241 answers, dialect bfcl-fc (its results are lists of calls)"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from starbench.benchmarks import Benchmark, load_benchmark, recognise
from starbench.benchmarks.custom import OwnCases, read_case
from starbench.dialects import parse
from starbench.errors import InputError, UnknownNameError
from starbench.predictions import BadRow, Prediction, Source, Survey, read_predictions
from starbench.scoring.stored import Known
from starbench.similarity import profile as profile_of
from starbench.types import Case

Place = tuple[str, int]
"""File and row."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A benchmark with how it was found; ``load`` makes it again in another process.

    ``rejected`` says which self-contained rows bring no usable case, and why.
    """

    benchmark: Benchmark
    load: Callable[[], Benchmark]
    how: str
    rejected: Mapping[Place, BadRow] = field(default_factory=dict)


def choose_benchmark(
    found: Survey, sources: Iterable[Source | BadRow], name: str | None = None, cases: Path | None = None
) -> Chosen:
    """The benchmark that the answers belong to: as asked for, as most rows say, or as their ids tell.

    Raises InputError where nothing tells, and what :func:`~starbench.benchmarks.load_benchmark` raises.
    """
    if cases is not None:
        return _loaded(partial(load_benchmark, "custom", path=str(cases)), f"the cases of {cases}")
    if name in (None, "custom") and found.own_cases:
        return _own_cases(sources)
    if name == "custom":
        raise InputError("the benchmark 'custom' is made of your own cases; give them with --cases, or in the rows")
    if name is not None:
        return _loaded(partial(load_benchmark, name), "as asked for")
    named, rows = next(iter(found.benchmarks.most_common(1)), ("", 0))
    if 2 * rows > found.rows:
        return _loaded(partial(load_benchmark, named), "named by the rows")
    recognised = recognise(found.ids)
    if recognised is None:
        raise InputError(
            f"no benchmark has ids like {found.ids[0]!r}; say which one it is with --benchmark, give your own cases "
            'with --cases, or put "tools", "messages" and "expected" into the rows'
        )
    return _loaded(partial(load_benchmark, recognised), "found by the ids")


def _loaded(load: Callable[[], Benchmark], how: str) -> Chosen:
    return Chosen(load(), load, how)


def _own_cases(sources: Iterable[Source | BadRow]) -> Chosen:
    """The cases that the rows themselves bring; one id means one case, whoever answers it."""
    table: dict[str, Case] = {}
    first: dict[str, Prediction] = {}
    rejected: dict[Place, BadRow] = {}
    for row in read_predictions(sources):
        if isinstance(row, BadRow) or row.case is None:
            continue
        try:
            case = read_case(row.id, row.case)
        except InputError as problem:
            rejected[row.file, row.row] = BadRow(row.file, row.row, str(problem), row.id)
            continue
        known = table.setdefault(row.id, case)
        if known != case:
            there = first[row.id]
            reason = f"its case differs from the one that {row.id!r} has in {there.file}, row {there.row}"
            rejected[row.file, row.row] = BadRow(row.file, row.row, reason, row.id)
        first.setdefault(row.id, row)
    load = partial(OwnCases, table)
    return Chosen(load(), load, "the rows bring their own cases", rejected)


def choose_grading(benchmark: Benchmark, asked: str | None) -> tuple[str, str | None]:
    """The grading to use, and a sentence where it is not the one asked for.

    The default is the benchmark's first. Own cases have no official code, so they are graded strictly even if
    ``official`` is asked for. Raises UnknownNameError for a grading that does not exist.
    """
    default = benchmark.gradings[0]
    if asked is None or asked in benchmark.gradings:
        return asked or default, None
    if asked == "official":
        return default, f"{benchmark.name} has no official code to agree with; the grading is {default}"
    raise UnknownNameError.of(f"grading of {benchmark.name}", asked, benchmark.gradings)


def check_names(dialect: str | None, profile: str) -> None:
    """Raise UnknownNameError for a dialect or a profile that does not exist, before the first row meets it."""
    parse("", dialect or "auto")
    profile_of(profile)


def addressed(
    rows: Iterable[Prediction | BadRow], chosen: Chosen, dialects: Mapping[str, Known], asked: str | None
) -> Iterator[Prediction | BadRow]:
    """Predictions that belong to this benchmark, each with the dialect to read it by; all others as bad rows.

    That is the dialect ``asked`` for, else the one that the row names, else that of the model's stored results.
    """
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif (row.file, row.row) in chosen.rejected:
            yield chosen.rejected[row.file, row.row]
        elif row.benchmark not in (None, chosen.benchmark.name):
            reason = f"it belongs to the benchmark {row.benchmark!r}, and this run scores {chosen.benchmark.name!r}"
            yield BadRow(row.file, row.row, reason, row.id)
        else:
            stored = dialects[row.model].dialect if row.form == "result" and row.model in dialects else "auto"
            yield replace(row, dialect=asked or row.dialect or stored)
