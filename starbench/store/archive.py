"""A data set that is a repository at one commit: its ``.tar.gz`` is downloaded, and the pinned files are taken out.

    ACEBench-56dd66c….tar.gz        ->  ACEBench-56dd66c…/data_all/data_en/data_agent_multi_step.json, …

Whoever made the archive, nothing in it can do harm: only files that the manifest names are written, only regular ones,
and neither the download nor what it unpacks to may exceed the manifest's limit.
"""

from __future__ import annotations

import gzip
import http.client
import shutil
import tarfile
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from starbench.errors import DataUnavailableError
from starbench.store.folder import Progress
from starbench.store.manifest import Archive, Dataset

_SECONDS = 60
"""How long the server may say nothing."""
_CHUNK = 1 << 16
_REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE)


def download(archive: Archive, scratch: Path, report: Progress) -> Path:
    """The archive in ``scratch``; DataUnavailableError where the server fails, breaks off or sends too much."""
    path = scratch / archive.file
    request = urllib.request.Request(archive.url, headers={"User-Agent": "starbench"})
    try:
        response = urllib.request.urlopen(request, timeout=_SECONDS)
    except (OSError, http.client.HTTPException) as error:
        raise DataUnavailableError(f"{archive.url} cannot be downloaded ({error})") from error
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() else None

    def told(done: int) -> None:
        report(f"downloading {archive.file}", done, total)

    with response, path.open("wb") as file:
        size = _copy(_network(response, archive.url), file, archive, told)
    if total is not None and size != total:
        raise DataUnavailableError(f"{archive.url} broke off after {size} of {total} bytes")
    return path


def unpack(data: Dataset, archive: Archive, packed: Path, into: Path, report: Progress) -> None:
    """Write the pinned files of the archive below ``into``/package; its own top folder may have any name.

    Raises DataUnavailableError where ``packed`` is no such archive, is cut off or unpacks to too much.
    """
    into.mkdir(parents=True)
    plain = into.parent / "unpacked.tar"
    stage = f"unpacking {packed.name}"
    try:
        with gzip.open(packed) as source, plain.open("wb") as target:
            _copy(source.read, target, archive, lambda done: report(stage, done, None))
        with tarfile.open(plain, "r:") as tar:
            for member in tar:
                file = "/".join(PurePosixPath(member.name).parts[1:])
                if file in data.pinned:
                    _write(tar, member, into / data.package / file, archive)
    except (gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError) as error:
        raise DataUnavailableError(f"{packed} is not the .tar.gz archive {archive.file} ({error})") from error
    finally:
        plain.unlink(missing_ok=True)


def _network(response: BinaryIO, url: str) -> Callable[[int], bytes]:
    """Reading from the server, with its failures told from those of the disk."""

    def read(size: int) -> bytes:
        try:
            return response.read(size)
        except (OSError, http.client.HTTPException) as error:
            raise DataUnavailableError(f"the download of {url} broke off ({error})") from error

    return read


def _copy(read: Callable[[int], bytes], target: BinaryIO, archive: Archive, told: Callable[[int], None]) -> int:
    """Copy all there is, telling how much is done; the number of bytes. Too many are refused."""
    done = 0
    while chunk := read(_CHUNK):
        done += len(chunk)
        if done > archive.limit:
            raise DataUnavailableError(f"{archive.file} is larger than {archive.limit} bytes, which it never was")
        target.write(chunk)
        told(done)
    return done


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, archive: Archive) -> None:
    """Write one regular file; a link, a device or a sparse file under its name is refused."""
    content = tar.extractfile(member) if member.type in _REGULAR and member.size <= archive.limit else None
    if content is None:
        raise DataUnavailableError(f"{member.name} in {archive.file} is not a regular file")
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("wb") as file:
        shutil.copyfileobj(content, file)
