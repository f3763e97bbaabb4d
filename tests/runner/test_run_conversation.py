"""BFCL's conversations as loops: told to by a model that knows the answers, and by recorded ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from starbench.backends import Capabilities, Completion, Request
from starbench.benchmarks.base import Benchmark
from starbench.benchmarks.bfcl.multi_turn.gold import answer_call
from starbench.errors import DataUnavailableError, InputError
from starbench.runner import read_settings
from starbench.runner.asking import asking
from starbench.runner.loops import Asking, Loop
from starbench.runner.needs import lacking
from starbench.runner.selection import selected
from starbench.runner.settings import CaseSettings
from starbench.types import Call, Case

CATEGORIES = ("multi_turn_base", "multi_turn_miss_func", "multi_turn_miss_param", "multi_turn_long_context")
EACH = 6
"""How many entries of each category are played."""


def asked(bfcl: Benchmark, mode: str, *, server: bool = True) -> Asking:
    settings = read_settings(None, [("out", "x"), ("model.name", "m"), ("mode", mode)])
    return asking(bfcl, settings, Capabilities(separates_calls=server))


def played(loop: Loop, reply: Callable[[Request], Completion]) -> tuple[dict[str, Any], list[Request]]:
    """Talk to a loop to its end: its answer, and what it asked."""
    requests = [next(loop)]
    while True:
        try:
            requests.append(loop.send(reply(requests[-1])))
        except StopIteration as end:
            return end.value, requests


def gold(case: Case) -> Iterator[list[Call]]:
    """The calls of each step of the answer: all of a turn at once, then none."""
    parameters = {tool["name"]: tuple(tool["parameters"]["properties"]) for tool in case.source["function"]}
    for turn in case.source["ground_truth"]:
        if turn:
            yield [answer_call(text, parameters) for text in turn]
        yield []


def as_message(calls: list[Call]) -> Completion:
    made = [
        {"id": f"c{n}", "type": "function", "function": {"name": c.name, "arguments": json.dumps(dict(c.arguments))}}
        for n, c in enumerate(calls)
    ]
    message = {"role": "assistant", "content": None if made else "Done.", "tool_calls": made}
    return Completion(message=message, finish="stop")


def as_prompted(calls: list[Call]) -> Completion:
    texts = (f"{c.name}({', '.join(f'{name}={value!r}' for name, value in c.arguments.items())})" for c in calls)
    return Completion(text=f"[{', '.join(texts)}]" if calls else "Done.", finish="stop")


def as_hermes(calls: list[Call]) -> Completion:
    rows = (json.dumps({"name": call.name, "arguments": dict(call.arguments)}) for call in calls)
    return Completion(text="\n".join(f"<tool_call>\n{row}\n</tool_call>" for row in rows) or "Done.")


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize(
    ("mode", "write", "server"),
    [("tools", as_message, True), ("prompt", as_prompted, True), ("raw-tools", as_hermes, False)],
)
def test_a_model_that_knows_the_answers_is_right(
    bfcl: Benchmark, category: str, mode: str, write: Callable[[list[Call]], Completion], server: bool
) -> None:
    ask = asked(bfcl, mode, server=server)
    cases = [case for case, _ in zip(bfcl.cases(category), range(EACH), strict=False)]
    for case in cases:
        steps = gold(case)
        answer, _ = played(ask(case, 0), lambda request, steps=steps: write(next(steps)))  # type: ignore[misc]
        verdict = bfcl.grade(case.id, answer["result"], dialect=answer["dialect"])
        assert verdict.valid, (case.id, verdict.message)
        assert len(answer["result"]) == len(case.source["ground_truth"])


def test_results_go_back_to_the_model(bfcl: Benchmark) -> None:
    case = bfcl.case("multi_turn_base_0")
    steps = gold(case)
    _, requests = played(asked(bfcl, "tools")(case, 0), lambda request: as_message(next(steps)))
    told = [message for message in requests[1].messages if message["role"] == "tool"]
    assert [message["tool_call_id"] for message in told] == [f"c{n}" for n in range(len(told))]
    assert requests[1].messages[-len(told) - 1]["role"] == "assistant"
    assert [request.step for request in requests] == list(range(len(requests)))
    steps = gold(case)
    _, requests = played(asked(bfcl, "prompt")(case, 0), lambda request: as_prompted(next(steps)))
    assert requests[1].messages[-1]["role"] == "user"
    assert requests[1].messages[-1]["content"].startswith("[{'role': 'tool', 'name': ")


@pytest.mark.parametrize("mode", ["tools", "prompt"])
def test_held_out_functions_arrive(bfcl: Benchmark, mode: str) -> None:
    case = bfcl.case("multi_turn_miss_func_0")
    ((turn, (name,)),) = case.source["missed_function"].items()
    _, requests = played(asked(bfcl, mode)(case, 0), lambda request: Completion(text="No.", message=None))
    arrival = requests[int(turn)]
    assert "I have updated some more functions" in arrival.messages[-1]["content"]
    if mode == "tools":
        assert name not in {tool["function"]["name"] for tool in requests[0].tools}
        assert name in {tool["function"]["name"] for tool in arrival.tools}
    else:
        assert f"'name': '{name}'" in arrival.messages[-1]["content"]


def test_a_model_without_end_is_stopped(bfcl: Benchmark) -> None:
    case = bfcl.case("multi_turn_base_0")
    answer, requests = played(asked(bfcl, "prompt")(case, 0), lambda request: Completion(text="[pwd()]"))
    assert len(requests) == 21
    assert [len(turn) for turn in answer["result"]] == [21]
    assert bfcl.grade(case.id, answer["result"]).error == "multi_turn:force_terminated"


@pytest.mark.parametrize(
    "reply", ["", "[", "<think>", "[f(", "[cd(folder={})]", "\ud800", "[" * 5000, "None", "[x(a=b)]"]
)
@pytest.mark.parametrize("mode", ["tools", "prompt"])
def test_nothing_that_a_model_writes_stops_a_run(bfcl: Benchmark, mode: str, reply: str) -> None:
    case = bfcl.case("multi_turn_base_0")
    for completion in (Completion(text=reply), Completion(message={"role": "assistant", "content": reply})):
        answer, _ = played(asked(bfcl, mode)(case, 0), lambda request, said=completion: said)  # type: ignore[misc]
        bfcl.grade(case.id, answer["result"], dialect=answer["dialect"])


@pytest.mark.parametrize(
    "calls", [[None], [{}], [{"function": {"name": None, "arguments": 3}}], [{"function": 4}], "x"]
)
def test_nothing_that_a_server_sends_stops_a_run(bfcl: Benchmark, calls: Any) -> None:
    case = bfcl.case("multi_turn_base_0")
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    answer, _ = played(asked(bfcl, "tools")(case, 0), lambda request: Completion(message=message))
    bfcl.grade(case.id, answer["result"], dialect=answer["dialect"])


def test_acebench_is_asked_by_its_own_prompts(acebench: Callable[..., Any]) -> None:
    ace = acebench("en")
    settings = read_settings(None, [("out", "x"), ("model.name", "m"), ("mode", "prompt")])
    ask = asking(ace, settings, Capabilities())
    bare = ace.case("normal_atom_bool_0")
    with pytest.raises(DataUnavailableError, match="prompts are not among the data"):
        next(ask(replace(bare, messages=({"role": "user", "content": "?"},)), 0))
    prompted = replace(bare, messages=({"role": "system", "content": "s"}, {"role": "user", "content": "u"}))
    answer, requests = played(ask(prompted, 0), lambda request: Completion(text="[f(x=1)]"))
    assert answer == {"output": "[f(x=1)]", "dialect": "acebench"}
    assert (requests[0].messages, requests[0].tools) == (prompted.messages, ())
    with pytest.raises(InputError, match="give --mode prompt"):
        asking(ace, read_settings(None, [("out", "x"), ("model.name", "m")]), Capabilities())
    asked_for = {case.category for case in selected(ace, CaseSettings(benchmark="acebench"), lacking(ace, settings))}
    assert "normal_preference" in asked_for
    assert not {name for name in asked_for if name.startswith("agent")}


@pytest.mark.conformance
def test_a_recorded_model_gets_the_same_answers_again(bfcl: Benchmark, shared: Path) -> None:
    """Steps of a recorded run, given out again: the loop asks exactly as many and ends turns where that run did."""
    for category in ("multi_turn_base", "multi_turn_miss_func", "multi_turn_miss_param"):
        for row in recorded(shared, category)[:25]:
            steps = (step for turn in row["result"] for step in turn)
            answer, _ = played(asked(bfcl, "tools")(bfcl.case(row["id"]), 0), lambda request, s=steps: again(next(s)))  # type: ignore[misc]
            assert answer["result"] == row["result"], row["id"]


def recorded(shared: Path, category: str) -> list[dict[str, Any]]:
    (path,) = (shared / "golden" / "bfcl_run" / "result").rglob(f"BFCL_v4_{category}_result.json*")
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def again(step: Any) -> Completion:
    """A stored step as the server's message that it was made from."""
    if not isinstance(step, list):
        return Completion(message={"role": "assistant", "content": step})
    calls = [
        {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, row in enumerate(step)
        for name, arguments in row.items()
    ]
    return Completion(message={"role": "assistant", "content": None, "tool_calls": calls})
