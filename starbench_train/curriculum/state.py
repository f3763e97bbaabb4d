"""What a stage is handed: its settings, its folder, what earlier stages made, and where to say how far it is.

def ckd(context: StageContext) -> None:
    rows = read_rows(context.input("rows"))           # runs/a/02-rollout/rows.jsonl, or the recipe's own rows
    student = context.model("student")                # ModelConfig whose path is the newest student
    context.begin("distilling", total=400)
    context.log({"step": 1, "loss": 2.1})             # a line of metrics.jsonl, and one step of the progress
    context.figures["loss"] = 0.3                     # into done.json and the table of stages
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.scoring import json_line
from starbench_train.curriculum.processes import is_main
from starbench_train.curriculum.progress import Progress, Silent
from starbench_train.stages import STAGES, folder_name

if TYPE_CHECKING:
    from starbench_train.config import ModelConfig, Recipe
    from starbench_train.hardware import Hardware

STUDENTS = "base-student"
"""The role of the student before any training of this run."""
DATA = "data"
"""The folder of a run with the rows of its recipe: ``train.jsonl``, ``held-out.jsonl`` and what was left out."""


@dataclass
class StageContext:
    """Everything that a stage may use; see the top of this module.

    Args:
        recipe: the whole recipe; ``recipe.seed`` seeds every stage.
        name: of the stage, as ``student-simrl``.
        out: the folder of the run.
        hardware: what was found or asked for.
        before: the names of the stages that come before this one and are finished or will be.
    """

    recipe: Recipe
    name: str
    out: Path
    hardware: Hardware
    before: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Silent)
    figures: dict[str, Any] = field(default_factory=dict)
    _started: float = field(default_factory=time.monotonic)

    @property
    def folder(self) -> Path:
        """Where this stage writes."""
        return self.out / folder_name(self.name)

    @property
    def checkpoints(self) -> Path:
        """Where a stage keeps what it goes on from when it was killed; removed once it is finished."""
        return self.folder / "checkpoints"

    @property
    def seed(self) -> int:
        """The seed of the recipe."""
        return int(self.recipe.seed)

    @property
    def settings(self) -> Any:
        """The section of the recipe that has this stage's name."""
        return getattr(self.recipe, self.name.replace("-", "_"))

    def made(self, role: str) -> Path | None:
        """The newest result of that role by a stage before this one; None where none makes it."""
        if role == STUDENTS:
            return self.out / folder_name("base") / STAGES["base"].makes["student"] if "base" in self.before else None
        for name in reversed(self.before):
            if role in STAGES[name].makes:
                return self.out / folder_name(name) / STAGES[name].makes[role]
        return None

    def input(self, role: str) -> Path:
        """The newest result of a role, or what the recipe itself says.

        Roles are ``teacher``, ``student``, ``base-student``, ``rows`` and ``cache``. ``rows`` falls back to ``train``,
        models to their path in the recipe. ``train`` and ``held-out`` are the files of the recipe's rows, written once
        at the beginning of a run. The name of a stage that makes one thing means that thing.
        """
        if role in STAGES and len(STAGES[role].makes) == 1:
            (role,) = STAGES[role].makes
        found = self.made(role)
        if found is not None:
            return found
        if role in ("rows", "train", "held-out"):
            return self.out / DATA / f"{'train' if role == 'rows' else role}.jsonl"
        if role == "cache":
            return self.out / folder_name("cache-teacher") / STAGES["cache-teacher"].makes["cache"]
        return Path(self._own_model(role).path)

    def model(self, role: str) -> ModelConfig:
        """The settings of the teacher or student with the path of the newest one."""
        own, found = self._own_model(role), self.made(role)
        return own if found is None else dataclasses.replace(own, path=str(found))

    def _own_model(self, role: str) -> ModelConfig:
        return self.recipe.teacher if role == "teacher" else self.recipe.student

    # ------------------------------------------------------------------ what a stage says

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Say that ``total`` steps of something are to do, of which ``done`` were done before."""
        self.progress.begin(f"{self.name}: {what}", total, done)

    def step(self, count: int = 1, note: str = "") -> None:
        """Say that ``count`` more of them are done."""
        self.progress.step(count, note)

    def note(self, sentence: str) -> None:
        """Say something that a person should know; it is kept in ``log.txt`` too."""
        if is_main():
            self.progress.note(f"{self.name}: {sentence}")
            with (self.folder / "log.txt").open("a", encoding="utf-8") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {sentence}\n")

    def log(self, metrics: Mapping[str, Any]) -> None:
        """Add a line to ``metrics.jsonl``; numbers that are none (NaN) become null."""
        if is_main():
            line = {name: _finite(value) for name, value in metrics.items()}
            with (self.folder / "metrics.jsonl").open("ab") as file:
                file.write(json_line(line | {"seconds": round(time.monotonic() - self._started, 3)}))

    def metrics(self) -> list[dict[str, Any]]:
        """The lines of ``metrics.jsonl``; a torn last one is left out."""
        path = self.folder / "metrics.jsonl"
        found = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found

    def forget_after(self, step: int) -> None:
        """Drop the metrics of steps after ``step``: a stage that goes on from a checkpoint makes them again."""
        kept = [line for line in self.metrics() if line.get("step", 0) <= step]
        if is_main():
            (self.folder / "metrics.jsonl").write_bytes(b"".join(json_line(line) for line in kept))
            if kept:
                self._started = time.monotonic() - kept[-1].get("seconds", 0.0)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
