"""BFCL cases that fail a right answer as published, as data (``errata.toml``), and how strict grading reads them.

    [live_multiple_964-207-0]
    effect = "unsatisfiable"
    reason = "the answer calls the required argument statement 'question', …"
    mend = { question = "=statement" }

Official grading is not touched by any of it: such a case keeps its official verdict, whose message names the erratum.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Effect = Literal["unsatisfiable", "misjudged", "harmless"]


@dataclass(frozen=True, slots=True)
class Erratum:
    """What is wrong with a case: whether no answer passes official grading, or just the right one does not, and why.

    ``dialect`` limits it to answers in that dialect (empty: all); ``mend`` says how strict grading reads the answer.
    """

    effect: Effect
    reason: str
    dialect: str = ""
    mend: Mapping[str, str | list[Any]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def errata() -> Mapping[str, Erratum]:
    """Every known erratum by id."""
    text = resources.files(__package__).joinpath("errata.toml").read_text(encoding="utf-8")
    return {id: Erratum(**entry) for id, entry in tomllib.loads(text).items()}


def mended(id: str, truth: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The published answer of the case ``id`` as strict grading reads it."""
    erratum = errata().get(id)
    if erratum is None or not erratum.mend:
        return truth
    return [{name: _mended(arguments, erratum.mend) for name, arguments in call.items()} for call in truth]


def _mended(arguments: Mapping[str, Any], mend: Mapping[str, str | list[Any]]) -> dict[str, Any]:
    fixed: dict[str, Any] = {}
    for name, alternatives in arguments.items():
        how = mend.get(name)
        if how is None:
            fixed[name] = alternatives
        elif isinstance(how, list):
            fixed[name] = how
        elif how.startswith("="):
            fixed[how[1:]] = alternatives
        else:
            fixed[name] = _MENDS[how](alternatives)
    return fixed


_MENDS: Mapping[str, Callable[[Sequence[Any]], list[Any]]] = {
    "merge": lambda alternatives: [{key: value for part in alternatives for key, value in part.items()}],
    "stack": lambda alternatives: [list(alternatives)],
    "unwrap": lambda alternatives: [*(value[0] for value in alternatives), *alternatives],
}
"""Other ways to read alternatives, by the names that ``errata.toml`` uses."""
