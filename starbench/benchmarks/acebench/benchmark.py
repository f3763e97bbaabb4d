"""ACEBench as a benchmark: cases by id, a verdict on any answer, overall figures, in English, Chinese or both.

>>> ace = ACEBench(language="en")
>>> ace.grade("normal_atom_bool_0", "[…]").error
'wrong_output_format'

The ids are the same in both languages. Where both are scored together, they carry it: ``zh:normal_atom_bool_0``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from starbench import store
from starbench.benchmarks.acebench.agent import run_of
from starbench.benchmarks.acebench.aggregate import aggregate, weights
from starbench.benchmarks.acebench.answers import as_stored, read, read_trace
from starbench.benchmarks.acebench.cases import case_of
from starbench.benchmarks.acebench.categories import (
    CATEGORIES,
    LANGUAGES,
    category_of,
    dialogue_of,
    selected,
    with_language,
    without_language,
)
from starbench.benchmarks.acebench.checker import Judgement
from starbench.benchmarks.acebench.data import Entries
from starbench.benchmarks.acebench.errata import errata
from starbench.benchmarks.acebench.prompts import Prompts
from starbench.benchmarks.acebench.verdicts import (
    GRADINGS,
    Place,
    agent_verdict,
    official_judgement,
    official_verdict,
    strict_normal,
    strict_special,
)
from starbench.benchmarks.base import Accuracy
from starbench.benchmarks.errata import Erratum
from starbench.benchmarks.fetched import FetchedBenchmark
from starbench.errors import UnknownNameError
from starbench.types import Case, Output, Verdict

__all__ = ["ACEBench"]


class ACEBench(FetchedBenchmark):
    """ACEBench; implements :class:`~starbench.benchmarks.base.Benchmark`.

    ``language`` is "en", "zh" or "both". Upstream grades an answer together with its reasoning, which mostly makes it
    unreadable; here that is split off, unless ``keep_reasoning``. UnknownNameError for another language.
    """

    name = "acebench"
    languages = LANGUAGES
    grading_table = GRADINGS

    def __init__(self, language: str = "en", keep_reasoning: bool = False, notify: store.Notify = store.say) -> None:
        if language not in (*LANGUAGES, "both"):
            raise UnknownNameError.of("language of acebench", language, [*LANGUAGES, "both"])
        self.language = language
        self.keep_reasoning = keep_reasoning
        self._notify = notify
        super().__init__(notify)
        self._spoken = LANGUAGES if language == "both" else (language,)
        self._entries = {spoken: Entries(self.folder, spoken) for spoken in self._spoken}
        self._prompts = {spoken: Prompts(self.folder, spoken) for spoken in self._spoken}
        self._places: dict[str, Place] = {}

    @property
    def categories(self) -> Mapping[str, int]:
        """Each category -> its number of cases, each step of a dialogue being one."""
        return {
            self._name(name, spoken): category.size(spoken)
            for spoken in self._spoken
            for name, category in CATEGORIES.items()
        }

    @property
    def errata(self) -> Mapping[str, Erratum]:
        """What is known to be wrong with single cases."""
        return {self._name(id, spoken): erratum for spoken in self._spoken for id, erratum in errata(spoken).items()}

    @property
    def units(self) -> Mapping[str, Mapping[str, str]]:
        """The categories that count whole dialogues: category -> id of a case -> its dialogue."""
        return {
            self._name(category.name, spoken): {
                self._name(id, spoken): self._name(dialogue_of(id), spoken) for id in self._entries[spoken].of(category)
            }
            for spoken in self._spoken
            for category in CATEGORIES.values()
            if category.by_dialogue
        }

    @property
    def weights(self) -> Mapping[str, Mapping[str, float]]:
        """What each overall figure is made of: figure -> category -> weight."""
        return weights(self._spoken if self.language == "both" else ())

    def case(self, id: str) -> Case:
        """The case of that id; UnknownNameError where there is none.

        Its messages are upstream's prompt where the data holds that, and else the question alone. An agent's prompt
        changes with every step, so it always has the question.
        """
        place = self._place(id)
        prompts = self._prompts[self._parts(id)[0]]  # of a language that is known, as the case is
        return replace(place.case, messages=tuple(prompts.messages(place.category, place.case.source)))

    def bare_case(self, id: str) -> Case:
        """The case without messages; UnknownNameError where there is none."""
        return self._place(id).case

    def cases(self, category: str | None = None) -> Iterator[Case]:
        """The cases of a category or group (``normal``, ``atom``, ``special``, …), or all; language by language.

        Where the data holds no prompts, that is said once.
        """
        chosen = selected(category)
        if not all(prompts.known for prompts in self._prompts.values()):
            self._notify(
                "ACEBench's prompts are not among the data, so the messages are the bare questions; "
                "fetch them with: starbench data pull acebench"
            )
        for spoken in self._spoken:
            for row in chosen:
                for id in self._entries[spoken].of(row):
                    yield self.case(self._name(id, spoken))

    def read(self, id: str, result: Any, dialect: str = "auto") -> Output:
        """The calls in ``result`` as values: what strict grading and similarity look at. Never raises on model text."""
        place = self._place(id)
        if place.category.group == "agent":
            return read_trace(run_of(result).process or (), place.case.tools)
        return read(result, dialect, place.case.tools)

    def grade(
        self, id: str, result: Any, *, dialect: str = "auto", grading: str = "official", profile: str = "robust"
    ) -> Verdict:
        """The verdict on ``result``: what a result file holds, or a text or message as a model gave it.

        An agent's is ``{"result": end state, "process": trace}``, or the end state alone; its verdict has the process
        accuracy among its figures. Raises UnknownNameError for an unknown id, grading, dialect or profile; never on
        what a model wrote.
        """
        self._check_grading(grading)
        place = self._place(id)
        if place.category.group == "agent":
            return agent_verdict(place, run_of(result), grading, profile)
        output = read(result, dialect, place.case.tools)
        judged = strict_special if place.category.group == "special" else strict_normal
        strict = judged(place, output, profile)
        if grading == "strict":
            return strict
        stored = as_stored(result, output, dialect, keep_reasoning=self.keep_reasoning)
        return official_verdict(place, official_judgement(place, stored, grading), strict, grading)

    def judge_official(self, id: str, result: Any, *, dialect: str = "auto", grading: str = "official") -> Judgement:
        """Upstream's verdict alone, word for word as its score files have it, and whether it is listed as a failure."""
        place = self._place(id)
        if place.category.group == "agent":
            return official_judgement(place, run_of(result).state, grading)
        output = read(result, dialect, place.case.tools)
        stored = as_stored(result, output, dialect, keep_reasoning=self.keep_reasoning)
        return official_judgement(place, stored, grading)

    def aggregate(self, accuracies: Mapping[str, Accuracy]) -> dict[str, float | None]:
        """Overall accuracy by upstream's weights with the figures it is made of; see :mod:`.aggregate`."""
        return aggregate(accuracies, self._spoken if self.language == "both" else ())

    @staticmethod
    def recognises(ids: Iterable[str]) -> bool:
        """Whether most of ``ids`` are of ACEBench's form; reads no data."""
        known = [category_of(without_language(id)[1]) is not None for id in ids]
        return sum(known) * 2 > len(known)

    def _name(self, name: str, spoken: str) -> str:
        """The name of a case, category or dialogue: as published, or with its language where there are two."""
        return with_language(name, spoken) if self.language == "both" else name

    def _parts(self, id: str) -> tuple[str, str]:
        """The language of a case and its published id."""
        return without_language(id) if self.language == "both" else (self.language, id)

    def _place(self, id: str) -> Place:
        """What grading needs of a case: all but its messages, which are long."""
        known = self._places.get(id)
        if known is None:
            known = self._places[id] = self._found(id)
        return known

    def _found(self, id: str) -> Place:
        spoken, bare = self._parts(id)
        if spoken not in self._entries:
            raise UnknownNameError(f"{id!r} does not say its language; with both, ids look like en:normal_atom_bool_0")
        category, entry = self._entries[spoken].at(bare)
        case = case_of(category, entry, id, self._name(category.name, spoken))
        return Place(case, category, errata(spoken).get(bare))
