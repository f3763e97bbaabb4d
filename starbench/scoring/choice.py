"""What is decided before the first row is judged: the benchmark, the grading, and each model's dialect.

Every decision comes with a sentence that is said aloud::

    "benchmark: bfcl 2026.3.23, found by the ids"
    "my-model: 4,241 answers, dialect bfcl-fc (its results are lists of calls)"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from starbench.benchmarks import Benchmark, languages, load_benchmark, recognise
from starbench.benchmarks.custom import OwnCases, read_case
from starbench.dialects import parse
from starbench.errors import InputError, UnknownNameError
from starbench.predictions import BadRow, Prediction, Survey
from starbench.scoring.stored import Known
from starbench.similarity import profile as profile_of
from starbench.types import Case

Place = tuple[str, int]
"""File and row."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A benchmark with how it was found; ``load`` makes it again in another process.

    ``options`` are those that it was loaded with; ``rejected`` says which self-contained rows bring no usable case.
    """

    benchmark: Benchmark
    load: Callable[[], Benchmark]
    how: str
    rejected: Mapping[Place, BadRow] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def language(self) -> str | None:
        """The language of its cases, "both", or None for a benchmark that knows no such difference."""
        return self.options.get("language")


def choose_benchmark(
    found: Survey,
    name: str | None = None,
    cases: Path | None = None,
    options: Mapping[str, Any] | None = None,
) -> Chosen:
    """The benchmark that the answers belong to: as asked for, as most rows say, or as their ids tell.

    ``options`` are those of the benchmark that were asked for. Raises InputError where nothing tells, and what
    :func:`~starbench.benchmarks.load_benchmark` raises.
    """
    if cases is not None:
        return _loaded(partial(load_benchmark, "custom", path=str(cases)), f"the cases of {cases}")
    if name in (None, "custom") and found.own_cases:
        return _own_cases(found.predictions())
    if name == "custom":
        raise InputError("the benchmark 'custom' is made of your own cases; give them with --cases, or in the rows")
    if name is not None:
        return _named(name, "as asked for", found, options or {})
    named, rows = next(iter(found.benchmarks.most_common(1)), ("", 0))
    if 2 * rows > found.rows:
        return _named(named, "named by the rows", found, options or {})
    recognised = recognise(found.ids)
    if recognised is None:
        raise InputError(
            f"no benchmark has ids like {found.ids[0]!r}; say which one it is with --benchmark, give your own cases "
            'with --cases, or put "tools", "messages" and "expected" into the rows'
        )
    return _named(recognised, "found by the ids", found, options or {})


def _named(name: str, how: str, found: Survey, options: Mapping[str, Any]) -> Chosen:
    """The benchmark of that name; where its ids are the same in several languages, in those of the answers."""
    known = languages(name)
    if "language" in options:
        how = f"{how}; language {options['language']}, as asked for"
    elif known:
        said = [language for language in known if found.languages[language]]
        language = said[0] if len(said) == 1 else "both" if said else known[0]
        why = "as folders or rows say" if said else f"as nothing says which (the other is --language {known[-1]})"
        options, how = {**options, "language": language}, f"{how}; language {language}, {why}"
    return _loaded(partial(load_benchmark, name, **options), how, options)


def _loaded(load: Callable[[], Benchmark], how: str, options: Mapping[str, Any] | None = None) -> Chosen:
    return Chosen(load(), load, how, options=options or {})


def _own_cases(rows: Iterable[Prediction | BadRow]) -> Chosen:
    """The cases that the rows themselves bring; one id means one case, whoever answers it."""
    table: dict[str, Case] = {}
    first: dict[str, Prediction] = {}
    rejected: dict[Place, BadRow] = {}
    for row in rows:
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
        elif problem := _language_problem(row, chosen.language):
            yield BadRow(row.file, row.row, problem, row.id)
        else:
            stored = dialects[row.model].dialect if row.form == "result" and row.model in dialects else "auto"
            id = f"{row.language}:{row.id}" if chosen.language == "both" else row.id
            yield row._replace(id=id, dialect=asked or row.dialect or stored)


def _language_problem(row: Prediction, language: str | None) -> str | None:
    """Why a row does not belong to a run in that language; in one in both, each must say its own."""
    if language == "both" and row.language is None:
        return 'it does not say its language, as others do; put "language" beside its id'
    if language in (None, "both", row.language) or row.language is None:
        return None
    return f"its language is {row.language!r}, and this run scores {language!r}"
