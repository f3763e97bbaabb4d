"""Time the reward, beside the one released with the paper if you have it.

    python bench/reward.py --shared ../shared [--peer PATH/simrl.py] [--runs 5]

Sets of rows (``reward_rows.py``): independent (the mix of a rollout, 4.2 % replies), of these the calls alone, the same
mix over distinct prompts, groups of eight answers to a prompt, and replies alone; beside them what a plain
``json.loads`` of their tools, golds and calls takes, every text each time it occurs. The peer needs ``rouge_score`` and
torch; ``peer`` is without its printing, ``printing`` as its trainer calls it (into memory). All sides take turns, and a
run is timed in stretches of 64 rows of which the fastest of all runs counts: what else the machine does falls upon all
of them alike, and mostly out. Then single hard inputs, in milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import machine
from reward_rows import Row, distinct_rows, grouped_rows, independent_rows, reply_rows

import starbench.similarity.text as text
from starbench.reward import SimReward, hermes, offered, star_text, task
from starbench.similarity import compare, expected_calls
from starbench.types import Call

CACHES = [
    value
    for module in (text, hermes, offered, star_text, task)
    for name, value in vars(module).items()
    if hasattr(value, "cache_clear") and "stem" not in name
]
"""Forgotten between runs: prompts, golds, calls, texts; stems of words are kept, as a training run keeps them."""
STRETCH = 64
"""Rows that are timed in one go."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    arguments.add_argument("--peer", type=Path, help="simrl.py of the release")
    arguments.add_argument("--runs", type=int, default=5)
    given = arguments.parse_args()
    independent = independent_rows(given.shared)
    sets = {
        "independent": independent,
        "  calls of these": [row for row in independent if "<tool_call>" in row["label"]],
        "distinct prompts": distinct_rows(given.shared),
        "groups of 8": grouped_rows(given.shared),
        "replies": reply_rows(given.shared),
    }
    sides: dict[str, Callable[[list[Row]], list[float]]] = {"star": ours("star"), "robust": ours("robust")}
    if given.peer:
        sides = {"peer": released(given.peer), "printing": released(given.peer, printing=True), **sides}
    print(machine())
    print(f"{'us a sample (rows/prompts)':<32}" + "".join(f"{side:>10}" for side in [*sides, "json"]))
    for name, rows in sets.items():
        results = {side: run(rows) for side, run in sides.items()}
        times = {side: seconds / len(rows) for side, seconds in fastest(sides, rows, given.runs).items()}
        prompts = len({row["prompt"] for row in rows})
        title = f"{name} ({len(rows):,}/{prompts:,})"
        print(f"{title:<32}" + "".join(f"{value * 1e6:>10.1f}" for value in times.values()))
        if given.peer:
            same = sum(abs(a - b) < 1e-6 for a, b in zip(results["peer"], results["star"], strict=True))
            ratios = ", ".join(f"{side} {times['peer'] / times[side]:.1f}x" for side in ("star", "robust"))
            print(f"{'':<32}  {ratios}; star equals the peer on {same} of {len(rows)}")
    for name, work in hard_inputs().items():
        print(f"{name:<48}{best(work, 3) * 1e3:>8.1f} ms")


def ours(profile: str) -> Callable[[list[Row]], list[float]]:
    reward = SimReward(profile)

    def run(rows: list[Row]) -> list[float]:
        columns = ([row[key] for row in rows] for key in ("completion", "label", "prompt"))
        completions, labels, prompts = columns
        return [found.value for found in reward.batch(completions, labels, None, prompts)]

    return run


def released(path: Path, printing: bool = False) -> Callable[[list[Row]], list[float]]:
    spec = importlib.util.spec_from_file_location("simrl", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def run(rows: list[Row]) -> list[float]:
        queries = [row["prompt"] + row["completion"] for row in rows]
        prompts, labels = [row["prompt"] for row in rows], [row["label"] for row in rows]
        with contextlib.redirect_stdout(io.StringIO()):
            found: Any = module.reward_func(queries, prompts, labels, print_info=printing)
        return [float(value) for value in found["rewards"]]

    return run


def fastest(sides: dict[str, Callable[[list[Row]], list[float]]], rows: list[Row], runs: int) -> dict[str, float]:
    """Seconds of processor time for all rows: of each stretch the fastest run; a run starts without memory."""
    stretches = [rows[start : start + STRETCH] for start in range(0, len(rows), STRETCH)]
    texts = [json_texts(stretch) for stretch in stretches]
    times: dict[str, list[float]] = {}
    for _ in range(runs):
        for side, work in sides.items():
            forget()
            taken = [seconds(lambda work=work, stretch=stretch: work(stretch)) for stretch in stretches]
            times[side] = list(map(min, taken, times.get(side, taken)))
        taken = [seconds(lambda part=part: plain_json(part)) for part in texts]
        times["json"] = list(map(min, taken, times.get("json", taken)))
    return {side: sum(taken) for side, taken in times.items()}


def json_texts(rows: list[Row]) -> list[str]:
    """The JSON of the rows, each text once a row: tools of the prompt, calls of label and answer."""
    texts: list[str] = []
    for row in rows:
        texts += row["prompt"].rpartition("<tools>\n")[2].partition("\n</tools>")[0].split("\n")
        texts += re.findall(r"<tool_call>\n(.*)\n</tool_call>", row["label"] + row["completion"])
    return texts


def plain_json(texts: list[str]) -> None:
    """Parse them all."""
    for source in texts:
        with contextlib.suppress(ValueError):
            json.loads(source)


def best(work: Callable[[], Any], runs: int) -> float:
    """The fastest of several runs, in seconds of processor time; each starts without memory of the ones before."""
    times = []
    for _ in range(runs):
        forget()
        times.append(seconds(work))
    return min(times)


def forget() -> None:
    for cache in CACHES:
        cache.cache_clear()


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def hard_inputs() -> dict[str, Callable[[], Any]]:
    many = [Call("f", {"city": f"city {i} of {i % 9}", "days": i % 7}) for i in range(128)]
    gold = expected_calls([Call("f", {"city": f"city {i} of {i % 8}", "days": i % 5}) for i in range(128)])
    work: dict[str, Callable[[], Any]] = {
        f"128 x 128 calls of one name, {profile}": lambda profile=profile: compare(many, gold, (), profile)
        for profile in ("robust", "star")
    }
    units = {
        "<think> without end": "<think>",
        "<tool_call> without end": "<tool_call>",
        "empty calls": "<tool_call></tool_call>",
        "small calls": '<tool_call>{"name":"f","arguments":{"a":1}}</tool_call>',
        "brackets": '<tool_call>{"name":"f","arguments":{"a":' + "[" * 50,
        "one call, a long text": '<tool_call>{"name":"f","arguments":{"a":"@"}}</tool_call>',
        "reply, words": "one two three four ",
        "reply, Chinese": "你好请问",
        "reply, symbols": "!?",
    }
    for name, unit in units.items():
        answer = unit.replace("@", "long text " * 6_400) if "@" in unit else unit * (64_000 // len(unit.encode()))
        gold_text = answer[::-1] if name.startswith("reply") else '<tool_call>{"name":"f","arguments":{}}</tool_call>'
        for profile in ("robust", "star"):
            reward = SimReward(profile)
            work[f"64 kB of {name}, {profile}"] = lambda r=reward, a=f"x</think>{answer}", g=f"</think>{gold_text}": r(
                a, g
            )
    return work


if __name__ == "__main__":
    main()
