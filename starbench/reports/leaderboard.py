"""Entries of a leaderboard: one JSON file for each model and benchmark version, checked before anything is shown.

Example of one, cut::

    {"format": 1, "model": "STAR-0.6B", "size": 0.6, "date": "2026-02", "benchmark": "bfcl", "version": "v3",
     "grading": "official", "figures": {"v3": {"value": 0.517}},
     "provenance": {"kind": "reported", "by": "STAR (arXiv 2602.03022), table 3", "where": "https://…"}}

An entry is either ``reported`` (somebody says so, somewhere) or ``measured`` (scored by starbench, into rows that have
the hash that the entry names; ``answers`` says whose answers they are, where others generated them). All figures are
fractions; null says that one is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.errors import InputError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


@dataclass(frozen=True, slots=True)
class Figure:
    """A share and its 95 % interval; an unknown one is None."""

    value: float | None
    interval: tuple[float, float] | None = None
    note: str = ""

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval, or the bare value where none is known; only for figures that are not missing."""
        assert self.value is not None
        return self.interval or (self.value, self.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """One model on one version of a benchmark; ``categories`` as in a summary, empty for most reported results."""

    model: str
    benchmark: str
    version: str
    grading: str
    provenance: Mapping[str, str]
    figures: Mapping[str, Figure]
    size: float | None = None
    date: str | None = None
    categories: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    file: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What there is only one entry of."""
        return (self.benchmark, self.version, self.model, self.grading)

    @property
    def is_measured(self) -> bool:
        """Whether a run of starbench stands behind it."""
        return self.provenance["kind"] == "measured"

    @property
    def source(self) -> str:
        """Where the figures are from, in a line."""
        if not self.is_measured:
            return f"reported by {self.provenance['by']}"
        answers = f", {self.provenance['answers']}" if "answers" in self.provenance else ""
        rows = self.provenance["scores_sha256"][:12]
        return f"measured by starbench {self.provenance['starbench']}, rows {rows}{answers}"

    @property
    def coverage(self) -> tuple[int, int] | None:
        """How many cases were answered, and how many there are; None where the entry has no categories."""
        rows = self.categories.values()
        return (sum(row["n"] for row in rows), sum(row["cases"] for row in rows)) if rows else None

    @property
    def is_partial(self) -> bool:
        """Whether some case is known to have no answer."""
        return self.coverage is not None and self.coverage[0] < self.coverage[1]

    def figure(self, name: str) -> Figure:
        """The figure of that name; a missing one where the entry has none."""
        return self.figures.get(name, Figure(None))


def read_entries(folder: Path | None = None) -> list[Entry]:
    """The entries that come with starbench, and those of ``folder``.

    Raises InputError, naming the file, where one is broken or two are of the same model.
    """
    shipped = resources.files("starbench").joinpath("data/leaderboards").iterdir()
    texts = sorted((str(file), file.read_bytes()) for file in shipped if file.name.endswith(".json"))
    if folder is not None:
        texts += sorted((str(file), file.read_bytes()) for file in folder.glob("*.json"))
    found: dict[tuple[str, str, str, str], Entry] = {}
    for entry in _entries(texts):
        known = found.setdefault(entry.key, entry)
        if known is not entry:
            raise InputError(f"{known.file} and {entry.file} are both of {_described(entry)}; remove one of them")
    _check_data(found.values())
    return list(found.values())


def entry_of(record: Any, file: str) -> Entry:
    """An entry from its JSON; InputError with the place where it is not as the schema says."""
    problem = next(iter(sorted(_validator().iter_errors(record), key=lambda error: list(map(str, error.path)))), None)
    if problem is not None:
        place = ".".join(map(str, problem.absolute_path)) or "the entry"
        raise InputError(f"{file} is not an entry of a leaderboard: {place}: {problem.message[:200]}")
    figures = {
        name: Figure(row["value"], tuple(row["interval"]) if "interval" in row else None, row.get("note", ""))
        for name, row in record["figures"].items()
    }
    rest = {name: value for name, value in record.items() if name not in ("format", "figures")}
    return Entry(**rest, figures=figures, file=file)


def _entries(texts: Iterable[tuple[str, bytes]]) -> Iterator[Entry]:
    for file, text in texts:
        try:
            record = json.loads(text.decode("utf-8"))
        except (ValueError, RecursionError) as problem:
            raise InputError(f"{file} is not valid JSON ({problem}); mend or remove it") from None
        yield entry_of(record, file)


def _check_data(entries: Iterable[Entry]) -> None:
    """One version of a benchmark means one set of data."""
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if not entry.is_measured:
            continue
        known = first.setdefault((entry.benchmark, entry.version), entry)
        if known.provenance["data_sha256"] != entry.provenance["data_sha256"]:
            raise InputError(
                f"{known.file} and {entry.file} were measured on different data of {entry.benchmark} {entry.version}, "
                "so they cannot stand in one table; remove one of them"
            )


def _described(entry: Entry) -> str:
    return f"{entry.model!r} on {entry.benchmark} {entry.version} ({entry.grading} grading)"


@lru_cache(maxsize=1)
def _validator() -> Validator:
    import jsonschema

    text = resources.files("starbench").joinpath("data/leaderboard.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))
