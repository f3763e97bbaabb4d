"""ACEBench's errata (``errata.toml``) of one language, and the class names that strict grading reads otherwise.

renamed([{"ReminderAPI": {}}], {"ReminderAPI": "=ReminderApi"})    ->  [{"ReminderApi": {}}]
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from starbench.benchmarks.errata import Erratum, read_table


@lru_cache(maxsize=2)
def errata(language: str) -> Mapping[str, Erratum]:
    """Every known erratum by id."""
    table: Mapping[str, Mapping[str, Any]] = read_table("starbench.benchmarks.acebench")[language]
    return {id: Erratum(**entry) for id, entry in table.items()}


def renamed(state: Any, mend: Mapping[str, Any]) -> Any:
    """An agent's end state, expected or made, with the classes that ``mend`` names under their right names."""
    if not mend or not isinstance(state, list):
        return state
    return [
        {_right_name(name, mend): value for name, value in entry.items()} if isinstance(entry, Mapping) else entry
        for entry in state
    ]


def _right_name(name: Any, mend: Mapping[str, Any]) -> Any:
    return str(mend[name]).removeprefix("=") if name in mend else name
