"""BFCL's errata (``errata.toml``), and how strict grading reads the answers of these cases.

mended("live_multiple_964-207-0", [{"f": {"question": ["how"]}}])   ->  [{"f": {"statement": ["how"]}}]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from starbench.benchmarks.errata import Erratum, read_table


@lru_cache(maxsize=1)
def errata() -> Mapping[str, Erratum]:
    """Every known erratum by id."""
    return {id: Erratum(**entry) for id, entry in read_table("starbench.benchmarks.bfcl").items()}


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
