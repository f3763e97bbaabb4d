"""The folder of a run, which the same command goes on with.

    config.json           the resolved settings
    environment.json      versions, data, machine
    outputs.jsonl         a line an answer, or a failure around the model; only ever appended to
    prerequisites.jsonl   the same of conversations that are not judged, with the memory that each has left
    scores.jsonl          written when the run has ended, as by starbench score
    summary.json          the same
    log.txt               what happened when

A line of ``outputs.jsonl``, which ``starbench score`` reads too::

    {"id": "simple_python_0", "sample": 0, "model": "mine", "benchmark": "bfcl", "category": "simple_python",
     "output": "[f(x=1)]", "input_tokens": 211, "output_tokens": 24, "seconds": 0.81, "finish": "stop", "tries": 1}
    {"id": "simple_python_1", …, "error": {"family": "infrastructure", "message": "the server answers 503 (6 tries)"}}
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from starbench.errors import InputError
from starbench.runner.rows import Key, RowFile
from starbench.scoring import written_whole

__all__ = ["FILES", "Key", "RunFolder"]

FILES = (
    *("config.json", "environment.json", "outputs.jsonl", "prerequisites.jsonl"),
    *("scores.jsonl", "summary.json", "log.txt"),
)


class RunFolder:
    """An opened run folder; only one process has it at a time.

    ``identity`` is what decides an answer: a folder that holds answers of another one is refused with InputError.
    ``fresh`` throws away what is there.
    """

    def __init__(
        self, path: Path, config: Mapping[str, Any], identity: Mapping[str, Any], *, fresh: bool = False
    ) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = (path / ".lock").open("w")
        except OSError as problem:
            raise InputError(f"{path} cannot be written ({problem.strerror}); give another folder with --out") from None
        _lock(self._lock, path)
        try:
            self._open(config, identity, fresh)
        except BaseException:
            self._lock.close()
            raise

    def _open(self, config: Mapping[str, Any], identity: Mapping[str, Any], fresh: bool) -> None:
        if fresh:
            for name in FILES:
                (self.path / name).unlink(missing_ok=True)
        self._check(identity)
        self.write("config.json", {**config, "identity": identity})
        self.outputs = self._rows("outputs.jsonl")
        self._prerequisites: RowFile | None = None

    @property
    def prerequisites(self) -> RowFile:
        """The conversations that only prepare others; the file is there once they are wanted."""
        if self._prerequisites is None:
            self._prerequisites = self._rows("prerequisites.jsonl")
        return self._prerequisites

    def _rows(self, name: str) -> RowFile:
        rows = RowFile(self.path / name)
        if rows.was_torn:
            self.log(f"cut off the last line of {name}, which was torn")
        return rows

    def write(self, name: str, value: Mapping[str, Any]) -> None:
        """Write a JSON file as a whole."""
        with written_whole(self.path / name) as file:
            file.write(json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")

    def log(self, sentence: str) -> None:
        """Add a line to the log."""
        with (self.path / "log.txt").open("a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {sentence}\n")

    def close(self) -> None:
        """Let another process have the folder."""
        self.outputs.close()
        if self._prerequisites is not None:
            self._prerequisites.close()
        self._lock.close()

    def _check(self, identity: Mapping[str, Any]) -> None:
        config = self.path / "config.json"
        if not config.exists() or not (self.path / "outputs.jsonl").exists():
            return
        try:
            before = json.loads(config.read_bytes())["identity"]
        except (ValueError, LookupError, TypeError):
            raise InputError(f"{config} is no run's; give another folder with --out, or --fresh") from None
        changed = sorted(_differences("", before, json.loads(json.dumps(identity))))
        if changed:
            raise InputError(
                f"{self.path} holds a run with other settings ({'; '.join(changed)}); "
                "give another folder with --out, or throw that run away with --fresh"
            )


def _differences(path: str, before: Any, now: Any) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in before.keys() | now.keys():
            yield from _differences(f"{path}.{name}".lstrip("."), before.get(name), now.get(name))
    elif before != now:
        yield f"{path}: {before!r} there, {now!r} now"


def _lock(file: Any, path: Path) -> None:
    """Take the lock of the folder where the system has such locks; InputError where another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise InputError(
            f"another process is running in {path}; wait for it, or give another folder with --out"
        ) from None
