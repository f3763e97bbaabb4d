"""Pulling a data set that is a repository's archive, from a server on this machine and from files."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from starbench import store
from starbench.errors import DataUnavailableError
from starbench.store.fetch import pull_dataset
from starbench.store.folder import find
from starbench.store.manifest import Archive, Dataset

FILES = {"data_all/a.json": b'{"id": 1}\n', "data_all/deep/b.json": b"[]"}
EXTRAS = {"LICENSE.md": b"do what you like"}
TOP = "toy-0123abcd"
TOY = Dataset(
    name="toy",
    title="A toy",
    version="0123abcd",
    licence="CC0",
    homepage="https://example.org",
    package="toy",
    source=Archive("me/toy", "0123abcd" * 5, "http://127.0.0.1:9/none", "toy-0123abcd.tar.gz", limit=100_000),
    files={name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()},
    extras={name: hashlib.sha256(content).hexdigest() for name, content in EXTRAS.items()},
)

Change = Callable[[tarfile.TarFile], None]


def packed(*changes: Change, files: dict[str, bytes] | None = None) -> bytes:
    """The archive as a server packs it, with whatever ``changes`` put in after the files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in (files or {**FILES, **EXTRAS, "code.py": b"1/0"}).items():
            add(tar, f"{TOP}/{name}", content)
        for change in changes:
            change(tar)
    return buffer.getvalue()


