"""From a model to a scored run: a backend driven over a benchmark, into a folder that resumes.

settings.py      what a run is made of, and TOML
tables.py        tables into dataclasses; unknown keys are errors
selection.py     which cases
loops.py         one case as a loop of requests: a single turn
conversation.py  the same for BFCL's conversations, with the simulated APIs
engine.py        many loops at once; the only scheduler
folder.py        the run's files, append-only
scores.py        answers into scores.jsonl and summary.json; pass@k
layout.py        official BFCL result files
run.py           all of it in order
"""

from starbench.runner.run import Finished, run
from starbench.runner.settings import Settings, read_settings

__all__ = ["Finished", "Settings", "read_settings", "run"]
