"""``done.json``: that a stage is finished, what it was made of and what came of it, by hash.

    {"stage": "ckd", "settings": {"seed": 0, "ckd": {…}, …}, "inputs": {"rows": "5f1c…", "student": "9a0b…"},
     "results": {"student": "c4d2…"}, "figures": {"loss": [2.1, 0.3]}, "seconds": 81.4, "versions": {"trl": "1.16.0"}}

It is the last thing that a stage writes. Without it a stage counts as unfinished, whatever else lies in its folder;
with it the stage is never run again, and a recipe that says something else about it is an error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from starbench.errors import InputError
from starbench.scoring import written_whole

MARK, BEGUN = "done.json", "config.json"
LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate", "vllm")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a finished stage was made of, and what came of it; hashes are sha256, of folders over all files."""

    stage: str
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    results: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)


def read_mark(folder: Path, name: str = MARK) -> Mark | None:
    """The mark in a stage's folder; None where there is none. InputError where it cannot be read."""
    path = folder / name
    try:
        return Mark(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as problem:
        raise InputError(
            f"{path} cannot be read ({problem}); remove the folder {folder}, and its stage is done again"
        ) from None


def write_mark(folder: Path, mark: Mark, name: str = MARK) -> None:
    """Write the mark, whole or not at all."""
    with written_whole(folder / name) as file:
        file.write(json.dumps(asdict(mark), ensure_ascii=False, indent=2, default=str).encode() + b"\n")


def digest(path: Path) -> str:
    """The sha256 of a file, or of all files of a folder with their names."""
    total = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
        total.update(str(file.relative_to(path) if path.is_dir() else "").encode() + b"\0")
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def differences(before: Any, now: Any, path: str = "") -> Iterator[str]:
    """What changed between two JSON values, as ``ckd.steps: 400 there, 600 now``."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in sorted(before.keys() | now.keys()):
            yield from differences(before.get(name), now.get(name), f"{path}.{name}".lstrip("."))
    elif before != now:
        yield f"{path}: {_shown(before)} there, {_shown(now)} now"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def versions() -> dict[str, str]:
    """The versions of starbench and of the libraries that decide a result."""
    import starbench

    found = {"starbench": starbench.__version__}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
