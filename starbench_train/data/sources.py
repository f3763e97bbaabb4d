"""Public data sets of function calling as rows: real ones, by the library ``datasets``, or a local copy of their files.

    load_source("xlam")                          Salesforce/xlam-function-calling-60k, from the hub
    load_source("xlam:rows/xlam_60k.json")       the same reader over a file that is here already
    load_source("rows/mine.jsonl")               rows as :mod:`starbench_train.data.rows` describes them

A reader turns one record into rows; what it cannot read (a call in no known form, say) is left out and counted, because
public data has such records. Adding a source = one reader in :mod:`starbench_train.data.readers`,
one line here, one test.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starbench.errors import InputError, UnknownNameError
from starbench_train.data.rows import TrainingRow, read_row, read_rows

Reader = Callable[[Mapping[str, Any]], Iterator[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Source:
    """A data set: its name on the hub ("" for none), ``module:function`` of the reader of its records, its split."""

    dataset: str
    reader: str
    split: str = "train"

    def read(self) -> Reader:
        """The reader itself."""
        module, _, name = self.reader.partition(":")
        reader: Reader = getattr(importlib.import_module(module), name)
        return reader


SOURCES: dict[str, Source] = {
    "xlam": Source("Salesforce/xlam-function-calling-60k", "starbench_train.data.readers:xlam"),
    "hammer": Source("MadeAgents/xlam-irrelevance-7.5k", "starbench_train.data.readers:xlam"),
    "toolace": Source("Team-ACE/ToolACE", "starbench_train.data.readers:toolace"),
    "toolmind": Source("Nanbeige/ToolMind", "starbench_train.data.readers:chat"),
    "rlla": Source("", "starbench_train.data.readers:rlla"),
    "chat": Source("", "starbench_train.data.readers:chat"),
}
"""Name -> data set. ``hammer`` are the irrelevance rows that Hammer adds to xLAM; ``rlla`` (ToolRL's) and ``chat`` read
only local files."""


def load_source(source: str) -> list[TrainingRow]:
    """The rows of ``name``, ``name:file`` or ``file.jsonl``.

    Raises UnknownNameError for an unknown name, InputError where nothing can be read.
    """
    name, colon, path = source.partition(":")
    if name in SOURCES:
        records = _local(Path(path)) if colon else _hub(name)
        return rows_of(records, SOURCES[name].read(), name)
    if Path(source).suffix in (".jsonl", ".json"):
        return read_rows(source)
    raise UnknownNameError.of("data source (or file that ends in .jsonl)", source, SOURCES)


def rows_of(records: Iterable[Mapping[str, Any]], reader: Reader, name: str) -> list[TrainingRow]:
    """The rows of records; those that cannot be read are left out.

    Raises InputError where not one can be read, with the reason of the first.
    """
    rows: list[TrainingRow] = []
    first: str | None = None
    number = 0
    for number, record in enumerate(records, 1):
        try:
            for place, row in enumerate(reader(record)):
                rows.append(read_row(row, f"{name}-{record.get('id', number)}" + (f".{place}" if place else "")))
        except (InputError, KeyError, TypeError, ValueError) as problem:
            first = first or f"record {number}: {type(problem).__name__} {problem}"
    if not rows:
        raise InputError(f"no row of {name} can be read ({first or 'it is empty'})")
    return rows


def _local(path: Path) -> Iterator[Mapping[str, Any]]:
    """The records of a JSON list or of JSON lines."""
    try:
        text = path.read_text(encoding="utf-8")
        records = (
            json.loads(text) if text.lstrip().startswith("[") else map(json.loads, filter(str.strip, text.split("\n")))
        )
        yield from records
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise InputError(f"the records of {path} cannot be read ({problem})") from None


def _hub(name: str) -> Iterable[Mapping[str, Any]]:
    source = SOURCES[name]
    if not source.dataset:
        raise InputError(f"the source {name!r} reads local files: write {name}:path")
    try:
        import datasets
    except ImportError:
        raise InputError("public data sets need the library datasets: pip install 'starbench[train]'") from None
    try:
        return datasets.load_dataset(source.dataset, split=source.split)  # type: ignore[no-any-return]
    except Exception as problem:  # the library raises errors of many others
        raise InputError(
            f"the data set {source.dataset} cannot be loaded ({type(problem).__name__}: {problem}); with a local copy "
            f"of its file, write {name}:path"
        ) from None
