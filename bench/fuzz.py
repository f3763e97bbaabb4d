"""Fuzz the readers and the graders: nothing may raise, nothing of 64 kB or less may take over 50 ms.

    python bench/fuzz.py [--minutes 10] [--seed 0] [--max-kb 64]

Inputs are answers in many written forms, cut, joined, repeated, nested and blown up, and lists and messages built of
them. Each goes through ``parse`` (automatic, and one dialect by name), ``detect``, robust similarity, and BFCL's
official and strict grading of a random case (where BFCL's data is at hand). Time is CPU time of the thread; a slow
step is repeated, and the fastest of three counts, so that a busy machine raises no alarm. Failing inputs are written
to ``.bench/fuzz/``; the exit code is 1 if there is any. The same seed gives the same inputs.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from environments import HOME
from measure import machine

import starbench
from starbench.benchmarks import Benchmark
from starbench.dialects import DIALECTS
from starbench.errors import DataUnavailableError

LIMIT_SECONDS = 0.050
HOPELESS_SECONDS = 5.0
"""After so much CPU time a step is broken off, so that one input cannot take the whole run."""

SEEDS = [
    '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Zürich", "days": 3}}\n</tool_call>',
    '<think>I should call f.</think>[f(a=1, b=[1, 2, {"c": -3.5}], c="it\'s"), g.h(x=True)]',
    '```json\n[{"name": "f", "parameters": {"a": null, "b": 1e400, "c": "\\u00e9"}}]\n```',
    "<TOOLCALL>[f(a='x', b=(1, 2), c=not True, d=+5, e=1+2j, **{'k': 2})]</TOOLCALL>",
    '<functions><function name="f"><params><param name="a" value="1" type="integer"/></params></function></functions>',
    '[{"function": "f", "parameters": {"a": {"b": {"c": [1, 2, 3]}}}}]',
    '[Foo.bar(a = new HashMap<String, Integer>() {{ put("k", 1); }}, b = new int[]{1, 2}, c = 5L)]',
    "[f(a = {k: 'v', n: [1, 2]}, b = () => { return 1; }, c = /re/g, d = new Map([['a', 1]]))]",
    '[TOOL_CALLS] [{"name": "f", "arguments": {"x": "</tool_call>"}}]',
    '<|python_tag|>{"name": "f", "parameters": {"x": "[1, 2"}}<|eom_id|>',
    "<function=f><parameter=city>\nParis\n</parameter></function>",
    "The answer is 42, no call is needed; 今日は、Привет, 🚀.",
]
PIECES = [
    *("<tool_call>", "</tool_call>", "<think>", "</think>", "<TOOLCALL>", "</TOOLCALL>", "<functions>", "</functions>"),
    *(
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        '"',
        "'",
        "\\",
        "\\u",
        "\n",
        "\t",
        "\x00",
        ",",
        ":",
        "=",
        "<",
        ">",
        "</",
        "/>",
        "|",
    ),
    *(
        "f(",
        "f(a=",
        '{"a":',
        "[[",
        '"name":',
        '"arguments":',
        "```",
        "```json\n",
        "&lt;",
        "<![CDATA[",
        "&a;",
        "lambda:",
    ),
    *(
        "-",
        "+",
        "~",
        "not ",
        "1e999",
        "9" * 50,
        "0x",
        "NaN",
        "\u202e",
        "\ud83d",
        "é",
        "\u0301",
        "ﬃ",
        " " * 20,
        "#",
        ";",
    ),
    *(
        "[f(a=1)]",
        "f(a=1),",
        '{"name": "f", "arguments": {}}',
        "new int[]{",
        '"""',
        "'''",
        "/*",
        "//",
        "${",
        "a.b.",
        "**",
    ),
]
GLITCHES = ("Error during inference: timeout", "", "[]", "null", "[null]", '{"f": "null"}')
NAMES = ["f", "g.h", "get_weather", "", "a" * 200]


