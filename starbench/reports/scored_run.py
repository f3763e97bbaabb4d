"""A run that was scored earlier: the folder that ``starbench score --out`` wrote, read back.

Example::

    run = read_run(Path("scores"))          # or Path("scores/scores.jsonl")
    run.meaning["data_sha256"]              # from summary.json; None where there is none
    run.rows("mine")["simple_python_3"]["error"]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starbench.benchmarks.acebench.categories import category_of, dialogue_of, without_language
from starbench.benchmarks.bfcl.categories import place
from starbench.errors import InputError, UnknownNameError, family
from starbench.predictions import BadRow
from starbench.predictions.files import read_values

Row = Mapping[str, Any]
MEANING = ("benchmark", "version", "data_sha256", "grading", "profile", "starbench")
"""The fields of a summary without which its figures say nothing."""
TYPES: Mapping[str, tuple[type, ...]] = {
    "model": (str,), "id": (str,), "benchmark": (str,), "category": (str,),
    "valid": (bool,), "error": (str, type(None)), "similarity": (float, int),
}  # fmt: skip
"""What every row of a ``scores.jsonl`` holds."""
ADVICE = "give a folder that starbench score --out has written"


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """Scored rows by model and case id, and the summary that stands beside them (empty where there is none)."""

    path: Path
    summary: Mapping[str, Any]
    models: Mapping[str, Mapping[str, Row]]

    @property
    def meaning(self) -> dict[str, str | None]:
        """What the figures are figures of: each field of :data:`MEANING`, None where it is not known."""
        known = {name: self.summary.get(name) for name in MEANING}
        first = next(iter(next(iter(self.models.values())).values()))
        return known | {"benchmark": known["benchmark"] or first["benchmark"]}

    def model(self, asked: str | None) -> str:
        """The model to look at: the one ``asked`` for, or the only one; UnknownNameError or InputError otherwise."""
        if asked is not None:
            if asked not in self.models:
                raise UnknownNameError.of(f"model in {self.path}", asked, self.models)
            return asked
        if len(self.models) > 1:
            raise InputError(f"{self.path} holds {len(self.models)} models; say which one: {', '.join(self.models)}")
        return next(iter(self.models))


def read_run(path: Path) -> ScoredRun:
    """Read a scored run from its folder or its ``scores.jsonl``.

    Raises InputError, with the line, where it is not one.
    """
    file = path / "scores.jsonl" if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"there is no {file}; {ADVICE}")
    models: dict[str, dict[str, Row]] = {}
    for row in _rows(file):
        known = models.setdefault(row["model"], {})
        if row["id"] in known:
            raise InputError(f"{file} has two rows of {row['model']!r} for the case {row['id']!r}; score it again")
        known[row["id"]] = row
    return ScoredRun(path, _summary(file.with_name("summary.json")), models)


def counted(row: Row) -> bool:
    """Whether a row is an answer of the model, and not a failure around it."""
    return family(row["error"]) != "infrastructure"


def cluster_of(row: Row) -> str:
    """What a row stands or falls with: its dialogue or, for one of several wordings, its entry; else its own id."""
    find = _CLUSTERS.get(row["benchmark"])
    return find(row["id"]) if find else str(row["id"])


def _acebench_cluster(id: str) -> str:
    category = category_of(without_language(id)[1])
    return dialogue_of(id) if category is not None and category.by_dialogue else id


def _bfcl_cluster(id: str) -> str:
    try:
        return place(id).base
    except UnknownNameError:
        return id


_CLUSTERS: Mapping[str, Callable[[str], str]] = {"acebench": _acebench_cluster, "bfcl": _bfcl_cluster}


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    for item in read_values(file, str(file)):
        if isinstance(item, BadRow):
            raise InputError(f"{item.sentence}; {ADVICE}")
        number, row = item
        if not isinstance(row, dict) or not all(
            name in row and isinstance(row[name], kinds) for name, kinds in TYPES.items()
        ):
            raise InputError(f"{file}, row {number}: it is not a scored row ({', '.join(TYPES)}); {ADVICE}")
        yield row


def _summary(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    try:
        summary = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as problem:
        raise InputError(f"{file} is not valid JSON ({problem}); score the run again") from None
    if not isinstance(summary, dict) or not isinstance(summary.get("models"), dict):
        raise InputError(f"{file} is not a summary of starbench; {ADVICE}")
    return summary
