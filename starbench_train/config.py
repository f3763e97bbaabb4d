"""A recipe: one TOML file that says everything about a run. What is unknown in it is an error.

    out = "runs/star-tiny"
    stages = ["base", "teacher-simrl", "rollout", "cache-teacher", "ckd", "student-simrl", "evaluate"]

    [teacher]
    path = "tiny:teacher"
    [student]
    path = "tiny:student"
    [data]
    train = "tiny"
    [ckd]
    learning_rate = 1e-3

    read_recipe(Path("recipes/star-tiny.toml"), ["ckd.learning_rate=5e-4"])  ->  Recipe(out="runs/star-tiny", …)

A recipe may begin with ``extends = "star-tiny.toml"``: it is then that recipe, but for what it says itself.

Each section is a frozen dataclass that lives with the code it configures; this module only puts them together.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from starbench.errors import InputError, UnknownNameError
from starbench.runner.tables import filled, put, read_value
from starbench_train.curriculum.config import EvaluateConfig, RolloutConfig
from starbench_train.data.config import DataConfig
from starbench_train.distill.config import CacheConfig, DistillConfig
from starbench_train.hardware import HardwareConfig, read_hardware
from starbench_train.models import ModelConfig
from starbench_train.rl.config import RLConfig
from starbench_train.stages.config import BaseConfig

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEFAULT_STAGES = ("teacher-simrl", "rollout", "cache-teacher", "ckd", "student-simrl", "evaluate")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole run. Sections whose TOML name has a hyphen have an underscore here (``teacher-simrl``)."""

    out: str
    student: ModelConfig
    data: DataConfig
    teacher: ModelConfig | None = None
    seed: int = 0
    stages: tuple[str, ...] = DEFAULT_STAGES
    hardware: HardwareConfig = field(default_factory=HardwareConfig)
    base: BaseConfig = field(default_factory=BaseConfig)
    teacher_simrl: RLConfig = field(default_factory=RLConfig)
    rollout: RolloutConfig = field(default_factory=RolloutConfig)
    cache_teacher: CacheConfig = field(default_factory=CacheConfig)
    ckd: DistillConfig = field(default_factory=DistillConfig)
    student_simrl: RLConfig = field(default_factory=RLConfig)
    evaluate: EvaluateConfig = field(default_factory=EvaluateConfig)

    def record(self) -> dict[str, Any]:
        """Everything, resolved, under the names that the TOML file has."""
        return {_written(name): value for name, value in asdict(self).items()}

    def section(self, stage: str) -> Any:
        """The settings of a stage by its name."""
        return getattr(self, stage.replace("-", "_"))


def _written(name: str) -> str:
    return name.replace("_", "-")


def read_recipe(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe of a TOML file, with ``overrides`` ("ckd.learning_rate=1e-3") on top of it.

    Raises InputError for a file that cannot be read and for every setting that does not exist or fit.
    """
    table = _read_table(path)
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals:
            raise InputError(f"{override!r} is no setting; write it as name=value, for example seed=1")
        put(table, name.strip(), read_value(value.strip()))
    try:
        return recipe_of(table)
    except InputError as problem:
        raise InputError(f"{path}: {problem}") from None


def _read_table(path: Path, chain: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The tables of a TOML file, laid over those of the file that it extends, if it does."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise InputError(f"the recipe {path} cannot be read ({problem.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InputError(f"the recipe {path} is not TOML: {problem}") from None
    below = table.pop("extends", None)
    if below is None:
        return table
    if not isinstance(below, str):
        raise InputError(f"{path}: extends is the path of another recipe, not {below!r}")
    if path.resolve() in chain:
        raise InputError(f"{path}: the recipes extend each other in a circle")
    return _laid_over(_read_table(path.parent / below, (*chain, path.resolve())), table)


def _laid_over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``below`` with what ``above`` says in its place; tables are joined, everything else is replaced."""
    for name, value in above.items():
        inner = below.get(name)
        joined = isinstance(inner, dict) and isinstance(value, Mapping)
        below[name] = _laid_over(inner, value) if joined else value
    return below


def recipe_of(table: Mapping[str, Any]) -> Recipe:
    """The recipe that a table, as TOML has it, means."""
    inside = {field.name: field for field in fields(Recipe)}
    known = {_written(name) for name in inside}
    for name in table:
        if name not in known:
            raise InputError(str(UnknownNameError.of("setting", name, known)))
    renamed = {name.replace("-", "_"): value for name, value in table.items()}
    if "hardware" in renamed:
        renamed["hardware"] = asdict(read_hardware(renamed["hardware"]))
    try:
        recipe = filled(Recipe, renamed)
    except InputError as problem:
        raise InputError(_hyphenated(str(problem))) from None
    return _checked(recipe)


def _hyphenated(sentence: str) -> str:
    """A message with the names of sections as the TOML file writes them."""
    for section in ("teacher_simrl", "student_simrl", "cache_teacher"):
        sentence = sentence.replace(f"{section}.", f"{_written(section)}.").replace(
            f" {section} ", f" {_written(section)} "
        )
    return sentence


def _checked(recipe: Recipe) -> Recipe:
    """The recipe, if its parts go together."""
    from starbench_train.stages import STAGES

    for stage in recipe.stages:
        if stage not in STAGES:
            raise InputError(str(UnknownNameError.of("stage", stage, STAGES)))
    if len(set(recipe.stages)) < len(recipe.stages):
        raise InputError("a stage stands twice in stages; each may run once")
    for name in ("teacher-simrl", "rollout", "cache-teacher", "ckd", "student-simrl", "evaluate"):
        recipe.section(name).checked(name)
    if recipe.teacher is None and any(stage in NEED_TEACHER for stage in recipe.stages):
        raise InputError('the stages need a [teacher]; name one with path = "…"')
    return recipe


NEED_TEACHER = frozenset({"teacher-simrl", "rollout", "cache-teacher"})
