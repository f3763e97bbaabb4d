"""A whole run: choose the cases, open the folder, ask what is unanswered, score.

finished = run(read_settings(Path("recipe.toml")), progress=print_dot)
finished.summary["models"]["mine"]["total"]["accuracy"]
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from starbench.backends import Backend, BackendError, backend_class
from starbench.backends.cache import ResponseCache
from starbench.benchmarks import Benchmark
from starbench.errors import InputError
from starbench.runner.engine import Engine, Job, Outcome
from starbench.runner.environment import environment
from starbench.runner.folder import Key, RunFolder
from starbench.runner.layout import write_bfcl_layout
from starbench.runner.loops import asking
from starbench.runner.scores import score, unanswered
from starbench.runner.selection import benchmark_of, selected
from starbench.runner.settings import Settings
from starbench.types import Case


class Progress(Protocol):
    """Told what happens while a run goes on."""

    def begin(self, done: int, total: int) -> None:
        """``done`` of ``total`` samples were answered before."""
        ...

    def step(self, failure: str | None) -> None:
        """One more was answered, or failed with this sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has ended: its folder, its summary, and where official result files were written, if anywhere."""

    folder: Path
    summary: dict[str, Any]
    layout: Path | None = None


def run(settings: Settings, progress: Progress, *, fresh: bool = False, bfcl_layout: bool = False) -> Finished:
    """Ask what is unanswered and score everything.

    Raises InputError for settings that do not fit together or a folder of another run, BackendError where the model
    cannot be asked; what was answered until then stays in the folder.
    """
    benchmark = benchmark_of(settings.cases)
    if bfcl_layout and benchmark.name != "bfcl":
        raise InputError("only BFCL has official result files; leave --bfcl-layout out")
    cases = selected(benchmark, settings.cases)
    identity = {**settings.identity(), "data_sha256": benchmark.data_sha256}
    folder = RunFolder(Path(settings.out), settings.record(), identity, fresh=fresh)
    try:
        _ask(settings, benchmark, cases, folder, progress)
        summary = score(folder, settings, benchmark, cases)
        layout = write_bfcl_layout(folder, settings.label, cases) if bfcl_layout else None
        folder.log(f"scored; {summary['run']['answered']} of {summary['run']['asked']} answered")
    finally:
        folder.close()
    return Finished(folder.path, summary, layout)


def _ask(
    settings: Settings, benchmark: Benchmark, cases: Sequence[Case], folder: RunFolder, progress: Progress
) -> None:
    """Ask every sample that has no answer; without one the backend is not even opened."""
    keys = [(case.id, sample) for sample in range(settings.samples) for case in cases]
    open_keys = unanswered(folder, keys)
    progress.begin(len(keys) - len(open_keys), len(keys))
    if not open_keys:
        return
    backend = backend_class(settings.model.backend)(settings.model.name, settings.options())
    described = environment(benchmark, backend)
    if settings.mode != "prompt" and described["backend"].get("template_uses_tools") is False:
        raise BackendError(
            f"the chat template of {settings.model.name} takes no tools, so the model would not see them; "
            "describe them in the prompt with --mode prompt"
        )
    by_id = {case.id: case for case in cases}
    if backend.capabilities.batch > 1:  # prompts of like length in one batch waste the least padding
        open_keys.sort(key=lambda key: _size(by_id[key[0]]), reverse=True)
    folder.write("environment.json", described)
    folder.log(f"asking {len(open_keys)} of {len(keys)}")
    jobs = _jobs(open_keys, by_id, settings, benchmark, backend)
    asyncio.run(_drive(backend, jobs, _finisher(settings, benchmark, folder, progress), settings))


def _size(case: Case) -> int:
    """About how long the prompt of a case is, in characters."""
    return len(str(case.messages)) + sum(len(str(tool.parameters)) + len(tool.description) for tool in case.tools)


def _jobs(
    keys: Sequence[Key], cases: dict[str, Case], settings: Settings, benchmark: Benchmark, backend: Backend
) -> Iterator[Job]:
    ask = asking(benchmark, settings, backend.capabilities)
    return (Job(cases[id], sample, ask(cases[id], sample)) for id, sample in keys)


async def _drive(backend: Backend, jobs: Iterator[Job], finish: Callable[[Outcome], None], settings: Settings) -> None:
    cache = ResponseCache(Path(settings.cache)) if settings.cache else None
    try:
        await Engine(backend, jobs, finish, cache).run()
    finally:
        if cache is not None:
            cache.close()
        await backend.close()


def _finisher(
    settings: Settings, benchmark: Benchmark, folder: RunFolder, progress: Progress
) -> Callable[[Outcome], None]:
    """What is done as each job ends: write its row, and say so."""

    def finish(outcome: Outcome) -> None:
        folder.append(output_row(outcome, benchmark.name, settings.label))
        if outcome.failure is not None:
            folder.log(f"{outcome.job.case.id}, sample {outcome.job.sample}: {outcome.failure}")
        progress.step(outcome.failure)

    return finish


def output_row(outcome: Outcome, benchmark: str, label: str) -> dict[str, Any]:
    """The line of ``outputs.jsonl``; each further sample is a model of its own to whoever scores the file."""
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


def _total(counts: Iterator[int | None]) -> int | None:
    """The sum, None where nothing is known."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
