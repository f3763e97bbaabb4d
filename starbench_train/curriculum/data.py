"""The rows of a run, written once into its folder, so that every stage of it reads the same.

    data/train.jsonl, data/held-out.jsonl, data/report.json       what was read, compared with tests, and left out

Later commands read these files and not the sources: a source that changes meanwhile changes nothing here, and the
contamination check has run on exactly the rows that are trained on.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.errors import InputError
from starbench.scoring import written_whole
from starbench_train.curriculum.marks import BEGUN, Mark, differences, read_mark, write_mark
from starbench_train.curriculum.state import DATA

if TYPE_CHECKING:
    from starbench_train.config import Recipe
    from starbench_train.data.config import DataConfig

FILES = ("train.jsonl", "held-out.jsonl")


def write_data(recipe: Recipe, out: Path, finished: bool) -> str:
    """Write the rows where they are not there yet; gives a sentence about them.

    ``finished`` says that some stage was finished with the rows that are there: then a recipe that wants others is an
    InputError.
    """
    folder = out / DATA
    wanted = json.loads(json.dumps({"seed": recipe.seed, "data": dataclasses.asdict(recipe.data)}))
    mark = read_mark(folder, BEGUN)
    if mark is not None:
        changed = list(differences(mark.settings, wanted))
        if not changed:
            return said(mark.figures)
        if finished:
            raise InputError(
                f"{folder} holds the rows of other settings ({'; '.join(changed)}), and stages are finished with them; "
                "give another out, or do everything again with --redo and the name of the first stage"
            )
    return said(_written(recipe, folder, wanted))


def _written(recipe: Recipe, folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    figures = write_rows_of(recipe.data, recipe.seed, folder)
    write_mark(folder, Mark("data", settings, {}, figures=figures), BEGUN)
    return figures


def write_rows_of(config: DataConfig, seed: int, folder: Path) -> dict[str, Any]:
    """Prepare the rows that ``config`` means and write them into ``folder``; gives their figures."""
    from starbench_train.data.prepare import prepared
    from starbench_train.data.rows import write_rows

    rows = prepared(config, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in zip(FILES, (rows.train, rows.held_out), strict=True):
        write_rows(folder / name, part)
    with written_whole(folder / "report.json") as file:
        file.write(json.dumps(rows.report, ensure_ascii=False, indent=2).encode() + b"\n")
    contamination = rows.report.get("contamination", {})
    return {
        "train": len(rows.train),
        "held_out": len(rows.held_out),
        "contaminated": len(contamination.get("findings", [])),
        "action": config.contamination.action,
        "sentence": contamination.get("sentence"),
    }


def said(figures: Any) -> str:
    """The rows in one sentence."""
    alike = figures["contaminated"]
    dropped = {"drop": "left out", "report": "kept, as the recipe says"}.get(figures["action"], "found")
    checked = f"{alike} too like a test case, {dropped}" if alike else "none of them like a test case"
    return f"{figures['train']} rows to train on, {checked}; {figures['held_out']} held out"