class Slow(NamedTuple):
    """The slowest input of one step."""

    seconds: float = 0.0
    size: int = 0
    head: str = ""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--max-kb", type=int, default=64)
    given = arguments.parse_args()
    print(f"seed {given.seed}, {given.minutes:g} minutes, inputs up to {given.max_kb} kB; {machine()}")
    signal.signal(signal.SIGVTALRM, break_off)
    chance = random.Random(given.seed)
    steps = {**reading_steps(), **grading_steps()}
    gc.freeze()  # else the collector walks through the benchmark's data while an input is read, and is timed with it
    slowest = dict.fromkeys(steps, Slow())
    inputs = failures = 0
    end = time.monotonic() + given.minutes * 60
    while time.monotonic() < end:
        value = an_answer(chance, given.max_kb * 1024)
        inputs += 1
        for name, step in steps.items():
            roll = chance.getrandbits(32)
            seconds, problem = attempt(step, value, roll)
            size = len(value if isinstance(value, str) else json.dumps(value))
            if seconds > slowest[name].seconds:
                slowest[name] = Slow(seconds, size, repr(value)[:80])
            if problem is None and seconds > LIMIT_SECONDS:
                problem = f"took {seconds * 1000:.0f} ms for {size} characters"
            if problem:
                failures += 1
                keep(failures, name, roll, value, problem)
    print(f"\n{inputs} inputs, {failures} failures")
    for name, slow in slowest.items():
        print(f"{name:<34} slowest {slow.seconds * 1000:6.1f} ms for {slow.size:>6} characters: {slow.head}")
    return int(failures > 0)


Step = Callable[[Any, random.Random], object]


def reading_steps() -> dict[str, Step]:
    """Steps that need no benchmark."""
    dialects = sorted(DIALECTS)
    gold = [starbench.Call("f", {"a": 1, "b": "x y z"}), starbench.Call("g.h", {"x": [1, {"c": "d"}]})]

    def compared(value: Any, chance: random.Random) -> object:
        from starbench.similarity import compare, expected_calls

        return compare(starbench.parse(value), expected_calls(gold))

    return {
        "parse auto": lambda value, chance: starbench.parse(value),
        "parse by name": lambda value, chance: starbench.parse(value, dialect=chance.choice(dialects)),
        "detect": lambda value, chance: starbench.detect(value),
        "similarity": compared,
    }


GRADINGS = {
    "bfcl": [("official", "bfcl-fc"), ("official", "bfcl-prompt"), ("strict", "auto")],
    "acebench": [("official", "auto"), ("official-2025-09", "auto"), ("strict", "auto")],
}
"""Benchmark -> the gradings to try, with the dialect that answers are read in."""


def grading_steps() -> dict[str, Step]:
    """The gradings of each benchmark whose data is at hand."""
    steps: dict[str, Step] = {}
    for name, gradings in GRADINGS.items():
        try:
            benchmark = starbench.load_benchmark(name)
        except DataUnavailableError as error:
            print(f"no grading by {name}: {error}")
            continue
        ids = [case.id for case in benchmark.cases()]
        steps |= {f"{name} {g} {d}": grading_step(benchmark, ids, g, d) for g, d in gradings}
    return steps


def grading_step(benchmark: Benchmark, ids: list[str], grading: str, dialect: str) -> Step:
    """Grading of a random case."""
    return lambda value, chance: benchmark.grade(chance.choice(ids), value, dialect=dialect, grading=grading)


class Hopeless(BaseException):
    """A step took too long; no handler for ordinary exceptions catches this."""


def break_off(*_: object) -> None:
    raise Hopeless


def attempt(step: Step, value: Any, roll: int) -> tuple[float, str | None]:
    """CPU seconds of a step (the best of three where one was slow), and what it raised."""
    best = float("inf")
    for _ in range(3):
        start = time.thread_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, HOPELESS_SECONDS)
        try:
            step(value, random.Random(roll))
        except Hopeless:
            return time.thread_time() - start, f"broken off after {HOPELESS_SECONDS:g} s"
        except Exception:
            return time.thread_time() - start, traceback.format_exc(limit=-6)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        best = min(best, time.thread_time() - start)
        if best <= LIMIT_SECONDS:
            break
    return best, None


