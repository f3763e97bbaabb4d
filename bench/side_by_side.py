"""An official evaluation and ``starbench score`` on the same answers, as whole commands, in turns.

Medians          official    starbench    ratio
wall s               4.84         0.45    10.8x
CPU s                4.86         0.78     6.2x
peak MB            321.00       104.00     3.1x

Runs alternate, so that both sides meet the same load. After the timed ones each side runs once more to have its
memory watched.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measure import machine, median, run_timed, run_watched


@dataclass(frozen=True)
class Side:
    """A command in its folder, with what it reads from the environment and the folders that it writes afresh."""

    command: Sequence[str]
    log: Path
    writes: Sequence[Path]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def run(self, how: Any) -> Any:
        """Run it by ``run_timed`` or ``run_watched``."""
        for written in self.writes:
            shutil.rmtree(written, ignore_errors=True)
        return how(self.command, log=self.log, env=self.env, folder=self.folder)


def starbench_side(python: str, answers: Path, work: Path, *options: str, **env: str) -> Side:
    """``starbench score`` with everything that it can write."""
    command = [python, "-m", "starbench", "score", str(answers), "--out", str(work / "ours"), *options]
    return Side(command, work / "ours.log", [work / "ours"], env)


def measure(what: str, official: Side, ours: Side, runs: int) -> None:
    """Run both sides in turns and print the table."""
    print(f"{what}; {machine()}")
    theirs, mine = [], []
    for _ in range(runs):
        theirs.append(official.run(run_timed))
        mine.append(ours.run(run_timed))
        print(f"official {theirs[-1]}\nours     {mine[-1]}", flush=True)
    rows = {"wall s": 0, "CPU s": 1}
    figures = {name: (median(theirs)[index], median(mine)[index]) for name, index in rows.items()}
    figures["peak MB"] = official.run(run_watched), ours.run(run_watched)
    print("\nMedians          official    starbench    ratio")
    for name, (one, other) in figures.items():
        print(f"{name:<12}{one:>13.2f}{other:>13.2f}{one / other:>8.1f}x")
    pairs = [one.wall / other.wall for one, other in zip(theirs, mine, strict=True)]
    print(f"ratios of wall time, run by run: {', '.join(f'{pair:.1f}' for pair in sorted(pairs))}")


def failures(work: Path) -> dict[str, dict[str, Any]]:
    """The rows that ``starbench score`` wrote and judged wrong, by id."""
    with (work / "ours" / "scores.jsonl").open(encoding="utf-8") as lines:
        rows = {row["id"]: row for row in map(json.loads, lines)}
    return {id_: row for id_, row in rows.items() if not row["valid"] and row["error"] != "infra:missing"}


def report_differences(theirs: Mapping[str, str], mine: Mapping[str, str]) -> None:
    """Say how many cases the two sides judge differently, by verdict or error type."""
    differing = sorted(id_ for id_ in theirs.keys() | mine.keys() if theirs.get(id_) != mine.get(id_))
    print(f"\nwrong answers: official {len(theirs)}, starbench {len(mine)}; judged differently: {len(differing)}")
    for id_ in differing[:10]:
        print(f"  {id_}: official {theirs.get(id_)}, starbench {mine.get(id_)}")
