"""A first look through all answers: which models, how many rows, and what form the results have.

Grading needs to know some things before the first row: the benchmark (found by the ids), and for stored BFCL results
whether a model answers by function calling or by text, which no single row can tell::

    {"id": "irrelevance_3", "result": "I cannot do that."}      either kind of model may answer this
    {"id": "simple_python_0", "result": [{"f": "{}"}]}          only a function-calling model has such rows

So all of it is looked at before the first row is judged. Small input is kept, larger input is read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from starbench.predictions.files import read_values
from starbench.predictions.layout import Source
from starbench.predictions.rows import BadRow, Prediction, read_row

SAMPLE = 2000
"""How many ids are kept for telling the benchmark."""
TEXTS = 50
"""How many text results of a model are kept for telling its dialect, each up to :data:`LONGEST` characters."""
LONGEST = 20_000
SMALL = 4_000_000
"""Up to so many bytes of files are kept in memory, as some five times as many."""


@dataclass(slots=True)
class Survey:
    """What the first look through ``sources`` found.

    ``kept`` are all rows where they are few. ``models`` counts rows; ``calling`` names the models with stored results
    that are calls, and ``texts`` samples the stored results that are text, model by model. ``languages`` counts rows
    that say theirs, ``firsts`` is the first row of each file.
    """

    sources: Sequence[Source | BadRow]
    kept: Sequence[Prediction | BadRow] | None = None
    models: Counter[str] = field(default_factory=Counter)
    calling: set[str] = field(default_factory=set)
    texts: dict[str, list[str]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    benchmarks: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    own_cases: int = 0
    firsts: dict[str, Prediction] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows can be read."""
        return self.models.total()

    def predictions(self) -> Iterable[Prediction | BadRow]:
        """Every row of the sources, once more."""
        return read_predictions(self.sources) if self.kept is None else self.kept


def read_predictions(sources: Iterable[Source | BadRow]) -> Iterator[Prediction | BadRow]:
    """Every row of every source, in order, as a prediction or as what is wrong with it."""
    for source in sources:
        if isinstance(source, BadRow):
            yield source
            continue
        for item in read_values(source.path, source.name):
            if isinstance(item, BadRow):
                yield item
            else:
                yield read_row(item[1], source.name, item[0], source.model, source.language)


def survey(sources: Sequence[Source | BadRow]) -> Survey:
    """Look through all sources once."""
    kept = list(read_predictions(sources)) if _are_small(sources) else None
    found = Survey(sources, kept)
    for prediction in found.predictions():
        if isinstance(prediction, BadRow):
            continue
        found.models[prediction.model] += 1
        found.firsts.setdefault(prediction.file, prediction)
        if prediction.form == "result":
            _look_at(prediction, found)
        if len(found.ids) < SAMPLE:
            found.ids.append(prediction.id)
        if prediction.benchmark:
            found.benchmarks[prediction.benchmark] += 1
        if prediction.language:
            found.languages[prediction.language] += 1
        found.own_cases += prediction.case is not None
    return found


def _are_small(sources: Sequence[Source | BadRow]) -> bool:
    files = [source.path for source in sources if isinstance(source, Source)]
    return sum(file.stat().st_size for file in files if file.exists()) <= SMALL


def _look_at(prediction: Prediction, found: Survey) -> None:
    """Note what a stored result tells of its model: that it calls functions, or a text that it wrote."""
    for step in _steps(prediction.answer):
        if isinstance(step, list) and all(isinstance(item, dict) for item in step):
            found.calling.add(prediction.model)
        elif isinstance(step, str):
            sample = found.texts.setdefault(prediction.model, [])
            if len(sample) < TEXTS:
                sample.append(step[:LONGEST])


def _steps(result: Any) -> Iterator[Any]:
    """The answers in a stored result: itself, or each step of each turn of a conversation."""
    if isinstance(result, list) and result and all(isinstance(turn, list) for turn in result):
        yield from (step for turn in result for step in turn if step)
    else:
        yield result
