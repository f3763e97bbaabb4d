"""Everything that the folders of a run say, as one value: finished or not.

report = read_report(Path("runs/star-tiny"))
report.stages[4].name, report.stages[4].seconds, report.stages[4].figures    ("ckd", 81.4, {"loss": [2.1, 0.3]})
report.evaluation["comparisons"][0]["p"]                                     1.9e-05
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starbench.errors import InputError
from starbench_train.curriculum.marks import BEGUN, Mark, read_mark
from starbench_train.curriculum.state import DATA
from starbench_train.stages import STAGES, folder_name


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage: ``state`` is finished, unfinished or not begun; ``metrics`` are its lines of metrics.jsonl."""

    name: str
    what: str
    state: str
    seconds: float
    figures: Mapping[str, Any]
    metrics: Sequence[Mapping[str, Any]]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """A run; ``evaluation`` is the figures of its stage evaluate, empty before that is finished."""

    out: Path
    recipe: Mapping[str, Any]
    data: Mapping[str, Any]
    stages: Sequence[StageReport]
    evaluation: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What the run is called."""
        return self.out.name

    @property
    def versions(self) -> Mapping[str, str]:
        """The libraries that the last finished stage ran with."""
        return next((stage.versions for stage in reversed(self.stages) if stage.versions), {})


def read_report(out: Path) -> Report:
    """The report of a run's folder; InputError where it is none."""
    try:
        recipe = json.loads((out / "recipe.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{out} is no folder of a run (it has no recipe.json); give the out of a recipe") from None
    names = [name for name in STAGES if name in recipe["stages"] or (out / folder_name(name)).is_dir()]
    data = read_mark(out / DATA, BEGUN)
    return Report(
        out, recipe, data.figures if data else {}, [_stage(out / folder_name(n), n) for n in names], _evaluation(out)
    )


def _stage(folder: Path, name: str) -> StageReport:
    mark = read_mark(folder)
    state = "finished" if mark else "unfinished" if folder.is_dir() else "not begun"
    mark = mark or Mark(name, {}, {})
    return StageReport(
        name, STAGES[name].what, state, mark.seconds, mark.figures, _lines(folder / "metrics.jsonl"), mark.versions
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        with contextlib.suppress(ValueError):  # the last line of a stage that is running
            found.append(json.loads(line))
    return found


def _evaluation(out: Path) -> dict[str, Any]:
    path = out / folder_name("evaluate") / "figures.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
