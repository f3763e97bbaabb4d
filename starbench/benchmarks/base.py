"""What every benchmark offers: cases, a grader, an aggregate.

A benchmark is cases + grader + aggregation, versioned by the hash of its data::

    bfcl = load_benchmark("bfcl")
    bfcl.case("simple_python_0").tools[0].name               # "calculate_triangle_area"
    bfcl.grade("simple_python_0", [{"calculate_triangle_area": '{"base": 10, "height": 5}'}]).valid     # True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypedDict

from starbench.types import Case, Output, Verdict

GRADINGS: Mapping[str, str] = {
    "official": "the benchmark's own verdict, its quirks included",
    "strict": "what the benchmark meant: right exactly when the similarity is 1",
}
"""Gradings that every benchmark has; one may offer more."""


INFERENCE_ERROR = "Error during inference:"
"""How a stored result begins where the serving side failed: its error message stands in place of an answer."""


def is_inference_error(answer: object) -> bool:
    """Whether an answer is the serving side's error message in place of one."""
    return isinstance(answer, str) and answer.startswith(INFERENCE_ERROR)


class Accuracy(TypedDict):
    """What aggregation needs to know of one category: ``cases`` in it, ``n`` of them answered, ``correct`` of those."""

    n: int
    correct: int
    cases: int


class Benchmark(Protocol):
    """Cases with a grader; ``data_sha256`` pins every byte that can decide a verdict.

    ``categories`` maps each category that can be graded to its number of cases, in the benchmark's own order.

    A benchmark may have more, which is used where it is there:

    * ``bare_case(id)``: the case without messages, for grading, where making them takes long;
    * ``errata``: id -> :class:`~starbench.benchmarks.errata.Erratum`, the cases that fail right answers;
    * ``units``: category -> id -> dialogue, for categories in which a dialogue is right or wrong as a whole;
    * ``weights``: overall figure -> category -> weight, from which its interval is made;
    * ``languages``: the languages that it has cases in under the same ids, the default first; it then takes the option
      ``language``, one of them or "both", which puts the language before ids and categories (``zh:…``).
    """

    @property
    def name(self) -> str:
        """The name it is loaded by."""
        ...

    @property
    def version(self) -> str:
        """The version of its data."""
        ...

    @property
    def data_sha256(self) -> str:
        """One hash over all its data."""
        ...

    @property
    def gradings(self) -> Sequence[str]:
        """The gradings on offer, the default first."""
        ...

    @property
    def categories(self) -> Mapping[str, int]:
        """Category -> number of cases."""
        ...

    def case(self, id: str) -> Case:
        """The case of that id; UnknownNameError where there is none."""
        ...

    def cases(self, category: str | None = None) -> Iterator[Case]:
        """All cases, or those of one category, in order."""
        ...

    def read(self, id: str, result: Any, dialect: str = "auto") -> Output:
        """A model's answer as strict grading and similarity see it; never raises on what a model wrote."""
        ...

    def grade(
        self, id: str, result: Any, *, dialect: str = "auto", grading: str = "official", profile: str = "robust"
    ) -> Verdict:
        """The verdict on ``result``, a model's answer as a result file holds it; never raises on what a model wrote."""
        ...

    def aggregate(self, accuracies: Mapping[str, Accuracy]) -> dict[str, float | None]:
        """Overall figures as fractions from the categories' counts; None where a needed part is missing."""
        ...

    @staticmethod
    def recognises(ids: Iterable[str]) -> bool:
        """Whether most of ``ids`` look like ids of this benchmark; reads no data."""
        ...
