"""What goes wrong in a stage, as a sentence that names the stage and says what to do.

    stage ckd: the disk is full; free some space where runs/a lies and run the same command again: it goes on from the
    last checkpoint

An error that is no one's to foresee (a bug) is passed through with its traceback: a sentence would hide it.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starbench.errors import StarbenchError
from starbench_train.errors import TrainingError

AGAIN = "run the same command again: it goes on from what is finished"


@contextmanager
def explained(stage: str, folder: Path) -> Iterator[None]:
    """Put the name of the stage before what a person can act on; a TrainingError where it was none of ours."""
    try:
        yield
    except StarbenchError as problem:
        if str(problem).startswith("stage "):
            raise
        raise type(problem)(f"stage {stage}: {problem}") from None
    except Exception as problem:
        found = _sentence(stage, folder, problem)
        if found is None:
            raise
        raise found from problem


def _sentence(stage: str, folder: Path, problem: Exception) -> TrainingError | None:
    text = str(problem)
    if getattr(problem, "errno", None) == errno.ENOSPC or "No space left on device" in text:
        return TrainingError.at(stage, "the disk is full", f"free some space where {folder} lies and {AGAIN}")
    if _out_of_memory(problem, text):
        return TrainingError.at(
            stage, "the memory does not hold it", f"lower batch in [hardware], or set lora = true there, and {AGAIN}"
        )
    if isinstance(problem, FileNotFoundError) and problem.filename:
        return TrainingError.at(stage, f"the file {problem.filename} is missing", f"put it there and {AGAIN}")
    if isinstance(problem, PermissionError) and problem.filename:
        return TrainingError.at(stage, f"{problem.filename} may not be written or read", f"correct that and {AGAIN}")
    if isinstance(problem, ImportError) and problem.name:
        return TrainingError.at(
            stage, f"the library {problem.name} is not installed", "install it with: pip install 'starbench[train]'"
        )
    return None


def _out_of_memory(problem: Exception, text: str) -> bool:
    named = type(problem).__name__ == "OutOfMemoryError" or isinstance(problem, MemoryError)
    return named or "DefaultCPUAllocator: can't allocate memory" in text
