"""Answers to held-out rows scored by starbench: what ``starbench score answers --out scores`` would write.

score_answers([Path("answers/base.jsonl"), Path("answers/student-simrl.jsonl")], Path("scores"))
scores/scores.jsonl, scores/summary.json       read by starbench view, show, compare
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starbench.predictions import BadRow, find_sources
from starbench.scoring import Run, written_whole
from starbench_train.errors import TrainingError


def score_answers(
    files: Sequence[Path], folder: Path, stage: str, profile: str = "robust", dialect: str | None = None
) -> dict[str, Any]:
    """Score the files together, strictly; gives the summary. TrainingError where a row of ours cannot be judged."""
    run = Run.plan(find_sources(list(files)), profile=profile, dialect=dialect, lines=True, explained=True, jobs=1)
    with written_whole(folder / "scores.jsonl") as out:
        for row in run:
            if isinstance(row, BadRow):
                raise TrainingError.at(
                    stage, row.sentence, "correct that row of the held-out data, and run the stage again"
                )
            out.write(row.line)
    summary = run.summary()
    with written_whole(folder / "summary.json") as out:
        out.write(json.dumps(summary, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    return summary
