"""What is installed is complete: data files, type marker, entry points."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution of this tree."""
    if not (ROOT / "pyproject.toml").is_file():
        pytest.skip("the tests run outside of a source tree, so that there is nothing to build")
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def packaged(suffix: str = "") -> set[str]:
    """The files of both packages in the tree."""
    files = (file for package in ("starbench", "starbench_train") for file in (ROOT / package).rglob(f"*{suffix}"))
    return {str(f.relative_to(ROOT)) for f in files if f.is_file() and "__pycache__" not in f.parts}


def test_the_wheel_holds_every_file_of_the_packages(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert packaged() <= names
    assert {"starbench/py.typed", "starbench/data/manifest.toml"} <= names
    assert {name.split("/")[0].removesuffix(".dist-info").split("-")[0] for name in names} == {
        "starbench",
        "starbench_train",
    }


def test_the_source_distribution_can_be_tested(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert packaged(".py") | {"README.md", "LICENSE", "pyproject.toml", "constraints.txt", "tests/conftest.py"} <= names


def test_every_entry_point_resolves() -> None:
    points = importlib.metadata.distribution("starbench").entry_points
    assert {"starbench", "starbench-train"} <= {point.name for point in points}
    for point in points:
        assert callable(point.load()), point
