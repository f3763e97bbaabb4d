"""The rows of a run that has not ended, kept so that the next one need not judge them again.

While a run writes ``scores.jsonl``, its lines go to a hidden file beside it whose name says what decides them (the
answers, the benchmark, how they are judged). Starting the same run again finds that file and goes on behind it::

    scores/.scores-3f21b0c47d8e90aa.part      one line an answer in the order of the input, empty where it was unusable
    scores/scores.jsonl                       appears when the last answer is judged; the part disappears

A killed run leaves complete lines and perhaps a torn last one, which is judged again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from starbench.errors import InputError
from starbench.scoring.files import written_whole
from starbench.scoring.rows import BESIDE, ScoredRow

_OF_RECORD = frozenset(ScoredRow._fields) - BESIDE


KEPT_BACK = 32
"""Lines that a killed run may have to judge again at most."""


class Unfinished:
    """The part file of one run, open for appending: ``known`` lines were there before; ``gaps`` of all are empty."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.known, self.gaps = _complete_lines(file)
        self._path = path
        self._file = file
        self._passed = 0
        self._waiting = 0

    def stored(self) -> Iterator[ScoredRow | None]:
        """The rows that were judged before, in the order of the answers; None for an answer that could not be used."""
        with self._path.open("rb") as lines:
            for _, line in zip(range(self.known), lines, strict=False):
                yield _row(line) if line.strip() else None

    def add(self, line: bytes) -> None:
        """Append one line, empty for an answer that could not be used; those that were there before are passed over."""
        self._passed += 1
        if self._passed > self.known:
            self._file.write(line or b"\n")
            self.gaps += not line
            self._waiting += 1
        if self._waiting >= KEPT_BACK:
            self._file.flush()
            self._waiting = 0


@contextmanager
def unfinished(scores: Path, key: str) -> Iterator[Unfinished]:
    """The part file beside ``scores`` for the run that ``key`` means; it becomes ``scores`` if the block ends well.

    Raises InputError where the folder cannot be written, or another run is writing the same file.
    """
    part = scores.with_name(f".scores-{key}.part")
    try:
        scores.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("a+b")
    except OSError as problem:
        raise InputError(f"{scores} cannot be written ({problem.strerror}); give another folder with --out") from None
    with file:
        _lock(file, scores)
        rows = Unfinished(part, file)
        yield rows
        file.flush()
        with written_whole(scores) as out, part.open("rb") as lines:
            if rows.gaps:
                out.writelines(line for line in lines if line.strip())
            else:
                shutil.copyfileobj(lines, out)
    for left in scores.parent.glob(".scores-*.part"):
        left.unlink(missing_ok=True)


def _complete_lines(file: BinaryIO) -> tuple[int, int]:
    """How many whole lines the file begins with, and how many of them are empty; what follows is cut off."""
    file.seek(0)
    lines = gaps = end = 0
    for line in file:
        if line != b"\n" and not (line.startswith(b"{") and line.endswith(b"}\n")):
            break
        lines, gaps, end = lines + 1, gaps + (line == b"\n"), end + len(line)
    file.truncate(end)
    file.seek(end)
    return lines, gaps


def _row(line: bytes) -> ScoredRow:
    """A row read back from its line."""
    record = json.loads(line)
    return ScoredRow(**{name: record[name] for name in _OF_RECORD & record.keys()}, line=line)


def _lock(file: BinaryIO, scores: Path) -> None:
    """Keep the file for this process; the system lets go of it when the process ends, however that happens."""
    try:
        import fcntl
    except ImportError:  # no such lock on this system
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise InputError(f"another run is writing {scores}; wait for it, or give another folder with --out") from None
