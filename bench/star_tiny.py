"""What each part of the curriculum is worth on the tiny task: arms that share what they can, three seeds, one table.

    python bench/star_tiny.py runs/study                       # about three times recipes/star-tiny.toml, and the arms
    python bench/star_tiny.py runs/study --seeds 0 --set student-simrl.steps=40
    python bench/star_tiny.py runs/study --table               # only print what is there

Arms, each with the base, teacher, rollouts and cache of its seed:

    CKD -> Sim-RL   recipes/star-tiny.toml
    CKD -> binary   the same student, refined with a reward of right or wrong
    FKL -> Sim-RL   distilled without the tail term
    SFT             cross-entropy on the same rollouts, as many steps as CKD, and no RL

Prints Markdown: every model of every arm, means over seeds with the least and the most; the final student of each arm
against its base, and against itself before RL, on all held-out cases of all seeds (McNemar's exact test of the
verdicts; of the similarities a permutation test for each seed). Repeating the command goes on where it was stopped;
several commands with different --seeds may run side by side.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from starbench.statistics import mcnemar
from starbench_train.config import read_recipe
from starbench_train.curriculum.plan import Chosen
from starbench_train.curriculum.progress import Lines
from starbench_train.curriculum.run import run_recipe
from starbench_train.stages import STAGES, folder_name

RECIPE = Path(__file__).parent.parent / "recipes" / "star-tiny.toml"
ROLLED_OUT = ("base", "teacher-simrl", "rollout")


@dataclass(frozen=True)
class Arm:
    """A run that differs from the recipe by ``changes`` and takes ``shared`` stages from the run of ``source``."""

    title: str
    changes: tuple[str, ...]
    source: str | None
    shared: tuple[str, ...]


ARMS = {
    "star": Arm("CKD → Sim-RL", (), None, ()),
    "binary": Arm("CKD → binary", ('student-simrl.reward="binary"',), "star", (*ROLLED_OUT, "cache-teacher", "ckd")),
    "fkl": Arm("FKL → Sim-RL", ('ckd.loss="fkl"',), "star", (*ROLLED_OUT, "cache-teacher")),
    "sft": Arm(
        "SFT", ('ckd.loss="sft"', 'stages=["base", "teacher-simrl", "rollout", "ckd", "evaluate"]'), "star", ROLLED_OUT
    ),
}


def run_arm(out: Path, seed: int, name: str, settings: Sequence[str], until: str | None) -> None:
    """Run one arm of one seed, from the stages that it shares, until a stage that it has or to its end."""
    arm, folder = ARMS[name], out / f"seed{seed}-{name}"
    if arm.source is not None:
        source = out / f"seed{seed}-{arm.source}"
        for part in ("data", *(folder_name(stage) for stage in arm.shared)):
            if not (folder / part).exists():
                shutil.copytree(source / part, folder / part)
    teacher = f"evaluate.teacher={'true' if arm.source is None else 'false'}"
    recipe = read_recipe(RECIPE, [f'out="{folder}"', f"seed={seed}", teacher, *settings, *arm.changes])
    with Lines() as progress:
        run_recipe(recipe, Chosen(until=until if until in recipe.stages else recipe.stages[-2]), progress)
        if until is not None:
            return
        if arm.source is not None:
            share_answers(out / f"seed{seed}-{arm.source}", folder, arm)
        run_recipe(recipe, Chosen(), progress)


def share_answers(source: Path, target: Path, arm: Arm) -> None:
    """Copy what models that the arms share have answered already, so that they are not asked again."""
    for kind in ("answers", "samples"):
        (target / folder_name("evaluate") / kind).mkdir(parents=True, exist_ok=True)
        for label in ("base", "ckd") if "ckd" in arm.shared else ("base",):
            answered = Path(folder_name("evaluate")) / kind / f"{label}.jsonl"
            if (source / answered).exists() and not (target / answered).exists():
                shutil.copy(source / answered, target / answered)


def figures(out: Path, seed: int, name: str) -> dict[str, Any] | None:
    """The figures of a finished arm."""
    path = out / f"seed{seed}-{name}" / folder_name("evaluate") / "figures.json"
    return json.loads(path.read_text()) if path.exists() else None


def seconds(out: Path, seed: int, name: str) -> dict[str, float]:
    """Stage -> seconds that it took, of the stages that the arm ran itself."""
    found = {}
    for stage in STAGES:
        mark = out / f"seed{seed}-{name}" / folder_name(stage) / "done.json"
        if mark.exists() and stage not in ARMS[name].shared:
            found[stage] = json.loads(mark.read_text())["seconds"]
    return found


def row(title: str, found: Sequence[dict[str, Any]]) -> str:
    """A model's figures as a line: means over seeds, the least and most accuracy behind."""
    accuracies = [one["accuracy"] for one in found]
    tries = next(key for key in found[0] if key.startswith("pass@")).removeprefix("pass@")
    keys = ("similarity", "format", "entropy", f"mean@{tries}", "sampled_similarity", f"pass@{tries}")
    columns = [
        f"{mean(accuracies):.3f} ({min(accuracies):.3f}–{max(accuracies):.3f})",
        *(f"{mean(one[key] for one in found):.3f}" for key in keys),
    ]
    return f"| {title} | {' | '.join(columns)} |"


