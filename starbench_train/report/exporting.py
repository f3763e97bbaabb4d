"""The model of a run as a folder of its own: weights, tokenizer, card, and entries for a leaderboard.

export_model(Path("runs/a"), Path("models/a"), None, "bfloat16", "a")
->  ["models/a: the model of the stage student-simrl, in bfloat16", "models/a/README.md: its card", …]
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starbench.errors import InputError
from starbench.scoring import written_whole
from starbench_train.report.card import card
from starbench_train.report.collect import Report, read_report
from starbench_train.stages import STAGES, folder_name, stage_named

ENTRIES = "leaderboard"


def export_model(run: Path, out: Path, stage: str | None, dtype: str | None, name: str) -> list[str]:
    """Write the folder; gives a sentence for each thing written.

    Raises InputError where the run has no such model, or the folder holds something.
    """
    report = read_report(run)
    stage = stage or _last_student(report)
    if "student" not in stage_named(stage).makes and "teacher" not in stage_named(stage).makes:
        raise InputError(f"the stage {stage} makes no model; take one of {', '.join(_makers(report))}")
    role = "student" if "student" in STAGES[stage].makes else "teacher"
    source = run / folder_name(stage) / STAGES[stage].makes[role]
    if not source.is_dir():
        raise InputError(
            f"the stage {stage} of {run} has no model yet; finish it first: starbench-train run … --until {stage}"
        )
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} holds something already; give another --out")
    _copy(source, out, dtype)
    with written_whole(out / "README.md") as file:
        base = (report.recipe.get(role) or {}).get("path", "unknown")
        file.write(card(report, stage, base, name).encode("utf-8", "replace"))
    said = [
        f"{out}: the model of the stage {stage}" + (f", in {dtype}" if dtype else ""),
        f"{out / 'README.md'}: its card",
    ]
    return said + [f"{path}: an entry for starbench leaderboard" for path in _entries(report, out, name)]


def _makers(report: Report) -> Iterator[str]:
    return (s.name for s in report.stages if {"student", "teacher"} & set(STAGES[s.name].makes))


def _last_student(report: Report) -> str:
    names = [s.name for s in report.stages if s.state == "finished" and "student" in STAGES[s.name].makes]
    if not names:
        raise InputError(f"no stage of {report.out} has made a student yet; run it first")
    return names[-1]


def _copy(source: Path, out: Path, dtype: str | None) -> None:
    """The folder as it is, or its weights in another precision."""
    if dtype is None:
        shutil.copytree(source, out, dirs_exist_ok=True)
        return
    import torch
    import transformers

    model: Any = transformers.AutoModelForCausalLM.from_pretrained(source, dtype=getattr(torch, dtype))
    model.save_pretrained(out)
    transformers.AutoTokenizer.from_pretrained(source).save_pretrained(out)


def _entries(report: Report, out: Path, name: str) -> Iterator[Path]:
    """Entries of a leaderboard for the benchmark that the run asked the final student, where it asked one."""
    benchmark = report.evaluation.get("benchmark")
    if not benchmark:
        return
    from starbench.reports.leaderboard_add import add_entry, entry_record
    from starbench.reports.scored_run import read_run

    label = list(benchmark["models"])[-1]
    folder = report.out / folder_name("evaluate") / "benchmark" / label
    yield add_entry(entry_record(read_run(folder), label, name=name), out / ENTRIES)
