"""A whole run: choose the cases, open the folder, ask what is unanswered, score.

finished = run(read_settings(Path("recipe.toml")), progress=print_dot)
finished.summary["models"]["mine"]["total"]["accuracy"]
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from starbench.backends import Backend, BackendError, backend_class
from starbench.backends.cache import ResponseCache
from starbench.benchmarks import Benchmark
from starbench.errors import InputError
from starbench.runner.asking import asking
from starbench.runner.chains import Chains
from starbench.runner.engine import Engine, Job, Outcome
from starbench.runner.environment import environment
from starbench.runner.finishing import Finisher, Progress
from starbench.runner.folder import RunFolder
from starbench.runner.layout import write_bfcl_layout
from starbench.runner.needs import lacking
from starbench.runner.scores import score, unanswered
from starbench.runner.selection import UNCOUNTED, benchmark_of, selected
from starbench.runner.services import services
from starbench.runner.settings import Settings
from starbench.types import Case


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
    unaskable = lacking(benchmark, settings)
    cases = selected(benchmark, settings.cases, unaskable)
    identity = {**settings.identity(), "data_sha256": benchmark.data_sha256}
    folder = RunFolder(Path(settings.out), settings.record(), identity, fresh=fresh)
    try:
        _ask(settings, benchmark, cases, folder, progress)
        are_named = settings.cases.ids or settings.cases.categories
        not_asked = {} if are_named else {name: why for name, why in unaskable.items() if name not in UNCOUNTED}
        summary = score(folder, settings, benchmark, cases, not_asked)
        layout = write_bfcl_layout(folder, settings.label, cases) if bfcl_layout else None
        folder.log(f"scored; {summary['run']['answered']} of {summary['run']['asked']} answered")
    finally:
        folder.close()
    return Finished(folder.path, summary, layout)


def _ask(
    settings: Settings, benchmark: Benchmark, cases: Sequence[Case], folder: RunFolder, progress: Progress
) -> None:
    """Ask every sample that has no answer; without one the backend is not even opened."""
    by_id = {case.id: case for case in cases}
    keys = [(id, sample) for sample in range(settings.samples) for id in by_id]
    open_cases = [(by_id[id], sample) for id, sample in unanswered(folder, keys)]
    progress.begin(len(keys) - len(open_cases), len(keys))
    if not open_cases:
        return
    backend = _opened(settings, benchmark, folder)
    if backend.capabilities.batch > 1:  # prompts of like length in one batch waste the least padding
        open_cases.sort(key=lambda pair: _size(pair[0]), reverse=True)
    folder.log(f"asking {len(open_cases)} of {len(keys)}")
    ask = asking(benchmark, settings, backend.capabilities)
    waiting = [pair for pair in open_cases if ask.before(pair[0])]
    chains = Chains(ask, folder.prerequisites, waiting) if waiting else None
    at_once = (Job(case, sample, ask(case, sample)) for case, sample in open_cases if not ask.before(case))
    jobs = chain(chains.begin() if chains else (), at_once)  # what has to wait for others takes longest
    finish = Finisher(settings, benchmark.name, folder, progress, chains)
    asyncio.run(_drive(services(settings, backend, [case for case, _ in open_cases]), jobs, finish, settings))


def _opened(settings: Settings, benchmark: Benchmark, folder: RunFolder) -> Backend:
    """The backend of the model, and what is to be known of it written down; BackendError where it cannot be used."""
    backend: Backend = backend_class(settings.model.backend)(settings.model.name, settings.options())
    described = environment(benchmark, backend)
    if settings.mode != "prompt" and described["backend"].get("template_uses_tools") is False:
        raise BackendError(
            f"the chat template of {settings.model.name} takes no tools, so the model would not see them; "
            "describe them in the prompt with --mode prompt"
        )
    folder.write("environment.json", described)
    return backend


def _size(case: Case) -> int:
    """About how long the prompt of a case is, in characters."""
    return len(str(case.messages)) + sum(len(str(tool.parameters)) + len(tool.description) for tool in case.tools)


async def _drive(
    opened: Mapping[str, Any], jobs: Iterable[Job], finish: Callable[[Outcome], Iterable[Job]], settings: Settings
) -> None:
    cache = ResponseCache(Path(settings.cache)) if settings.cache else None
    try:
        await Engine(opened, jobs, finish, cache).run()
    finally:
        if cache is not None:
            cache.close()
        for service in opened.values():
            await service.close()
