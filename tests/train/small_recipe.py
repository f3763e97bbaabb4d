"""A recipe whose every stage takes a moment: random tiny models, a few steps."""

from __future__ import annotations

from pathlib import Path

RECIPE = """
out = "{out}"
stages = {stages}
hardware = {{ device = "cpu", threads = 1, batch = 16 }}
[teacher]
path = "tiny:teacher"
[student]
path = "tiny:student"
[data]
train = "tiny"
limit = 48
held_out_rows = 12
max_prompt = 200
max_completion = 24
[base.teacher]
steps = 30
batch = 16
[base.student]
steps = 20
batch = 16
[teacher-simrl]
steps = 4
prompts = 4
samples = 4
updates = 2
learning_rate = 1e-3
max_completion = 16
save_every = 2
filter = {{ refills = 1 }}
[rollout]
rows = 16
samples = 4
batch = 16
min_similarity = 0.0
max_completion = 24
[cache-teacher]
k = 4
shard_rows = 8
[ckd]
k = 4
m = 4
steps = 4
batch = 4
learning_rate = 1e-3
save_every = 2
log_every = 1
[student-simrl]
steps = 4
prompts = 4
samples = 4
updates = 2
learning_rate = 1e-3
max_completion = 16
save_every = 2
evaluate_every = 4
evaluate_rows = 4
filter = {{ refills = 1 }}
[evaluate]
samples = 2
max_completion = 16
"""

ALL = ("base", "teacher-simrl", "rollout", "cache-teacher", "ckd", "student-simrl", "evaluate")


def write_recipe(folder: Path, *stages: str, name: str = "recipe.toml", out: str = "run") -> Path:
    """A recipe file in ``folder`` whose run lies in ``folder / out``."""
    path = folder / name
    path.write_text(RECIPE.format(out=folder / out, stages=list(stages or ALL)), encoding="utf-8")
    return path
