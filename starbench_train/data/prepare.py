"""The rows of a recipe: read, set apart, compared with the tests, and counted.

    data = prepared(recipe.data, seed=0)
    len(data.train), len(data.held_out)          (1024, 200)
    data.report                                  {"read": {"xlam": 1224}, "contamination": {"findings": [], …}, …}

What is held out is drawn first and never trained on. A benchmark whose data is not on this machine cannot be compared
with: that is an error, because a silent gap in the check would be worse than none.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starbench.benchmarks import load_benchmark
from starbench.errors import InputError
from starbench_train.data.config import DataConfig
from starbench_train.data.contamination import Exam, clean, compared
from starbench_train.data.rows import TrainingRow, read_rows
from starbench_train.data.sources import load_source
from starbench_train.data.tiny import tiny_rows

TINY = "tiny"
TINY_ROWS = 12000
"""Rows of the tiny task where the recipe sets no limit."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows to train on and rows to judge by, with no question in both."""

    train: tuple[TrainingRow, ...]
    held_out: tuple[TrainingRow, ...]
    report: dict[str, Any]


def prepared(config: DataConfig, seed: int = 0) -> Prepared:
    """The rows that ``config`` means; the same for the same seed.

    Raises InputError for rows that cannot be used, and where contamination is to stop the run and there is some.
    """
    train, held_out, read = _read(config, seed)
    report = compared(train, _tests(config, held_out), config.contamination)
    if report.findings and config.contamination.action == "stop":
        first = report.findings[0]
        raise InputError(
            f"{len(report.findings)} of {len(train)} training rows are too like a test case, {first.row} like "
            f'{first.test} for one ({first.reason}); remove them, or set data.contamination.action to "drop"'
        )
    kept = clean(train, report) if config.contamination.action == "drop" else list(train)
    kept = kept[: config.limit]
    if not kept:
        raise InputError("no row is left to train on; name more sources in data.train, or loosen data.contamination")
    return Prepared(
        tuple(kept),
        tuple(held_out),
        {"read": read, "train": len(kept), "held_out": len(held_out), "contamination": report.record()},
    )


def _read(config: DataConfig, seed: int) -> tuple[list[TrainingRow], list[TrainingRow], dict[str, int]]:
    """Rows to train on, in an order drawn by the seed; rows held out; rows read by source."""
    read: dict[str, int] = {}
    rows: list[TrainingRow] = []
    held_out = read_rows(config.held_out) if config.held_out is not None else []
    for source in config.train:
        found = _tiny(config, seed) if source == TINY else load_source(source)
        read[source] = len(found)
        rows += found
    rows = _distinct(rows)
    if not held_out and tuple(config.train) == (TINY,):
        return rows, tiny_rows("held_out", config.held_out_rows, seed), read
    random.Random(seed).shuffle(rows)
    if config.held_out is None:
        if len(rows) <= config.held_out_rows:
            raise InputError(
                f"there are {len(rows)} rows, and data.held_out_rows sets {config.held_out_rows} of them aside; "
                "lower it, or name a file of rows as data.held_out"
            )
        held_out, rows = rows[: config.held_out_rows], rows[config.held_out_rows :]
    return rows, held_out, read


def _tiny(config: DataConfig, seed: int) -> list[TrainingRow]:
    return tiny_rows("train", config.limit or TINY_ROWS, seed)


def _distinct(rows: Sequence[TrainingRow]) -> list[TrainingRow]:
    """The rows, each id once: an id that another source has as well gets a number behind it."""
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        seen[row.id] = seen.get(row.id, 0) + 1
        found.append(row if seen[row.id] == 1 else replace(row, id=f"{row.id}#{seen[row.id]}"))
    return found


def _tests(config: DataConfig, held_out: Sequence[TrainingRow]) -> Iterator[Exam]:
    for name in config.contamination.benchmarks:
        yield Exam(name, tuple(load_benchmark(name).cases()))
    yield Exam("held-out", tuple(row.case() for row in held_out))
