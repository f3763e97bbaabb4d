"""The dialect of stored results, decided once for each model.

The official code decodes all results of a model in one way, and some rows do not show which::

    {"id": "irrelevance_3", "result": "I cannot do that."}     a calling model's refusal, or a prompted model's text

So all rows of the model are looked at first, and a text of a calling model is read as what it is: no call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starbench.dialects import detect
from starbench.predictions import Survey


class Known(NamedTuple):
    """A dialect, and how it is known."""

    dialect: str
    why: str


class Stored(NamedTuple):
    """The dialects in which a benchmark stores results: of models that call functions, and of prompted models."""

    calling: str
    prompted: str


STORED: Mapping[str, Stored] = {"bfcl": Stored(calling="bfcl-fc", prompted="bfcl-prompt")}
"""Benchmark -> how it stores results; the results of any other are read row by row."""
MARKED = 0.9
"""How sure detection is where a text carries the marks that belong to one dialect alone."""


def stored_dialects(benchmark: str, found: Survey) -> dict[str, Known]:
    """The dialect of each model that has stored results of ``benchmark``.

    A calling model that runs locally has its results stored as the text it wrote, with the marks of its own dialect.
    """
    stored = STORED.get(benchmark)
    if stored is None:
        return {}
    chosen = dict.fromkeys(found.calling, Known(stored.calling, "its results are lists of calls"))
    for model in found.texts.keys() - found.calling:
        marked = _marked_dialect(found.texts[model])
        known = Known(marked, "its results carry its marks") if marked else None
        chosen[model] = known or Known(stored.prompted, "its results are texts")
    return chosen


def _marked_dialect(texts: Sequence[str]) -> str | None:
    """The dialect whose marks most of the texts carry."""
    signs = [next(iter(detect(text)), None) for text in texts]
    marked = Counter(sign.dialect for sign in signs if sign is not None and sign.confidence >= MARKED)
    dialect, count = next(iter(marked.most_common(1)), ("", 0))
    return dialect if 2 * count > len(texts) else None
