"""Distil one tiny student by several losses, everything else alike: what becomes of its entropy, its mass, its answers?

    python bench/ckd_ablation.py runs/ablation [--seeds 0 1 2] [--set ckd.steps=300] [--plot docs/ckd-ablation.svg]

Per seed a teacher and a student are made, the teacher's answers collected and its likeliest tokens stored, once
(``recipes/ckd-synthetic.toml``); then each arm distils the same student from the same answers. Repeating the command
goes on from what is finished. Accuracy and "its answers" are of held-out questions; the other entropy and the masses
are of the teacher's answers that are trained on, at the last step. Prints a Markdown table, means over seeds with the
least and the most behind them. The plot needs matplotlib.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from starbench_train.config import Recipe, read_recipe
from starbench_train.curriculum.plan import Chosen
from starbench_train.curriculum.progress import Lines
from starbench_train.curriculum.run import run_recipe

ARMS: dict[str, dict[str, Any]] = {
    "SFT": {"loss": "sft"},
    "RKL": {"loss": "rkl"},
    "CKD, lam = 10": {"loss": "ckd", "lam": 10.0},
    "FKL": {"loss": "fkl"},
    "CKD, lam = 1": {"loss": "ckd", "lam": 1.0},
    "AKL": {"loss": "akl"},
}
SHARED = ("data", "00-base", "02-rollout", "03-cache-teacher")
EVALUATION = "06-evaluate"
PANELS = {
    "entropy": "entropy (nats a token)",
    "mass_k": "mass on the teacher's k",
    "mass_m": "mass on the student's m outside k",
    "mass_deep": "mass on the rest (deep tail)",
}

Runs = Mapping[str, Sequence[Path]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--only-show", action="store_true", help="make the table and the plot of what is finished")
    given = parser.parse_args()
    recipe = read_recipe(Path(__file__).parents[1] / "recipes" / "ckd-synthetic.toml", given.settings)
    folders = {arm: [given.out / f"seed-{seed}-{number}" for seed in given.seeds] for number, arm in enumerate(ARMS)}
    if not given.only_show:
        for place, seed in enumerate(given.seeds):
            run_seed(replace(recipe, seed=seed), given.out / f"seed-{seed}", {a: f[place] for a, f in folders.items()})
    runs = {arm: [folder for folder in made if finished(folder)] for arm, made in folders.items()}
    runs = {arm: made for arm, made in runs.items() if made}
    print(table(runs))
    if given.plot:
        plot(runs, given.plot)


def run_seed(recipe: Recipe, shared: Path, arms: Mapping[str, Path]) -> None:
    """What all arms share, then each of them in a folder of its own that points to it."""
    with Lines() as progress:
        run_recipe(replace(recipe, out=str(shared)), Chosen(until="cache-teacher"), progress)
        asked: Path | None = None
        for arm, folder in arms.items():
            folder.mkdir(parents=True, exist_ok=True)
            for name in SHARED:
                if not (folder / name).exists():
                    (folder / name).symlink_to((shared / name).resolve())
            if asked is not None:
                take_over(asked, folder)
            own = replace(
                recipe,
                out=str(folder),
                ckd=replace(recipe.ckd, **ARMS[arm]),
                evaluate=replace(recipe.evaluate, teacher=arm == next(iter(arms))),
            )
            run_recipe(own, Chosen(), progress)
            asked = asked or folder


def take_over(source: Path, folder: Path) -> None:
    """The answers of the student before training, which are the same for every arm."""
    for kind in ("answers", "samples"):
        there = folder / EVALUATION / kind / "base.jsonl"
        if not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / EVALUATION / kind / "base.jsonl", there)


def finished(folder: Path) -> bool:
    return (folder / EVALUATION / "done.json").exists()


def evaluated(folder: Path) -> dict[str, dict[str, Any]]:
    models: dict[str, dict[str, Any]] = json.loads((folder / EVALUATION / "figures.json").read_text())["models"]
    return models


def curve(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "04-ckd" / "metrics.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if "kl" in line]


def sampled(figures: Mapping[str, Any], what: str) -> float:
    """The figure ``mean@8`` or ``pass@8``, however many samples there are."""
    return next(value for name, value in figures.items() if name.startswith(f"{what}@"))


COLUMNS: dict[str, tuple[Callable[[Path], float], str]] = {
    "right, greedy": (lambda f: 100 * evaluated(f)["ckd"]["accuracy"], ".1f"),
    "similarity": (lambda f: evaluated(f)["ckd"]["similarity"], ".3f"),
    "right, sampled": (lambda f: 100 * sampled(evaluated(f)["ckd"], "mean"), ".1f"),
    "any sample right": (lambda f: 100 * sampled(evaluated(f)["ckd"], "pass"), ".1f"),
    "entropy, its answers": (lambda f: evaluated(f)["ckd"]["entropy"], ".3f"),
    "entropy, the teacher's": (lambda f: curve(f)[-1]["entropy"], ".3f"),
    "on K": (lambda f: curve(f)[-1]["mass_k"], ".4f"),
    "on M outside K": (lambda f: curve(f)[-1]["mass_m"], ".4f"),
    "deep tail": (lambda f: curve(f)[-1]["mass_deep"], ".4f"),
    "loss": (lambda f: curve(f)[-1]["loss"], ".3f"),
}


def table(runs: Runs) -> str:
    """A line an arm, and two for the models that they began with."""
    lines = [f"| | {' | '.join(COLUMNS)} |", f"|{'---|' * (len(COLUMNS) + 1)}"]
    first = next(iter(runs.values()))
    for label in ("base", "teacher"):
        lines.append(f"| {label} | {' | '.join(before(first, label))} |")
    for arm, folders in runs.items():
        cells = [spread([read(folder) for folder in folders], form) for read, form in COLUMNS.values()]
        lines.append(f"| {arm} | {' | '.join(cells)} |")
    return "\n".join(lines)


def before(folders: Sequence[Path], label: str) -> list[str]:
    """The cells of a model that no arm trained; of the base also where its mass lies at the first step."""
    found = [evaluated(folder)[label] for folder in folders]
    cells = [
        spread([100 * one["accuracy"] for one in found], ".1f"),
        spread([one["similarity"] for one in found], ".3f"),
        spread([100 * sampled(one, "mean") for one in found], ".1f"),
        spread([100 * sampled(one, "pass") for one in found], ".1f"),
        spread([one["entropy"] for one in found], ".3f"),
    ]
    names = ("entropy", "mass_k", "mass_m", "mass_deep")
    forms = (".3f", ".4f", ".4f", ".4f")
    start = [spread([curve(f)[0][name] for f in folders], form) for name, form in zip(names, forms, strict=True)]
    start = start if label == "base" else []
    return [*cells, *start, *[""] * (len(COLUMNS) - len(cells) - len(start))]


def spread(values: Sequence[float], form: str) -> str:
    """The mean; behind it the least and the most, but for masses, of which there are many."""
    middle = format(statistics.fmean(values), form)
    return middle if len(values) < 2 or form == ".4f" else f"{middle} ({min(values):{form}}–{max(values):{form}})"


def plot(runs: Runs, path: Path) -> None:
    """The four figures over the steps, means over seeds."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "ckd-ablation"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(10, 6.5), sharex=True, layout="constrained")
    for axis, (name, title) in zip(axes.flat, PANELS.items(), strict=True):
        for arm, folders in runs.items():
            curves = [curve(folder) for folder in folders]
            steps = [line["step"] for line in curves[0]]
            values = [[line[name] for line in one] for one in curves]
            means = [statistics.fmean(column) for column in zip(*values, strict=True)]
            (line,) = axis.plot(steps, means, label=arm, linewidth=1.6)
            low, high = ([edge(column) for column in zip(*values, strict=True)] for edge in (min, max))
            axis.fill_between(steps, low, high, color=line.get_color(), alpha=0.15, linewidth=0)
        axis.set_title(title, fontsize=10)
        axis.grid(alpha=0.25)
        if name != "mass_k":
            axis.set_yscale("log")
    for axis in axes[1]:
        axis.set_xlabel("step")
    axes[0][1].legend(fontsize=8, loc="center right")
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