def keep(number: int, step: str, roll: int, value: Any, problem: str) -> None:
    """Write a failing input down, and say so for the first ones."""
    folder = HOME / "fuzz"
    folder.mkdir(parents=True, exist_ok=True)
    found = {"step": step, "roll": roll, "problem": problem, "input": value}
    (folder / f"{number}.json").write_text(json.dumps(found), encoding="utf-8")
    if number <= 20:
        print(f"{folder.name}/{number}.json: {step}: {problem.strip().splitlines()[-1]}", flush=True)


def an_answer(chance: random.Random, limit: int) -> Any:
    """One answer: mostly a text, else a message or a list of FC rows."""
    kind = chance.random()
    if kind < 0.75:
        return a_text(chance, limit)
    if kind < 0.85:
        return [{chance.choice(NAMES): a_text(chance, limit // 4)} for _ in range(chance.randint(0, 3))]
    if kind < 0.95:
        calls = [a_message_call(chance, limit // 4) for _ in range(chance.randint(0, 3))]
        return {"role": "assistant", "content": a_text(chance, limit // 8), "tool_calls": calls}
    return a_json_value(chance, 0)


def a_message_call(chance: random.Random, limit: int) -> Any:
    arguments = chance.choice([a_text(chance, limit), '{"a": 1}', {"a": a_json_value(chance, 0)}, None])
    return {"id": "1", "type": "function", "function": {"name": chance.choice(NAMES), "arguments": arguments}}


def a_json_value(chance: random.Random, depth: int) -> Any:
    roll = chance.random()
    if roll < 0.2 and depth < 5:
        return [a_json_value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    if roll < 0.4 and depth < 5:
        return {chance.choice([*NAMES, "name", "arguments"]): a_json_value(chance, depth + 1) for _ in range(3)}
    return chance.choice(
        [None, True, 0, -1.5, 10**30, float("inf"), "", "x", chance.choice(SEEDS), chance.choice(PIECES)]
    )


def a_text(chance: random.Random, limit: int) -> str:
    """A seed after some changes; one in five is blown up towards the limit."""
    text = chance.choice([*SEEDS, *GLITCHES])
    for _ in range(chance.randint(0, 6)):
        text = chance.choice(CHANGES)(text, chance)
    if chance.random() < 0.2:
        unit = chance.choice([text, chance.choice(PIECES), chance.choice(PIECES) + chance.choice(PIECES)]) or "["
        blown = unit * (chance.randint(1, limit) // len(unit) + 1)
        text = chance.choice(
            [blown, text + blown, blown + text, text[: len(text) // 2] + blown + text[len(text) // 2 :]]
        )
    return text[:limit]


def places(text: str, chance: random.Random) -> Iterator[int]:
    return iter(sorted(chance.randint(0, len(text)) for _ in range(2)))


def cut(text: str, chance: random.Random) -> str:
    return text[: chance.randint(0, len(text))]


def delete(text: str, chance: random.Random) -> str:
    start, end = places(text, chance)
    return text[:start] + text[end:]


def insert(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice(PIECES) * chance.choice([1, 1, 1, 2, 10]) + text[place:]


def join(text: str, chance: random.Random) -> str:
    return text + chance.choice(["", "\n", " "]) + chance.choice(SEEDS)


def swap(text: str, chance: random.Random) -> str:
    start, end = places(text, chance)
    return text[end:] + text[start:end] + text[:start]


def repeat(text: str, chance: random.Random) -> str:
    start, end = places(text, chance)
    return text[:start] + text[start:end] * chance.randint(2, 5) + text[end:]


def nest(text: str, chance: random.Random) -> str:
    left, right = chance.choice([("[", "]"), ("{", "}"), ("f(a=", ")"), ('{"a":', "}"), ("(", ")"), ("<a>", "</a>")])
    times = chance.choice([1, 5, 60, 500])
    return left * times + text + right * times


CHANGES = [cut, delete, insert, insert, insert, join, swap, repeat, nest]

if __name__ == "__main__":
    sys.exit(main())
