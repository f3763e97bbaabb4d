"""Where benchmark data lies on this machine, and reading it with every byte checked.

Looked for in this order: the cache folder (``$STARBENCH_CACHE``, else the user's cache folder of the system), then an
installed distribution of exactly the pinned version, which is found without importing it::

    DataFolder(dataset=<bfcl>, path=Path("~/.cache/starbench/bfcl/2026.3.23/bfcl_eval"), origin="cache")
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from starbench.errors import DataUnavailableError
from starbench.store.manifest import Dataset, Wheel

Notify = Callable[[str], None]
"""Called with a sentence for people."""

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and how much there is (None: unknown)."""

Origin = Literal["cache", "installed"]


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A data set on disk: ``path`` is the package folder that the manifest's file paths are relative to."""

    dataset: Dataset
    path: Path
    origin: Origin = "cache"

    def read(self, file: str) -> bytes:
        """The bytes of one file of the manifest; DataUnavailableError where it is absent or not the published one."""
        try:
            content = (self.path / file).read_bytes()
        except OSError as error:
            raise DataUnavailableError(
                f"{self.path / file} cannot be read ({error.strerror}); {self._remedy()}"
            ) from error
        if hashlib.sha256(content).hexdigest() != self.dataset.pinned[file]:
            raise DataUnavailableError(
                f"{self.path / file} is not the file published in {self.dataset.pin}; {self._remedy()}"
            )
        return content

    def absent_extras(self) -> list[str]:
        """The files that no verdict depends on and that this copy lacks."""
        return [file for file in self.dataset.extras if not (self.path / file).exists()]

    def problems(self) -> list[str]:
        """A sentence for each file that is altered, or absent though verdicts depend on it; empty where all is well."""
        absent = set(self.absent_extras())
        found = []
        for file in self.dataset.pinned:
            if file in absent:
                continue
            try:
                self.read(file)
            except DataUnavailableError as error:
                found.append(str(error))
        return found

    def _remedy(self) -> str:
        return f"fetch the data again with: starbench data pull {self.dataset.name}"


def cache_root() -> Path:
    """The folder for fetched data: ``$STARBENCH_CACHE`` where set, else the user's cache folder of the system."""
    chosen = os.environ.get("STARBENCH_CACHE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("starbench", appauthor=False)


def cache_folder(data: Dataset) -> DataFolder:
    """Where the fetched copy of ``data`` stands, or would stand."""
    return DataFolder(data, cache_root() / data.name / data.version / data.package)


def say(sentence: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"starbench: {sentence}\n")


def find(data: Dataset, notify: Notify = say) -> DataFolder | None:
    """The copy of ``data`` on this machine, or None; ``notify`` is told of an installed copy of another version."""
    cached = cache_folder(data)
    if cached.path.is_dir():
        return cached
    if not isinstance(data.source, Wheel):
        return None
    installed = _installed(data)
    if installed is None:
        return None
    distribution = data.source.distribution
    version = _installed_version(distribution)
    if version == data.version:
        return DataFolder(data, installed, origin="installed")
    notify(f"the installed {distribution} {version or 'of unknown version'} is not used: {data.version} is needed")
    return None


def _installed(data: Dataset) -> Path | None:
    """The folder of the installed package, found without importing it."""
    try:
        spec = importlib.util.find_spec(data.package)
    except ValueError:  # the package is in sys.modules without a spec
        return None
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _installed_version(distribution: str) -> str | None:
    import importlib.metadata

    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
