"""BFCL's leaderboard files for a run: ``data_overall.csv`` and its sections, in the official layout.

board = leaderboard(run)
for row in run:
    board.count(row.model, row.id, row.category, row.valid)
write(board, Path("score"))                    # score/data_overall.csv, score/data_live.csv, …
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starbench.benchmarks.bfcl.official_csv import Leaderboard
from starbench.errors import InputError
from starbench.predictions import BadRow, Source
from starbench.predictions.files import read_values
from starbench.scoring import Run, written_whole


def leaderboard(run: Run) -> Leaderboard:
    """An empty leaderboard that knows the latencies in the run's files; InputError for another benchmark than BFCL."""
    if run.benchmark.name != "bfcl":
        raise InputError(f"the leaderboard's files are BFCL's, and these are answers to {run.benchmark.name}")
    board = Leaderboard()
    _measure(board, run.sources)
    return board


def write(board: Leaderboard, folder: Path) -> None:
    """Write all six files."""
    for name, text in board.files().items():
        with written_whole(folder / name) as file:
            file.write(text.encode("utf-8", "replace"))


def _measure(board: Leaderboard, sources: Iterable[Source | BadRow]) -> None:
    for source in sources:
        if isinstance(source, BadRow):
            continue
        for item in read_values(source.path, source.name):
            if not isinstance(item, BadRow) and isinstance(item[1], dict):
                board.use(item[1].get("model") or source.model, item[1])
