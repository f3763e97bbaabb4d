"""What benchmark data exists and which bytes it must have.

The table stands in ``starbench/data/manifest.toml``, one section a benchmark::

    [bfcl]
    version = "2026.3.23"
    wheel = "bfcl_eval-2026.3.23-py3-none-any.whl"
    wheel_sha256 = "3bb6dfa5…"
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

from starbench.errors import UnknownNameError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class Dataset:
    """One published data set, pinned by version and hashes.

    ``package`` is the folder inside the wheel that holds everything; ``files`` maps the path of each file that can
    decide a verdict, relative to that folder, to its sha256.
    """

    name: str
    title: str
    version: str
    licence: str
    homepage: str
    distribution: str
    package: str
    wheel: str
    wheel_sha256: str
    wheel_bytes: int
    files: Mapping[str, str] = field(repr=False)

    @property
    def requirement(self) -> str:
        """What a package installer is asked for: ``bfcl-eval==2026.3.23``."""
        return f"{self.distribution}=={self.version}"

    @property
    def data_sha256(self) -> str:
        """One hash for all files: sha256 over lines ``<sha256>  <path>`` sorted by path, as sha256sum prints them."""
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


@lru_cache(maxsize=1)
def datasets() -> Mapping[str, Dataset]:
    """Every data set of the manifest by name."""
    text = resources.files("starbench").joinpath("data/manifest.toml").read_text(encoding="utf-8")
    return {name: Dataset(name=name, **entry) for name, entry in tomllib.loads(text).items()}


def dataset(name: str) -> Dataset:
    """The data set of that name; UnknownNameError where there is none."""
    known = datasets()
    if name not in known:
        raise UnknownNameError.of("data set", name, known)
    return known[name]