def add(tar: tarfile.TarFile, name: str, content: bytes = b"", **fields: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for field, value in fields.items():
        setattr(member, field, value)
    tar.addfile(member, io.BytesIO(content))


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[Dataset]:
    """The toy data set at a server of this machine that gives ``answer`` to every request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/toy"
            assert isinstance(TOY.source, Archive)
            yield replace(TOY, source=replace(TOY.source, url=url))
        finally:
            server.shutdown()
            thread.join()


def whole(body: bytes, announced: int | None = None, status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        if announced is not None:
            request.send_header("Content-Length", str(announced))
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("STARBENCH_CACHE", str(folder))
    return folder


def written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def leftovers(cache: Path) -> list[str]:
    return sorted(p.name for p in (cache / "toy").iterdir() if p.name != TOY.version)


@pytest.mark.parametrize("announced", [True, False], ids=["with its length", "without its length"])
def test_a_download_ends_with_the_pinned_files_and_nothing_else(cache: Path, announced: bool) -> None:
    body = packed()
    told: list[tuple[str, int, int | None]] = []
    length = len(body) if announced else None
    with serving(whole(body, length)) as data:
        folder = pull_dataset(data, progress=lambda *step: told.append(step))
    assert folder.path == cache / "toy" / "0123abcd" / "toy"
    names = {p.relative_to(folder.path).as_posix() for p in folder.path.rglob("*") if p.is_file()}
    assert names == {*FILES, *EXTRAS}
    assert folder.problems() == folder.absent_extras() == []
    assert ("downloading toy-0123abcd.tar.gz", len(body), length) in told
    assert leftovers(cache) == []
    assert find(TOY) == store.DataFolder(TOY, folder.path)


@pytest.mark.parametrize(
    ("body", "announced", "status", "said"),
    [
        (b"", 0, 404, "HTTP Error 404"),
        (packed()[:200], len(packed()), 200, "broke off"),
        (packed()[:200], None, 200, "is not the .tar.gz archive"),
        (b"<html>", 6, 200, "is not the .tar.gz archive"),
        (bytes(200_000), 200_000, 200, "larger than 100000 bytes"),
    ],
    ids=["not found", "broken off", "cut", "a page", "too large"],
)
def test_a_download_that_fails_is_a_sentence(
    cache: Path, body: bytes, announced: int | None, status: int, said: str
) -> None:
    with serving(whole(body, announced, status)) as data, pytest.raises(DataUnavailableError, match=said):
        pull_dataset(data)
    assert leftovers(cache) == []


def test_without_a_server_the_way_without_network_is_named() -> None:
    with pytest.raises(DataUnavailableError, match=r"curl -L -o toy-0123abcd\.tar\.gz http.*data pull toy --from toy-"):
        pull_dataset(TOY)


def test_from_the_archive_file_or_a_folder_that_holds_it(tmp_path: Path) -> None:
    archive = written(tmp_path / "toy-0123abcd.tar.gz", packed())
    assert pull_dataset(TOY, archive).absent_extras() == []
    assert pull_dataset(TOY, tmp_path).problems() == []


def checkout(folder: Path, *, extras: bool) -> Path:
    for name, content in {**FILES, **(EXTRAS if extras else {}), "more/code.py": b""}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_folder_may_lack_what_no_verdict_depends_on_and_a_fuller_one_takes_its_place(tmp_path: Path) -> None:
    bare = pull_dataset(TOY, checkout(tmp_path / "bare", extras=False))
    assert bare.problems() == []
    assert bare.absent_extras() == ["LICENSE.md"]
    assert not (bare.path / "more").exists()
    full = pull_dataset(TOY, checkout(tmp_path / "full", extras=True))
    assert full.path == bare.path
    assert full.absent_extras() == []
    assert full.read("LICENSE.md") == EXTRAS["LICENSE.md"]


def test_an_emptier_folder_leaves_a_fuller_copy_alone(tmp_path: Path) -> None:
    bare = checkout(tmp_path / "bare", extras=False)
    first = pull_dataset(TOY, bare)
    assert pull_dataset(TOY, bare) == first
    pull_dataset(TOY, checkout(tmp_path / "full", extras=True))
    assert pull_dataset(TOY, bare).absent_extras() == []


def test_an_altered_extra_is_refused(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "full", extras=True)
    (folder / "LICENSE.md").write_bytes(b"other")
    with pytest.raises(DataUnavailableError, match="1 of 3 files are absent or altered"):
        pull_dataset(TOY, folder)


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
HARD = {"type": tarfile.LNKTYPE, "linkname": "../../outside"}


@pytest.mark.parametrize(
    "change",
    [
        lambda tar: add(tar, f"{TOP}/data_all/a.json", **LINK),
        lambda tar: add(tar, f"{TOP}/data_all/a.json", **HARD),
        lambda tar: add(tar, f"{TOP}/data_all/a.json", type=tarfile.DIRTYPE),
        lambda tar: add(tar, f"{TOP}/data_all/a.json", type=tarfile.FIFOTYPE),
    ],
    ids=["symbolic link", "hard link", "folder", "pipe"],
)
def test_anything_but_a_regular_file_under_a_pinned_name_is_refused(tmp_path: Path, change: Change) -> None:
    with pytest.raises(DataUnavailableError, match="is not a regular file"):
        pull_dataset(TOY, written(tmp_path / "toy.tar.gz", packed(change)))


def test_names_that_lead_elsewhere_write_nothing(tmp_path: Path, cache: Path) -> None:
    def change(tar: tarfile.TarFile) -> None:
        for name in ("../outside", "/outside", f"{TOP}/../../outside", f"{TOP}/data_all/../../../outside"):
            add(tar, name, b"x")
        add(tar, f"{TOP}/link", **LINK)
        add(tar, f"{TOP}/link/outside", b"x")

    assert pull_dataset(TOY, written(tmp_path / "toy.tar.gz", packed(change))).problems() == []
    assert not list(tmp_path.rglob("outside"))
    assert not list(cache.rglob("link"))


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, cache: Path) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(DataUnavailableError, match="larger than 100000 bytes"):
        pull_dataset(TOY, written(tmp_path / "toy.tar.gz", bomb))
    assert leftovers(cache) == []


def test_an_archive_of_another_version_is_refused(tmp_path: Path) -> None:
    other = packed(files={**FILES, "data_all/a.json": b"{}"})
    with pytest.raises(DataUnavailableError, match=r"does not hold the data of me/toy@0123abcd0123"):
        pull_dataset(TOY, written(tmp_path / "toy.tar.gz", other))


def test_acebench_is_pinned_by_its_commit() -> None:
    data = store.dataset("acebench")
    assert data.pin == "chenchen0103/ACEBench@56dd66cf6439"
    assert isinstance(data.source, Archive)
    assert data.source.url.endswith(data.source.commit)
    assert len(data.files) == 68
    assert all(file.startswith("data_all/data_") for file in data.files)
