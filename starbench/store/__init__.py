"""Benchmark data on this machine: what is pinned, where it lies, how it gets there.

    >>> from starbench import store
    >>> store.dataset("bfcl").pin
    'bfcl-eval==2026.3.23'

The data is other people's and never part of this package: it is fetched once, checked against the hashes of
``data/manifest.toml``, kept in the user's cache folder, and checked again whenever it is read.
"""

from __future__ import annotations

from pathlib import Path

from starbench.store.folder import DataFolder, Notify, Progress, cache_folder, cache_root, find, say
from starbench.store.manifest import Archive, Dataset, Wheel, dataset, datasets

__all__ = [
    "Archive",
    "DataFolder",
    "Dataset",
    "Notify",
    "Progress",
    "Wheel",
    "cache_folder",
    "cache_root",
    "dataset",
    "datasets",
    "find",
    "obtain",
    "pull",
    "say",
]


def pull(name: str, source: str | Path | None = None, progress: Progress | None = None) -> DataFolder:
    """Fetch the data set ``name`` into the cache (see :func:`pull_dataset`); nothing is done where it is complete."""
    from starbench.store.fetch import pull_dataset  # most programs find the data there and fetch nothing

    return pull_dataset(dataset(name), Path(source) if source is not None else None, progress)


def obtain(name: str, notify: Notify = say) -> DataFolder:
    """The data set ``name`` on this machine, fetched first where it is absent, which ``notify`` is told."""
    data = dataset(name)
    found = find(data, notify)
    if found is not None:
        return found
    notify(f"fetching {data.pin} ({data.licence}) into {cache_root()}, this once")
    return pull(name)
