"""What several test files need: the folder of shared data and the benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import starbench
from starbench import store
from starbench.errors import DataUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starbench.benchmarks.acebench.benchmark import ACEBench
    from starbench.benchmarks.base import Benchmark

settings.register_profile("untimed", deadline=None)  # no test depends on the speed of the machine
settings.load_profile("untimed")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data and golden answers that lies beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with data and golden answers is not here")
    return SHARED


@pytest.fixture(scope="session")
def bfcl() -> Benchmark:
    """BFCL, from the cache or fetched."""
    try:
        return starbench.load_benchmark("bfcl")
    except DataUnavailableError as error:
        pytest.skip(f"BFCL's data cannot be had: {error}")


@pytest.fixture(scope="session")
def acebench_cache(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with ACEBench's data, taken from the shared folder (which has no prompts)."""
    source = shared / "data" / "acebench"
    if not source.is_dir():
        pytest.skip("the folder ../shared/data/acebench with ACEBench's data is not here")
    folder = tmp_path_factory.mktemp("acebench-cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARBENCH_CACHE", str(folder))
        store.pull("acebench", source)
    return folder


@pytest.fixture(scope="session")
def acebench(acebench_cache: Path) -> Callable[..., ACEBench]:
    """What makes ACEBench with the options given: ``acebench("zh")``, the same object each time."""
    from starbench.benchmarks.acebench.benchmark import ACEBench

    made: dict[object, ACEBench] = {}

    def make(language: str = "en", **options: bool) -> ACEBench:
        key = (language, *options.items())
        if key not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("STARBENCH_CACHE", str(acebench_cache))
                made[key] = ACEBench(language, **options)
        return made[key]

    return make
