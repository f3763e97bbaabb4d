"""Predictions and a benchmark give scored rows, streamed, and a summary.

choice.py    which benchmark, grading and dialect, each with a sentence that says why
grading.py   one prediction -> one scored row
pool.py      many of them, in one process or several, in order
run.py       a whole run
rows.py      a scored row, and its JSON
explain.py   what is wrong, argument by argument
summary.py   counts and figures
files.py     scores.jsonl and summary.json, written whole or not at all
unfinished.py  what a run that was broken off had judged
"""

from starbench.scoring.files import json_line, written_whole
from starbench.scoring.grading import Grader, Preparation, Settings
from starbench.scoring.rows import ScoredRow
from starbench.scoring.run import Run

__all__ = ["Grader", "Preparation", "Run", "ScoredRow", "Settings", "json_line", "written_whole"]
