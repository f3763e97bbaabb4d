"""What benchmark data exists and which bytes it must have.

The table stands in ``starbench/data/manifest.toml``, one section a benchmark, published as a wheel or as the archive of
a repository at one commit::

    [bfcl]
    version = "2026.3.23"
    package = "bfcl_eval"
    [bfcl.wheel]
    file = "bfcl_eval-2026.3.23-py3-none-any.whl"
    sha256 = "3bb6dfa5…"
    [bfcl.files]
    "data/BFCL_v4_multiple.json" = "a1b2…"
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import PurePosixPath
from typing import Any

from starbench.errors import UnknownNameError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class Wheel:
    """A distribution of the package index, which pip downloads; ``size`` is in bytes."""

    distribution: str
    file: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Archive:
    """A repository at one commit as a ``.tar.gz``, downloaded from ``url``; ``file`` is the name it is saved under.

    The server packs it anew at will, so it has no hash of its own: each file in it has one. Packed or unpacked, more
    than ``limit`` bytes are refused.
    """

    repository: str
    commit: str
    url: str
    file: str
    limit: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """One published data set, pinned by version and hashes.

    ``package`` is the folder that holds everything, in the wheel and in the cache; ``files`` maps the path of each file
    that can decide a verdict, relative to that folder, to its sha256. ``extras`` are files of the same notation that no
    verdict depends on (prompts, the licence); a copy may lack them.
    """

    name: str
    title: str
    version: str
    licence: str
    homepage: str
    package: str
    source: Wheel | Archive
    files: Mapping[str, str] = field(repr=False)
    extras: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def pin(self) -> str:
        """Exactly what it is, in one word: ``bfcl-eval==2026.3.23`` or ``chenchen0103/ACEBench@56dd66cf6439``."""
        if isinstance(self.source, Wheel):
            return f"{self.source.distribution}=={self.version}"
        return f"{self.source.repository}@{self.source.commit[:12]}"

    @property
    def pinned(self) -> Mapping[str, str]:
        """Every file with a known hash."""
        return {**self.files, **self.extras}

    @property
    def landmark(self) -> str:
        """The first folder inside the package folder, by which that is told."""
        return PurePosixPath(next(iter(self.files))).parts[0]

    @property
    def data_sha256(self) -> str:
        """One hash for all files: sha256 over lines ``<sha256>  <path>`` sorted by path, as sha256sum prints them."""
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


@lru_cache(maxsize=1)
def datasets() -> Mapping[str, Dataset]:
    """Every data set of the manifest by name."""
    text = resources.files("starbench").joinpath("data/manifest.toml").read_text(encoding="utf-8")
    return {name: _dataset(name, entry) for name, entry in tomllib.loads(text).items()}


def dataset(name: str) -> Dataset:
    """The data set of that name; UnknownNameError where there is none."""
    known = datasets()
    if name not in known:
        raise UnknownNameError.of("data set", name, known)
    return known[name]


def _dataset(name: str, entry: Mapping[str, Any]) -> Dataset:
    rest = {key: value for key, value in entry.items() if key not in ("wheel", "archive")}
    source = Wheel(**entry["wheel"]) if "wheel" in entry else Archive(**entry["archive"])
    return Dataset(name=name, source=source, **rest)
