"""What is done as each job of a run ends: its row is written, progress is shown, and what waited for it may begin.

{"id": "memory_kv_prereq_0-customer-0", "sample": 0, "result": [[…]], "left": {"core_memory": …}}   prerequisites.jsonl
{"id": "memory_kv_0-customer-0", "sample": 0, "result": [["{'answer': 'Michael', …}"]]}             outputs.jsonl
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from starbench.runner.chains import Chains
from starbench.runner.engine import Job, Outcome
from starbench.runner.folder import RunFolder
from starbench.runner.settings import Settings


class Progress(Protocol):
    """Told what happens while a run goes on."""

    def begin(self, done: int, total: int) -> None:
        """``done`` of ``total`` samples were answered before."""
        ...

    def step(self, failure: str | None) -> None:
        """One more was answered, or failed with this sentence."""
        ...


class Finisher:
    """Called with each outcome; gives the jobs that may begin now."""

    def __init__(
        self, settings: Settings, benchmark: str, folder: RunFolder, progress: Progress, chains: Chains | None
    ) -> None:
        self._settings = settings
        self._benchmark = benchmark
        self._folder = folder
        self._progress = progress
        self._chains = chains

    def __call__(self, outcome: Outcome) -> Iterable[Job]:
        """Write the row of an outcome; the jobs that waited for it."""
        row = output_row(outcome, self._benchmark, self._settings.label)
        if outcome.failure is not None:
            self._folder.log(f"{outcome.job.case.id}, sample {outcome.job.sample}: {outcome.failure}")
        if not outcome.job.is_prerequisite or self._chains is None:
            self._folder.outputs.append(row)
            self._progress.step(outcome.failure)
            return ()
        self._folder.prerequisites.append(row)
        if outcome.failure is None:
            return self._chains.follow(outcome)
        for given_up in self._chains.give_up(outcome):
            self(given_up)
        return ()


def output_row(outcome: Outcome, benchmark: str, label: str) -> dict[str, Any]:
    """The line that is written; each further sample is a model of its own to whoever scores the file."""
    job, completions = outcome.job, outcome.completions
    row: dict[str, Any] = {
        "id": job.case.id,
        "sample": job.sample,
        "model": label if job.sample == 0 else f"{label}#{job.sample + 1}",
        "benchmark": benchmark,
        "category": job.case.category,
    }
    if outcome.answer is None:
        row["error"] = {"family": "infrastructure", "message": outcome.failure}
    else:
        row |= outcome.answer
    return row | {
        "input_tokens": _total(completion.input_tokens for completion in completions),
        "output_tokens": _total(completion.output_tokens for completion in completions),
        "seconds": round(sum(completion.seconds for completion in completions), 4),
        "finish": completions[-1].finish if completions else None,
        "tries": sum(completion.tries for completion in completions),
    }


def _total(counts: Iterable[int | None]) -> int | None:
    """The sum, None where nothing is known."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
