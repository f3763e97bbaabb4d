"""Runs a recipe: stage after stage, each finished once and for all.

    run_recipe(read_recipe(Path("recipes/star-tiny.toml")), Chosen(until="ckd"), Lines())

A stage begins with ``config.json`` (what it is made of) and ends with ``done.json``. One that was killed goes on from
its checkpoints or its half-written answers; one whose recipe changed meanwhile begins anew.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.errors import InputError
from starbench.scoring import written_whole
from starbench_train.curriculum.data import write_data
from starbench_train.curriculum.failures import explained
from starbench_train.curriculum.launch import Launch
from starbench_train.curriculum.marks import BEGUN, Mark, digest, read_mark, versions, write_mark
from starbench_train.curriculum.plan import Chosen, Step, check_finished, inputs_of, planned, settings_of
from starbench_train.curriculum.processes import is_main, wait_for_all
from starbench_train.curriculum.progress import Progress
from starbench_train.curriculum.state import StageContext
from starbench_train.errors import TrainingError
from starbench_train.stages import STAGES

if TYPE_CHECKING:
    from starbench_train.config import Recipe
    from starbench_train.hardware import Hardware

KEPT_FOR_RESUMING = ("checkpoints", "start")
"""Folders of a stage that are of no use once it is finished."""


def run_recipe(
    recipe: Recipe,
    chosen: Chosen,
    progress: Progress,
    *,
    redo: str | None = None,
    launch: Launch | None = None,
    inside: bool = False,
) -> list[Step]:
    """Run what is wanted and not finished; gives the plan as it is then.

    Args:
        redo: throw away this stage and what follows it first.
        launch: run stages that can use several processes by ``accelerate launch``.
        inside: this is a process that such a launch started; it runs one stage and holds no lock.

    Raises InputError for a recipe that does not fit what is finished, TrainingError where a stage cannot be finished.
    """
    from starbench_train.hardware import resolve

    out = Path(recipe.out)
    steps = planned(recipe, chosen)
    hardware = resolve(recipe.hardware)
    with contextlib.nullcontext() if inside else _locked(out), _quiet(hardware):
        if redo is not None:
            _throw_away(steps, redo)
            steps = planned(recipe, chosen)
        if not inside:
            with explained("data", out):
                progress.note(write_data(recipe, out, any(step.mark for step in steps)))
            _write_recipe(recipe, out)
        marks: dict[str, Mark] = {}
        for step in steps:
            context = StageContext(recipe, step.name, out, hardware, step.before, progress)
            mark = _one(context, step, marks, launch)
            if mark is not None:
                marks[step.name] = mark
    return planned(recipe, chosen)


def _one(context: StageContext, step: Step, marks: dict[str, Mark], launch: Launch | None) -> Mark | None:
    """The mark of a stage: of one that is finished, or that is run now; None for one that is not wanted."""
    if step.state == "later":
        return None
    if step.state == "missing":
        raise InputError(
            f"stage {step.name}: it comes before what is wanted and is not finished; run it first, with "
            f"--until {step.name}"
        )
    settings, inputs = settings_of(context.recipe, step.name), inputs_of(context, marks)
    if step.mark is not None:
        check_finished(step, settings, inputs)
        if is_main() and step.wanted:
            context.progress.note(f"{step.name}: finished before, in {step.folder}")
        return step.mark
    _begin(context, step, settings, inputs)
    if launch is not None and STAGES[step.name].parallel:
        launch.run(step.name)
        mark = read_mark(step.folder)
        if mark is None:
            raise TrainingError.at(step.name, "it ended without a result", "read what its processes said above")
        return mark
    return _run(context, step, settings, inputs)


def _run(context: StageContext, step: Step, settings: dict[str, Any], inputs: dict[str, str]) -> Mark:
    started = time.monotonic()
    with explained(step.name, context.out):
        STAGES[step.name].load()(context)
        wait_for_all()
        results = {role: digest(step.folder / place) for role, place in STAGES[step.name].makes.items()}
        seconds = round(time.monotonic() - started + _before(step.folder), 1)
        mark = Mark(step.name, settings, inputs, results, context.figures, seconds, versions())
        if is_main():
            write_mark(step.folder, mark)
    if is_main():
        for name in KEPT_FOR_RESUMING:
            shutil.rmtree(step.folder / name, ignore_errors=True)
        context.progress.note(f"{step.name}: finished in {seconds:.0f} s")
    return mark


def _begin(context: StageContext, step: Step, settings: dict[str, Any], inputs: dict[str, str]) -> None:
    """Make the folder; what lies there is kept where it was made of the same, to go on from."""
    if not is_main():
        wait_for_all()
        return
    with explained(step.name, context.out):
        begun = read_mark(step.folder, BEGUN)
        now = Mark(step.name, settings, inputs, versions=versions())
        if begun is not None and (begun.settings, begun.inputs) != (now.settings, now.inputs):
            shutil.rmtree(step.folder)
            context.progress.note(f"{step.name}: it was begun with other settings or inputs, and begins anew")
        step.folder.mkdir(parents=True, exist_ok=True)
        _note_time(step.folder)
        write_mark(step.folder, now, BEGUN)
    wait_for_all()


def _note_time(folder: Path) -> None:
    """Keep how long earlier attempts at the stage worked, by the last time they wrote to its metrics."""
    metrics, begun = folder / "metrics.jsonl", folder / BEGUN
    if metrics.exists() and begun.exists():
        worked = max(0.0, metrics.stat().st_mtime - begun.stat().st_mtime) + _before(folder)
        (folder / "seconds.txt").write_text(f"{worked:.1f}\n", encoding="utf-8")


def _before(folder: Path) -> float:
    path = folder / "seconds.txt"
    return float(path.read_text(encoding="utf-8")) if path.exists() else 0.0


def _throw_away(steps: list[Step], first: str) -> None:
    names = [step.name for step in steps]
    if first not in names:
        raise InputError(f"the stage {first} is not in the recipe, whose stages are {', '.join(names)}")
    for step in steps[names.index(first) :]:
        shutil.rmtree(step.folder, ignore_errors=True)


def _write_recipe(recipe: Recipe, out: Path) -> None:
    """The resolved recipe, for whoever looks at the folder later."""
    with written_whole(out / "recipe.json") as file:
        file.write(json.dumps(recipe.record(), ensure_ascii=False, indent=2).encode() + b"\n")


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[None]:
    """The folder of the run, for this command alone."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = (out / ".lock").open("w")
    except OSError as problem:
        raise InputError(f"{out} cannot be written ({problem.strerror}); give another out") from None
    with file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows has no such locks
            pass
        except OSError:
            raise InputError(f"another command is running in {out}; wait for it, or give another out") from None
        yield


@contextlib.contextmanager
def _quiet(hardware: Hardware) -> Iterator[None]:
    """Libraries say only what a person has to know, and use as many threads as the hardware says."""
    import datasets
    import torch
    import transformers

    torch.set_num_threads(hardware.threads)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    with warnings.catch_warnings():
        for library in ("transformers", "trl", "peft", "torch", "accelerate"):
            warnings.filterwarnings("ignore", module=rf"{library}(\.|$)")
        yield
