"""Completions that were made before, in a file, by model, rendered prompt and sampling.

    with ResponseCache(Path("responses.sqlite")) as cache:
        key = cache_key(backend, request)               # 64 hex digits
        cache.put(key, completion); cache.get(key)      # the completion, or None

Failures are never kept. Several runs may use one file at the same time. It is off unless asked for: the name of a model
does not say which weights stand behind it today.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from starbench.backends.base import Backend, Completion, Request, sampling_record
from starbench.errors import InputError

_WAIT_SECONDS = 30.0


def cache_key(backend: Backend, request: Request) -> str:
    """What the completion of a request depends on, as one hash; samples differ although their prompts are equal."""
    parts = [type(backend).__name__, backend.model, backend.rendered(request), sampling_record(request), request.sample]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class ResponseCache:
    """A file of completions; InputError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
            try:
                self._file.execute("PRAGMA journal_mode = WAL")
                self._file.execute("PRAGMA synchronous = NORMAL")
                self._file.execute("CREATE TABLE IF NOT EXISTS completions (key TEXT PRIMARY KEY, completion TEXT)")
            except sqlite3.Error:
                self._file.close()
                raise
        except (OSError, sqlite3.Error) as problem:
            raise InputError(f"the response cache {path} cannot be used ({problem}); give another file") from None

    def get(self, key: str) -> Completion | None:
        """The completion kept under ``key``."""
        row = self._file.execute("SELECT completion FROM completions WHERE key = ?", (key,)).fetchone()
        return Completion(**json.loads(row[0])) if row else None

    def put(self, key: str, completion: Completion) -> None:
        """Keep a completion, unless it is a failure."""
        if completion.failure is None:
            row = (key, json.dumps(asdict(completion)))
            self._file.execute("INSERT OR REPLACE INTO completions VALUES (?, ?)", row)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> ResponseCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
