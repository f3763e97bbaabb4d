"""A scoring run: files in, rows out one at a time, a summary at the end.

Example::

    run = Run.plan(find_sources([Path("preds.jsonl")]))
    for row in run:                                     # ScoredRow or BadRow, in the order of the input
        print(row.sentence if isinstance(row, BadRow) else (row.id, row.valid))
    run.summary()["models"]["preds"]["total"]["accuracy"]
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import starbench
from starbench.benchmarks import Benchmark
from starbench.errors import InputError
from starbench.predictions import BadRow, Prediction, Source, Survey, survey
from starbench.scoring.choice import Chosen, addressed, check_names, choose_benchmark, choose_grading
from starbench.scoring.grading import Preparation, Settings
from starbench.scoring.pool import mapped, useful_jobs
from starbench.scoring.rows import ScoredRow
from starbench.scoring.stored import Known, stored_dialects
from starbench.scoring.summary import ModelTally


@dataclass(slots=True)
class Run:
    """Everything that is decided about a run, and what it has counted so far; iterate it once to run it.

    ``dialect`` is the one asked for, ``dialects`` those of stored results with the reason, by model.
    ``notes`` are the decisions as sentences for people. ``stored`` are the rows that a run with the same :attr:`key`
    judged before it was broken off, None for an answer that it could not use; they are not judged again.
    """

    sources: Sequence[Source | BadRow]
    found: Survey
    chosen: Chosen
    settings: Settings
    dialect: str | None
    dialects: Mapping[str, Known]
    jobs: int
    notes: list[str]
    models: dict[str, ModelTally] = field(default_factory=dict)
    bad_rows: int = 0
    stored: Iterable[ScoredRow | None] = ()

    @classmethod
    def plan(
        cls,
        sources: Sequence[Source | BadRow],
        *,
        benchmark: str | None = None,
        cases: Path | None = None,
        dialect: str | None = None,
        grading: str | None = None,
        profile: str = "robust",
        language: str | None = None,
        keep_reasoning: bool = False,
        jobs: int | None = None,
        lines: bool = False,
        explained: bool = False,
    ) -> Run:
        """Look through the answers once and decide how to score them.

        ``language`` and ``keep_reasoning`` are for benchmarks that know the difference; result files of another
        language are left out. Raises InputError where there is nothing to score, and what the choices raise:
        UnknownNameError for a name that does not exist, DataUnavailableError for a benchmark without data.
        """
        check_names(dialect, profile)
        sources = [source for source in sources if _is_in(language, source)]
        found = survey(sources)
        if not found.rows:
            problems = [source.sentence for source in found.predictions() if isinstance(source, BadRow)]
            raise InputError("\n".join(["there is nothing to score", *problems[:20]]))
        chosen = choose_benchmark(found, benchmark, cases, _asked(language, keep_reasoning))
        used, note = choose_grading(chosen.benchmark, grading)
        jobs = jobs or useful_jobs(found.rows)
        settings = Settings(used, profile, lines, explained)
        dialects = stored_dialects(chosen.benchmark.name, found)
        notes = [_benchmark_note(chosen), *_model_notes(found, dialect, dialects), *([note] if note else [])]
        return cls(sources, found, chosen, settings, dialect, dialects, jobs, notes)

    @property
    def benchmark(self) -> Benchmark:
        """The benchmark that is scored."""
        return self.chosen.benchmark

    def predictions(self) -> Iterator[Prediction | BadRow]:
        """The answers of this benchmark, each with its dialect, not judged yet."""
        return addressed(self.found.predictions(), self.chosen, self.dialects, self.dialect)

    def __iter__(self) -> Iterator[ScoredRow | BadRow]:
        """Judge every row, count it and give it out."""
        for row in self._judged():
            if isinstance(row, ScoredRow) and not self.models.setdefault(row.model, ModelTally()).add(row):
                reason = f"the case {row.id!r} was answered before; the first answer counts"
                row = BadRow(row.file, row.row, reason, row.id)
            self.bad_rows += isinstance(row, BadRow)
            yield row

    def _judged(self) -> Iterator[ScoredRow | BadRow]:
        """A row for each answer in order, those that are stored first."""
        prepare = Preparation(self.chosen.load, self.settings)
        predictions = self.predictions()
        for row, prediction in zip(self.stored, predictions, strict=False):
            yield prepare()(prediction) if row is None else row
        rest = predictions if self.found.kept is None else list(predictions)
        yield from mapped(prepare, rest, self.jobs, self.found.firsts.values())

    @property
    def key(self) -> str:
        """A short name for all that decides the rows: another run has the same only if it would give the same rows."""
        files = [
            (source.name, source.model, source.path.stat().st_size, source.path.stat().st_mtime_ns)
            if isinstance(source, Source)
            else (source.sentence,)
            for source in self.sources
        ]
        decisive = (
            starbench.__version__,
            (self.benchmark.name, self.benchmark.version, self.benchmark.data_sha256),
            sorted(self.chosen.options.items()),
            (self.settings, self.dialect, sorted(self.dialects.items())),
            files,
        )
        return hashlib.sha256(repr(decisive).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def summary(self) -> dict[str, Any]:
        """What was counted, with everything that gives the figures their meaning."""
        return {
            "benchmark": self.benchmark.name,
            "version": self.benchmark.version,
            "data_sha256": self.benchmark.data_sha256,
            "grading": self.settings.grading,
            "profile": self.settings.profile,
            **({"options": dict(self.chosen.options)} if self.chosen.options else {}),
            "starbench": starbench.__version__,
            "models": {
                name: tally.summary(self.benchmark, self.settings.grading) for name, tally in self.models.items()
            },
            "bad_rows": self.bad_rows,
        }


def _is_in(language: str | None, source: Source | BadRow) -> bool:
    """Whether a source may hold answers in that language (None: any)."""
    return language in (None, "both") or isinstance(source, BadRow) or source.language in (None, language)


def _asked(language: str | None, keep_reasoning: bool) -> dict[str, Any]:
    """The options of a benchmark that were asked for."""
    asked: dict[str, Any] = {} if language is None else {"language": language}
    return asked | ({"keep_reasoning": True} if keep_reasoning else {})


def _benchmark_note(chosen: Chosen) -> str:
    return f"benchmark: {chosen.benchmark.name} {chosen.benchmark.version}, {chosen.how}"


def _model_notes(found: Survey, dialect: str | None, dialects: Mapping[str, Known]) -> Iterator[str]:
    for model, rows in found.models.items():
        how = "the dialect is found row by row"
        if dialect:
            how = f"dialect {dialect}, as asked for"
        elif model in dialects:
            how = f"dialect {dialects[model].dialect} ({dialects[model].why})"
        yield f"{model}: {rows:,} answer{'s' if rows > 1 else ''}; {how}"
