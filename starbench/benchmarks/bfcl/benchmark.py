"""BFCL as a benchmark: cases by id, a verdict on any answer, overall figures.

>>> bfcl = BFCL()
>>> bfcl.case("java_3").id
'simple_java_3'
>>> bfcl.grade("simple_python_0", "[calculate_triangle_area(base=10, height=5)]").valid
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from starbench import store
from starbench.benchmarks.base import Accuracy
from starbench.benchmarks.bfcl.agentic import agentic_verdict
from starbench.benchmarks.bfcl.aggregate import aggregate
from starbench.benchmarks.bfcl.answers import Answer, answer_of, official_calls, read
from starbench.benchmarks.bfcl.cases import case_of
from starbench.benchmarks.bfcl.categories import CATEGORIES, Place, place, recognised, selected
from starbench.benchmarks.bfcl.checker import official_verdict
from starbench.benchmarks.bfcl.data import Entries
from starbench.benchmarks.bfcl.errata import errata
from starbench.benchmarks.bfcl.multi_turn import conversation_verdict, read_conversation
from starbench.benchmarks.errata import Erratum
from starbench.benchmarks.fetched import FetchedBenchmark
from starbench.benchmarks.strict import strict_verdict
from starbench.similarity import compare
from starbench.types import Case, Output, Similarity, Verdict

__all__ = ["BFCL"]


class BFCL(FetchedBenchmark):
    """BFCL v4; implements :class:`~starbench.benchmarks.base.Benchmark`."""

    name = "bfcl"

    def __init__(self, notify: store.Notify = store.say) -> None:
        super().__init__(notify)
        self._entries = Entries(self.folder)
        self._cases: dict[str, Case] = {}

    @property
    def categories(self) -> Mapping[str, int]:
        """Each category -> its number of cases."""
        return {name: row.size for name, row in CATEGORIES.items()}

    @property
    def errata(self) -> Mapping[str, Erratum]:
        """What is known to be wrong with single cases."""
        return errata()

    def case(self, id: str) -> Case:
        """The case of that id (also BFCL v3's, as ``java_3``).

        Raises UnknownNameError where there is none.
        """
        known = self._cases.get(id)
        if known is None:
            where = place(id)
            entry = self._entries.at(where)
            known = self._cases[id] = case_of(where, entry, self._entries.tools(entry))
        return known

    def cases(self, category: str | None = None) -> Iterator[Case]:
        """The cases of a category or collection (``live``, ``single_turn``, …); for None all that count for a score."""
        for row in selected(category):
            for id in self._entries.ids(row):
                yield self.case(id)

    def read(self, id: str, result: Any, dialect: str = "auto") -> Output:
        """The calls in ``result`` as values: what strict grading and similarity look at. Never raises on model text."""
        case = self.case(id)
        if place(id).category.answers in ("conversation", "text"):
            return read_conversation(result, dialect, case.tools)
        return read(answer_of(result, dialect, place(id), case.tools), case)

    def grade(
        self, id: str, result: Any, *, dialect: str = "auto", grading: str = "official", profile: str = "robust"
    ) -> Verdict:
        """The verdict on ``result``: what a result file holds, or a text or message as a model gave it.

        The similarity is the same in every grading. Raises UnknownNameError for an unknown id, grading, dialect or
        profile; never on what a model wrote.
        """
        self._check_grading(grading)
        case, where = self.case(id), place(id)
        if where.category.answers == "conversation":
            return conversation_verdict(
                self._entries.sources, case.source, result, dialect, case.tools, grading, profile
            )
        if where.category.answers == "text":
            return agentic_verdict(case.source, result, dialect, case.tools, grading, profile)
        answer = answer_of(result, dialect, where, case.tools)
        output = read(answer, case)
        if grading == "strict":
            return _strict(answer, output, case, profile)
        return _official(answer, output, case, where, profile)

    def aggregate(self, accuracies: Mapping[str, Accuracy]) -> dict[str, float | None]:
        """Overall accuracy by the v4 and v3 formulas with the figures they are made of; see :mod:`.aggregate`."""
        return aggregate(accuracies)

    @staticmethod
    def recognises(ids: Iterable[str]) -> bool:
        """Whether most of ``ids`` are of BFCL's form; reads no data."""
        known = [recognised(id) for id in ids]
        return sum(known) * 2 > len(known)


def _strict(answer: Answer, output: Output, case: Case, profile: str) -> Verdict:
    """The strict verdict; an error message of the serving side is no answer at all."""
    if answer.is_inference_error:
        similarity = _similarity(answer, output, case, profile)
        return Verdict(False, "infra:error", similarity, "the serving side failed", output)
    return strict_verdict(output, case.expected, case.tools, profile)


def _official(answer: Answer, output: Output, case: Case, where: Place, profile: str) -> Verdict:
    """The official verdict, with the similarity and the reading that the strict one has."""
    valid, error, message = official_verdict(
        case.source,
        official_calls(answer, where, case.tools),
        category=where.base_category.name,
        underscore_to_dot=answer.underscores,
    )
    if not valid:
        message += _known_erratum(where, answer)
    return Verdict(valid, error, _similarity(answer, output, case, profile), message, output)


def _similarity(answer: Answer, output: Output, case: Case, profile: str) -> Similarity:
    """The similarity that stands beside either verdict."""
    if answer.is_inference_error:
        return Similarity(0.0, profile=profile)
    return compare(output, case.expected, case.tools, profile)


def _known_erratum(where: Place, answer: Answer) -> str:
    """A remark where the case is known to fail right answers."""
    erratum = errata().get(where.base)
    return erratum.remark if erratum and erratum.fails_right_answers(answer.dialect, "official") else ""
