"""``scores.jsonl`` and ``summary.json``, written so that they are complete or not there.

Example::

    with written_whole(folder / "scores.jsonl") as out:
        out.write(json_line({"id": "simple_python_0", "valid": True}))

A file appears under its name only when all of it is on disk; a run that ends early leaves what was there before.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from starbench.errors import InputError

DEEPEST = 100
_ENCODED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode
"""A value as JSON; one that holds itself ends in a RecursionError."""


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when the block ends well, and vanishes when it does not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as problem:
        raise InputError(f"{path} cannot be written ({problem.strerror}); give another folder with --out") from None
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        Path(temporary).chmod(0o666 & ~_umask())  # a temporary file is private, a result is not
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def json_line(value: Mapping[str, Any]) -> bytes:
    """One line of valid JSON in UTF-8, whatever a model wrote into the values.

    NaN, infinities, values without JSON form and what lies deeper than 100 levels become text; half a
    surrogate pair, which UTF-8 cannot hold, is written as a ``\\\\u`` escape.
    """
    try:
        text = _ENCODED(value)
    except (ValueError, TypeError, RecursionError):
        text = json.dumps(_plain(value, 0), ensure_ascii=False)
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(_plain(value, 0)).encode() + b"\n"


def _plain(value: Any, depth: int) -> Any:
    """The value with everything that JSON cannot say as text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if depth < DEEPEST and isinstance(value, Mapping):
        return {_text(name): _plain(item, depth + 1) for name, item in value.items()}
    if depth < DEEPEST and isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, int) and abs(value) < 10**4000:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    return _text(value)


def _text(value: Any) -> str:
    """A value as text; a type's name where Python refuses to write the value (an integer of 5,000 digits)."""
    try:
        return str(value)
    except (ValueError, RecursionError):
        return f"<{type(value).__name__}>"


def _umask() -> int:
    """The umask of this process; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