def table(out: Path, seeds: Sequence[int]) -> str:
    """All arms as Markdown; those that are not finished for every seed say for how many they are."""
    lines = [
        "| model | strict, greedy (least–most) | similarity | format | entropy | mean@8 | its similarity | pass@8 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    tests = [
        "| arm | seeds | from → to | accuracy | fixed | broken | p | p by seed | similarity gain | p by seed |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, arm in ARMS.items():
        found = [one for one in (figures(out, seed, name) for seed in seeds) if one is not None]
        if not found:
            continue
        models = {label: [one["models"][label] for one in found] for label in found[0]["models"]}
        if name == "star":
            lines += [row(label, models[label]) for label in ("base", "teacher")]
        if name != "binary":
            lines.append(row(f"{arm.title.split(' →')[0]} student", models["ckd"]))
        if "student-simrl" in models:
            lines.append(row(f"{arm.title} student", models["student-simrl"]))
        pairs = [(one["before"], one["after"]) for one in found[0]["comparisons"]]
        tests += [_test(arm, found, pair) for pair in (pairs[0], ("ckd", "student-simrl")) if pair in pairs]
    times = [f"{name}, seed {seed}: {seconds(out, seed, name)}" for seed in seeds for name in ARMS]
    return "\n".join([*lines, "", *tests, "", "Seconds a stage:", *times])


def _test(arm: Arm, found: Sequence[dict[str, Any]], pair: tuple[str, str]) -> str:
    """Two models of an arm on the held-out cases of all seeds, as a line."""
    tests = [test for one in found for test in one["comparisons"] if (test["before"], test["after"]) == pair]
    fixed, broken = (sum(test[key] for test in tests) for key in ("fixed", "broken"))
    accuracies = " → ".join(f"{mean(one['models'][label]['accuracy'] for one in found):.3f}" for label in pair)
    each, similar = (", ".join(f"{test[key]:.2g}" for test in tests) for key in ("p", "similarity_p"))
    p, gain = mcnemar(fixed, broken), mean(test["similarity"][0] for test in tests)
    columns = [len(found), " → ".join(pair), accuracies, fixed, broken, f"{p:.2g}", each, f"{gain:+.3f}", similar]
    return f"| {arm.title} | {' | '.join(map(str, columns))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of every arm")
    parser.add_argument("--until", metavar="STAGE", help="end behind this stage")
    parser.add_argument("--table", action="store_true", help="only print what is there")
    arguments = parser.parse_args()
    if not arguments.table:
        for seed in arguments.seeds:
            for name in arguments.arms:
                run_arm(arguments.out, seed, name, arguments.set, arguments.until)
    print(table(arguments.out, arguments.seeds))


if __name__ == "__main__":
    main()
