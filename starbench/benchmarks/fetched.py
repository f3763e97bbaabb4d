"""What benchmarks on fetched data have in common: the folder, its version and hash, the gradings.

class BFCL(FetchedBenchmark):
    name = "bfcl"                       # also the name of the data set in the manifest

BFCL().version                          # "2026.3.23"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from starbench import store
from starbench.benchmarks.base import GRADINGS
from starbench.errors import UnknownNameError


class FetchedBenchmark:
    """The part of :class:`~starbench.benchmarks.base.Benchmark` that follows from the data set of the same name.

    Making it finds the data, or fetches it, which ``notify`` is told; DataUnavailableError where that fails.
    """

    name: ClassVar[str]
    grading_table: ClassVar[Mapping[str, str]] = GRADINGS
    """Grading -> what it is, the default first."""

    def __init__(self, notify: store.Notify = store.say) -> None:
        self.folder = store.obtain(self.name, notify)

    @property
    def version(self) -> str:
        """The published version of the data: of a distribution, or a commit."""
        return self.folder.dataset.version

    @property
    def data_sha256(self) -> str:
        """One hash over all files that can decide a verdict."""
        return self.folder.dataset.data_sha256

    @property
    def gradings(self) -> Sequence[str]:
        """The gradings on offer, the default first."""
        return tuple(self.grading_table)

    def _check_grading(self, grading: str) -> None:
        """Raise UnknownNameError for a grading that it does not have."""
        if grading not in self.grading_table:
            raise UnknownNameError.of(f"grading of {self.name}", grading, self.grading_table)
