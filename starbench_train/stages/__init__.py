"""The stages of a curriculum by name, in the order in which they run.

    base.py      base            tiny teacher and student, pretrained from nothing (only where their recipe says so)
    simrl.py     teacher-simrl   the teacher, adapted to the data by Sim-RL
    rollout.py   rollout         the teacher's answers, kept where they are good: rows to distil
    distill.py   cache-teacher   what the teacher thinks of each token of those rows
                 ckd             the student, distilled (any objective)
    simrl.py     student-simrl   the student, refined by Sim-RL
    evaluate.py  evaluate        every student on held-out rows, with paired tests; the report

A stage is ``def stage(context: StageContext) -> None``: it reads its inputs by role (``context.input("rows")``), writes
under ``context.folder`` and is finished when it returns. Adding one = one function, one line here, one test.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starbench.errors import UnknownNameError

if TYPE_CHECKING:
    from starbench_train.curriculum.state import StageContext


@dataclass(frozen=True, slots=True)
class Stage:
    """What the curriculum knows of a stage without importing it.

    Args:
        target: ``module:function``.
        what: it in a few words, for the plan and the report.
        makes: role -> where its result lies in the stage's folder. The newest maker of a role is who others read.
        needs: the roles that it reads; those that nothing made are the recipe's own models and rows.
        settings: the sections of the recipe that decide what comes of it.
        parallel: it may run in several processes (``accelerate launch``), else one does all of it.
    """

    target: str
    what: str
    makes: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    parallel: bool = False

    def load(self) -> Callable[[StageContext], None]:
        """The function itself."""
        module, _, name = self.target.partition(":")
        function: Callable[[StageContext], None] = getattr(importlib.import_module(module), name)
        return function


STAGES: dict[str, Stage] = {
    "base": Stage(
        "starbench_train.stages.base:base",
        "build and pretrain the tiny models",
        makes={"teacher": "teacher", "student": "student"},
        settings=("seed", "data", "teacher", "student", "base"),
    ),
    "teacher-simrl": Stage(
        "starbench_train.stages.simrl:teacher_simrl",
        "adapt the teacher by Sim-RL",
        makes={"teacher": "model"},
        needs=("teacher",),
        settings=("seed", "data", "teacher", "teacher-simrl"),
        parallel=True,
    ),
    "rollout": Stage(
        "starbench_train.stages.rollout:rollout",
        "collect the teacher's good answers",
        makes={"rows": "rows.jsonl"},
        needs=("teacher",),
        settings=("seed", "data", "rollout"),
    ),
    "cache-teacher": Stage(
        "starbench_train.stages.distill:cache_teacher",
        "store the teacher's likeliest tokens",
        makes={"cache": "cache"},
        needs=("teacher", "student", "rows"),  # the student's tokenizer cuts the rows into tokens
        settings=("data", "cache-teacher"),
    ),
    "ckd": Stage(
        "starbench_train.stages.distill:ckd",
        "distil the student",
        makes={"student": "model"},
        needs=("teacher", "student", "rows", "cache"),
        settings=("seed", "data", "student", "ckd"),
        parallel=True,
    ),
    "student-simrl": Stage(
        "starbench_train.stages.simrl:student_simrl",
        "refine the student by Sim-RL",
        makes={"student": "model"},
        needs=("student",),
        settings=("seed", "data", "student", "student-simrl"),
        parallel=True,
    ),
    "evaluate": Stage(
        "starbench_train.stages.evaluate:evaluate",
        "compare the students on held-out rows",
        makes={"evaluation": "scores"},
        needs=("student",),
        settings=("seed", "data", "evaluate"),
    ),
}
"""Name -> stage. The folders of a run are numbered by this order: ``00-base``, ``04-ckd``, …"""


def stage_named(name: str) -> Stage:
    """The stage of that name; UnknownNameError, naming the nearest, where there is none."""
    if name not in STAGES:
        raise UnknownNameError.of("stage", name, STAGES)
    return STAGES[name]


def folder_name(name: str) -> str:
    """The name of a stage's folder: ``04-ckd``."""
    return f"{list(STAGES).index(name):02d}-{name}"
