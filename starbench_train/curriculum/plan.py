"""Which stages are to do, which are done, and whether what is done still belongs to the recipe.

for step in planned(recipe, Chosen(until="ckd")):
    step.name, step.state       ("rollout", "done"), ("ckd", "to do"), ("student-simrl", "later")
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from starbench.errors import InputError
from starbench_train.curriculum.marks import Mark, differences, digest, read_mark
from starbench_train.curriculum.state import DATA, StageContext
from starbench_train.stages import STAGES, folder_name, stage_named

if TYPE_CHECKING:
    from starbench_train.config import Recipe

State = Literal["done", "to do", "later", "missing"]
"""``later`` stands behind the last wanted stage; ``missing`` before the first, and is not finished."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What part of a recipe is wanted: from one stage until another, or exactly ``only`` these."""

    first: str | None = None
    until: str | None = None
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the plan; ``before`` are the names of those that come before it, ``wanted`` that it was chosen."""

    name: str
    folder: Path
    before: tuple[str, ...]
    wanted: bool
    state: State
    mark: Mark | None


def planned(recipe: Recipe, chosen: Chosen = Chosen()) -> list[Step]:
    """The stages in order.

    Raises UnknownNameError or InputError where ``chosen`` names a stage that does not exist or is not in the recipe.
    """
    names = _names(recipe, chosen)
    for name in (chosen.first, chosen.until):
        if name is not None and stage_named(name) and name not in names:
            raise InputError(f"the stage {name} is not in the recipe, whose stages are {', '.join(names)}")
    first = names.index(chosen.first) if chosen.first else 0
    last = names.index(chosen.until) if chosen.until else len(names) - 1
    if first > last:
        raise InputError(f"the stage {chosen.first} comes after {chosen.until}; exchange --from and --until")
    out = Path(recipe.out)
    steps = []
    for place, name in enumerate(names):
        mark = read_mark(out / folder_name(name))
        wanted = name in chosen.only if chosen.only else first <= place <= last
        state = _state(mark, wanted, names, place, chosen)
        steps.append(Step(name, out / folder_name(name), tuple(names[:place]), wanted, state, mark))
    return steps


def _names(recipe: Recipe, chosen: Chosen) -> list[str]:
    """The recipe's stages and those that are wanted alone, in the order of :data:`STAGES`."""
    wanted = {*recipe.stages, *chosen.only}
    for name in wanted:
        stage_named(name)
    return [name for name in STAGES if name in wanted]


def _state(mark: Mark | None, wanted: bool, names: Sequence[str], place: int, chosen: Chosen) -> State:
    if mark is not None:
        return "done"
    if wanted:
        return "to do"
    begin = min((names.index(n) for n in chosen.only), default=names.index(chosen.first) if chosen.first else 0)
    return "missing" if place < begin else "later"


def settings_of(recipe: Recipe, name: str) -> dict[str, Any]:
    """The part of the recipe that decides what comes of a stage, as JSON."""
    record = json.loads(json.dumps(recipe.record()))
    return {section: record[section] for section in STAGES[name].settings}


def inputs_of(context: StageContext, marks: Mapping[str, Mark]) -> dict[str, str]:
    """Role -> hash of what the stage reads: as its maker's mark says, else of the file or folder, else a name.

    Raises InputError where a file of the recipe is missing.
    """
    found = {DATA: _data_hash(context)}
    for role in STAGES[context.name].needs:
        if role == "cache" and context.made(role) is None:
            continue  # a teacher that is asked meanwhile needs none
        maker = next((n for n in reversed(context.before) if role in STAGES[n].makes), None)
        if maker is not None and maker in marks:
            found[role] = marks[maker].results[role]
        elif role == "teacher" and context.recipe.teacher is None:
            continue
        elif role != "rows":
            found[role] = _model_hash(context.model(role).path, context.name, role)
    return found


def _data_hash(context: StageContext) -> str:
    return digest(context.input("train"))[:32] + digest(context.input("held-out"))[:32]


def _model_hash(path: str, stage: str, role: str) -> str:
    local = Path(path)
    if local.exists():
        return digest(local)
    if path.startswith(("/", "./", "../", "~")) or local.suffix in (".gguf", ".safetensors"):
        raise InputError(f"stage {stage}: the {role} {path} is not there; correct the path in [{role}]")
    return f"name:{path}"


def check_finished(step: Step, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> None:
    """Raise InputError where a finished stage was made of something else than the recipe says now, or lost a result."""
    assert step.mark is not None
    remedy = f"give another out, or do it and what follows again with --redo {step.name}"
    changed = list(differences(step.mark.settings, settings))
    if changed:
        raise InputError(
            f"stage {step.name}: it was finished in {step.folder} with other settings ({'; '.join(changed[:4])}); "
            f"{remedy}"
        )
    others = sorted(role for role in {*inputs, *step.mark.inputs} if inputs.get(role) != step.mark.inputs.get(role))
    if others:
        raise InputError(
            f"stage {step.name}: it was finished in {step.folder} with another {' and '.join(others)} "
            f"than there is now; {remedy}"
        )
    for role, place in STAGES[step.name].makes.items():
        if role in step.mark.results and not (step.folder / place).exists():
            raise InputError(
                f"stage {step.name}: its result {step.folder / place} is gone; make it again with --redo {step.name}"
            )
