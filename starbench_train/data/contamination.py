"""That no test case is trained on: training rows compared with the cases of benchmarks and with held-out rows.

    report = compared(rows, [Exam("bfcl", cases)], ContaminationConfig())
    report.findings[0]   Finding(row="xlam-7", test="bfcl/simple_python_0", reason="same query and tools", shared=1.0)
    report.sentence      "3 of 1,024 training rows are too like a test case (3 of bfcl); they were dropped"

A row is one of a test's when its query, normalised (lower case, words and digits alone), and the names of its tools are
the test's, or when the portion ``overlap`` of the test query's n-grams of words stand in the row's query. Queries
shorter than an n-gram are only compared whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from starbench.types import Case
from starbench_train.data.config import ContaminationConfig
from starbench_train.data.rows import TrainingRow, message_text

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Exam:
    """The test cases of one benchmark, or the held-out rows as cases."""

    name: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A training row that is too like a test case; ``shared`` is the portion of the test's n-grams that it has."""

    row: str
    test: str
    reason: str
    shared: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was compared and found; at most one finding a row."""

    rows: int
    tests: Mapping[str, int]
    findings: tuple[Finding, ...]
    action: str

    @property
    def sentence(self) -> str:
        """The report for people."""
        against = ", ".join(f"{count:,} of {name}" for name, count in self.tests.items()) or "none"
        if not self.findings:
            return f"none of {self.rows:,} training rows is too like a test case (compared with {against})"
        by = Counter(finding.test.split("/")[0] for finding in self.findings)
        where = ", ".join(f"{count:,} of {name}" for name, count in by.items())
        done = "were dropped" if self.action == "drop" else "are trained on all the same"
        return f"{len(self.findings):,} of {self.rows:,} training rows are too like a test case ({where}); they {done}"

    def record(self) -> dict[str, Any]:
        """The report as JSON."""
        return {**asdict(self), "sentence": self.sentence}


def words(text: str) -> tuple[str, ...]:
    """A text as its words in lower case, compatibility forms unified."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def compared(rows: Sequence[TrainingRow], tests: Iterable[Exam], config: ContaminationConfig) -> Report:
    """The rows that are too like one of ``tests``."""
    index = _Index(config)
    counts: dict[str, int] = {}
    for test in tests:
        counts[test.name] = len(test.cases)
        for case in test.cases:
            for query in queries(case.messages):
                index.add(f"{test.name}/{case.id}", query, [tool.name for tool in case.tools])
    found = (index.nearest(row) for row in rows)
    return Report(len(rows), counts, tuple(finding for finding in found if finding is not None), config.action)


def clean(rows: Sequence[TrainingRow], report: Report) -> list[TrainingRow]:
    """The rows without a finding."""
    tainted = {finding.row for finding in report.findings}
    return [row for row in rows if row.id not in tainted]


def queries(messages: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The texts of the user's turns; of a conversation with several turns in lists, those of each."""
    for message in messages:
        if isinstance(message, Mapping):
            if message.get("role") == "user":
                yield message_text(message)
        else:
            yield from queries(message)


class _Index:
    """Test queries, found by their n-grams and as wholes."""

    def __init__(self, config: ContaminationConfig) -> None:
        self._config = config
        self._whole: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
        self._grams: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._sizes: dict[str, int] = {}

    def add(self, test: str, query: str, tools: Sequence[str]) -> None:
        said = words(query)
        if not said:
            return
        self._whole.setdefault((said, tuple(sorted(tools))), test)
        grams = self._grams_of(said)
        if grams:
            place = f"{test}#{len(self._sizes)}"
            self._sizes[place] = len(grams)
            for gram in grams:
                self._grams[gram].add(place)

    def nearest(self, row: TrainingRow) -> Finding | None:
        """The test that a row is too like; of several, the one it shares most with."""
        names = tuple(sorted(case_tool.name for case_tool in row.case().tools))
        shared: Counter[str] = Counter()
        for query in queries(row.messages):
            said = words(query)
            if (said, names) in self._whole:
                return Finding(row.id, self._whole[said, names], "same query and tools", 1.0)
            shared.update(place for gram in self._grams_of(said) for place in self._grams.get(gram, ()))
        portions = {place: count / self._sizes[place] for place, count in shared.items()}
        if not portions:
            return None
        place = max(portions, key=lambda p: portions[p])
        if portions[place] < self._config.overlap:
            return None
        return Finding(
            row.id, place.rpartition("#")[0], f"shared {self._config.ngram}-grams", min(1.0, portions[place])
        )

    def _grams_of(self, said: Sequence[str]) -> set[tuple[str, ...]]:
        n = self._config.ngram
        return {tuple(said[i : i + n]) for i in range(len(said) - n + 1)}
