"""A file of rows that only grows, a row a sample of a case: answers, or failures around the model.

    {"id": "simple_python_0", "sample": 0, "output": "[f(x=1)]", …}
    {"id": "simple_python_1", "sample": 0, "error": {"family": "infrastructure", "message": "…"}, …}

A line that a killed run left half-written is cut off when the file is opened, and its case is asked again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from starbench.errors import InputError
from starbench.scoring import json_line

Key = tuple[str, int]
"""The id of a case, and the number of the sample."""


class RowFile:
    """An opened file; ``answered`` are the samples with an answer in it, ``was_torn`` says that a line was cut off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            self.was_torn = self._cut_torn_line()
            self.answered: set[Key] = {key for key, row in self if "error" not in row}
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Every row that was written, in order."""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    row = json.loads(line)
                    key = (row["id"], row["sample"])
                except (ValueError, LookupError, TypeError):
                    raise InputError(
                        f"{self.path}, row {number}: it was changed since; begin anew with --fresh"
                    ) from None
                yield key, row

    def latest(self) -> dict[Key, dict[str, Any]]:
        """For each sample its answer, else its last failure."""
        found: dict[Key, dict[str, Any]] = {}
        for key, row in self:
            if key not in found or "error" in found[key]:
                found[key] = row
        return found

    def append(self, row: Mapping[str, Any]) -> None:
        """Write one line, all of it or, when the process is killed meanwhile, a torn one."""
        os.write(self._file, json_line(row))
        if "error" not in row:
            self.answered.add((row["id"], row["sample"]))

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _cut_torn_line(self) -> bool:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.ftruncate(self._file, whole)
        return whole < len(content)
