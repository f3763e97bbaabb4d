"""Stages that take no time: each writes what it read; a test can make one fail."""

from __future__ import annotations

from collections.abc import Callable

from starbench_train.curriculum.state import StageContext
from starbench_train.stages import STAGES

RAN: list[str] = []
FAIL: dict[str, Callable[[StageContext], None]] = {}
"""Stage -> what happens in the middle of it."""


def stage(context: StageContext) -> None:
    """Write a result for each role, made of what was read; note that it ran."""
    RAN.append(context.name)
    half = context.folder / "half.txt"
    begun = half.read_text(encoding="utf-8") if half.exists() else ""
    half.write_text(begun + "x", encoding="utf-8")
    context.log({"step": 1, "loss": 1.0})
    if context.name in FAIL:
        FAIL[context.name](context)
    read = [f"{role}={context.input(role).name}" for role in STAGES[context.name].needs if context.made(role)]
    for place in STAGES[context.name].makes.values():
        path = context.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix:
            path.write_text(f"{context.name} from {read}", encoding="utf-8")
        else:
            path.mkdir()
            (path / "weights").write_text(f"{context.name} from {read}, seed {context.seed}", encoding="utf-8")
    context.figures["attempts"] = len(begun) + 1
