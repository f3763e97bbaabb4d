"""``starbench data``, with a small made-up data set in place of the real ones."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from starbench import store
from starbench.cli import main
from starbench.store.manifest import Dataset, Wheel

CONTENT = b"[]"


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheel of the only data set there is; the cache is empty."""
    wheel = tmp_path / "toy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("toy/data/a.json", CONTENT)
    toy = Dataset(
        name="toy",
        title="A toy",
        version="1.0",
        licence="CC0",
        homepage="https://example.org",
        package="toy",
        source=Wheel(
            distribution="starbench-no-such-distribution",
            file=wheel.name,
            sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
            size=wheel.stat().st_size,
        ),
        files={"data/a.json": hashlib.sha256(CONTENT).hexdigest()},
    )
    monkeypatch.setattr(store, "datasets", lambda: {"toy": toy})
    monkeypatch.setattr(store, "dataset", {"toy": toy}.__getitem__)
    monkeypatch.setenv("STARBENCH_CACHE", str(tmp_path / "cache"))
    return wheel


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["data", *map(str, arguments)], terminal_width=200)


def test_pulling_from_a_wheel_says_what_is_complete_and_where(wheel: Path) -> None:
    result = run("pull", "toy", "--from", wheel)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"toy 1.0 is complete: 1 files in {wheel.parent / 'cache/toy/1.0/toy'}\n"


def test_the_list_tells_what_is_here(wheel: Path) -> None:
    assert "not here" in run("list").stdout
    run("pull", "toy", "--from", wheel)
    line = next(line for line in run("list").stdout.splitlines() if "toy" in line)
    assert "cache" in line
    assert "CC0" in line


def test_the_path_is_printed_alone_or_its_absence_explained(wheel: Path) -> None:
    missing = run("path", "toy")
    assert missing.exit_code == 1
    assert "fetch it with: starbench data pull toy" in missing.stderr
    run("pull", "toy", "--from", wheel)
    assert run("path", "toy").stdout == f"{wheel.parent / 'cache/toy/1.0/toy'}\n"


def test_verifying_names_what_is_damaged(wheel: Path) -> None:
    assert "no benchmark data is here yet" in run("verify").stdout
    run("pull", "toy", "--from", wheel)
    assert run("verify").stdout.startswith("toy 1.0 is complete")
    (wheel.parent / "cache/toy/1.0/toy/data/a.json").write_bytes(b"{}")
    damaged = run("verify", "toy")
    assert damaged.exit_code == 1
    assert "a.json is not the file published in" in damaged.stderr


def test_a_source_that_does_not_exist_is_a_mistake_on_the_command_line(wheel: Path) -> None:
    assert run("pull", "toy", "--from", "no such file").exit_code == 2
