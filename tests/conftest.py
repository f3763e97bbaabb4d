"""What several test files need: the folder of shared data and the benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import starbench
from starbench.errors import DataUnavailableError

if TYPE_CHECKING:
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
