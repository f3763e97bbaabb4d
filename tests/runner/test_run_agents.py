"""ACEBench's agents as loops, and whole runs of them with a played user."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from acebench_world import ENTRY, Folder
from run_folders import rows, started
from stub_model_server import said, stub_server

from starbench import store
from starbench.backends import Completion, Request
from starbench.benchmarks.acebench.agent_prompts import AgentPrompts
from starbench.benchmarks.acebench.agent_world import AgentWorld
from starbench.benchmarks.acebench.scenarios import Scenarios
from starbench.errors import InputError
from starbench.runner import read_settings
from starbench.runner.agents import multi_step, multi_turn
from starbench.runner.loops import Loop
from starbench.runner.needs import lacking
from starbench.runner.selection import selected
from starbench.runner.settings import CaseSettings

UNREADABLE = "Please do not ask me any questions, use the known conditions to solve the problem"


def request(to: Any) -> Callable[[Sequence[Mapping[str, str]], int], Request]:
    return lambda messages, step: Request("a", tuple(messages), step=step, to=to)


def parts() -> tuple[AgentPrompts, AgentWorld]:
    folder: Any = Folder()
    return AgentPrompts(folder, "en"), AgentWorld(Scenarios(folder.read, "en"), ENTRY)


def alone() -> Loop:
    return multi_step(ENTRY, *parts(), request("model"))


def in_dialogue() -> Loop:
    return multi_turn(ENTRY, *parts(), request("model"), request("user"))


def talked(loop: Loop, *lines: str) -> tuple[list[Request], Any]:
    """Say the lines, the last again and again, to the end: what was asked, and the answer."""
    asked: list[Request] = []
    waiting: Iterator[str] = iter(lines)
    errand = next(loop)
    try:
        while True:
            assert isinstance(errand, Request)
            asked.append(errand)
            errand = loop.send(Completion(text=next(waiting, lines[-1])))
    except StopIteration as end:
        return asked, end.value


def transcript(request: Request) -> str:
    return str(request.messages[1]["content"]).partition("So far:\n")[2]


def test_an_agent_alone_sees_results_and_not_itself() -> None:
    asked, answer = talked(alone(), "[turn_on_wifi()]", "hm", "[send(text='hi')]", "Done, finish conversation")
    assert answer["process"] == ["[turn_on_wifi()]", "hm", "[send(text='hi')]"]
    assert answer["result"][1] == {"MessageApi": {"inbox": {"1": "old", "2": "hi"}}}
    assert transcript(asked[-1]) == (
        "user:I am Eve. Write to Frank.\n"
        "execution result:[{'status': True}]\n"
        "execution result:[]\n"
        "execution result:[{'status': True, 'inbox': {'1': 'old', '2': 'hi'}}]\n"
    )
    assert [(one.to, one.step) for one in asked] == [("model", step) for step in range(4)]


def test_an_agent_alone_is_told_of_what_cannot_be_read() -> None:
    asked, answer = talked(alone(), "finish conversation", "finish conversation")
    assert answer == {"result": [], "process": ["finish conversation"]}  # the first message ends nothing
    assert transcript(asked[1]).endswith(f"execution result:{UNREADABLE}\n")


def test_an_agent_alone_has_twenty_messages() -> None:
    asked, answer = talked(alone(), "[count()]")
    assert len(asked) == len(answer["process"]) == 20


def test_a_dialogue_goes_between_user_agent_and_world() -> None:
    lines = (
        "Write to Frank",
        "What shall I write?",
        "hi",
        "[turn_on_wifi()]",
        "[send(text='hi')]",
        "Done.",
        "finish conversation",
    )
    asked, answer = talked(in_dialogue(), *lines)
    assert [one.to for one in asked] == ["user", "model", "user", "model", "model", "model", "user"]
    assert answer["process"] == ["[turn_on_wifi()]", "[send(text='hi')]"]
    assert answer["result"][0] == {"BaseApi": {"wifi": True, "logged_in": True}}
    assert transcript(asked[4]) == (
        "user:Write to Frank\nagent:What shall I write?\nuser:hi\n"
        "agent:[turn_on_wifi()]\nexecution:[{'status': True}]\n"
    )
    assert [message["role"] for message in asked[-1].messages] == [
        *("system", "user", "system", "user", "system", "user"),
    ]
    assert [message["content"] for message in asked[-1].messages[2:]] == [
        *("Write to Frank", "What shall I write?", "hi", "Done."),
    ]
    assert [one.step for one in asked if one.to == "user"] == [0, 1, 2]


def test_a_dialogue_ends_by_the_agents_words_too() -> None:
    asked, _ = talked(in_dialogue(), "a", "agent: b", "c", "All done: finish conversation")
    assert [one.to for one in asked] == ["user", "model", "user", "model"]
    assert asked[2].messages[-1]["content"] == " b"


def test_a_dialogue_has_forty_messages_after_the_first() -> None:
    asked, answer = talked(in_dialogue(), "hello")
    assert len(asked) == 41
    assert answer == {"result": [], "process": []}


def test_an_error_in_a_dialogue_is_told_letter_by_letter() -> None:
    asked, answer = talked(in_dialogue(), "a", "[send(nothing=1)]", "finish conversation")
    assert "execution:['E', 'r', 'r', 'o', 'r'," in transcript(asked[2])
    assert answer == {"result": [], "process": ["[send(nothing=1)]"]}


@pytest.mark.parametrize("line", ["", "[", "[f(", "[x[0]]", "\ud800", "[" * 5000, "['a']", "<think>", "[f(a={})]"])
def test_nothing_that_anyone_writes_stops_a_run(line: str) -> None:
    for loop in (alone(), in_dialogue()):
        _, answer = talked(loop, line)
        assert isinstance(answer["process"], list)


def test_reasoning_is_not_part_of_a_message() -> None:
    _, answer = talked(alone(), "<think>[f()]</think>\n[count()]", "finish conversation", "finish conversation")
    assert answer["process"][0] == "[count()]"


def test_without_the_simulated_apis_agents_cannot_be_asked(acebench: Callable[..., Any]) -> None:
    ace = acebench("en")  # taken from a folder without them
    settings = read_settings(None, [("out", "x"), ("model.name", "m"), ("mode", "prompt"), ("user.name", "u")])
    reasons = lacking(ace, settings)
    assert set(reasons) == {"agent_multi_step", "agent_multi_turn"}
    with pytest.raises(InputError, match="simulated APIs are not among the data; fetch them with: starbench data pull"):
        selected(ace, CaseSettings(benchmark="acebench", ids=("agent_multi_step_0",)), reasons)
    assert set(lacking(acebench("both"), settings)) == {
        f"{language}:{name}" for language in ("en", "zh") for name in reasons
    }


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACEBench's whole data, with prompts and simulated APIs."""
    folder = store.find(store.dataset("acebench"), notify=lambda _: None)
    if folder is None or folder.absent_extras():
        pytest.skip("ACEBench's simulated APIs are not in the cache; they are after: starbench data pull acebench")


@pytest.mark.conformance
def test_a_whole_run_with_a_played_user(tmp_path: Path, complete: None) -> None:
    """A model that knows the milestones, a user that says little, and both kinds of agents."""
    from starbench.benchmarks.acebench.benchmark import ACEBench

    stones = {case.source["question"]: case.source["mile_stone"] for case in ACEBench("en").cases("agent_multi_step")}

    def behave(body: Mapping[str, Any], number: int) -> Any:
        text = body["messages"][1]["content"]
        done = text.count("\nexecution result:")
        known = next((traces for question, traces in stones.items() if question in text), [])
        trace = known[0] if known and isinstance(known[0], list) else known
        return said(trace[done] if done < len(trace) else "finish conversation")

    settings = {"mode": "prompt", "cases.language": "en", "cases.categories": ["agent"], "user.name": "u"}
    with stub_server(behave) as stub, stub_server(lambda body, n: said("finish conversation")) as user:
        user_settings = {"user.options": {"url": user.url, "pause": 0.01}}
        finished = started(tmp_path / "r", stub, cases__benchmark="acebench", **settings, **user_settings)
    categories = finished.summary["models"]["m"]["categories"]
    assert categories["agent_multi_step"]["n"] == 20
    assert categories["agent_multi_turn"]["n"] == 30
    assert categories["agent_multi_step"]["correct"] >= 2  # some share a question, and few traces lead to the end
    assert {body["model"] for body in user.bodies} == {"u"}
    assert {(body["temperature"], body["max_tokens"]) for body in user.bodies} == {(0.001, 1000)}
    first = next(row for row in rows(tmp_path / "r") if row["id"] == "agent_multi_step_0")
    assert first["process"]
    assert json.loads((tmp_path / "r" / "config.json").read_text())["identity"]["user"]["name"] == "u"


@pytest.mark.conformance
def test_normal_dialogues_are_asked_step_by_step(tmp_path: Path, complete: None) -> None:
    with stub_server(lambda body, n: said("[nothing()]")) as stub:
        settings = {"mode": "prompt", "cases.categories": ["normal_multi_turn_user_switch"], "cases.limit": 6}
        finished = started(tmp_path / "r", stub, cases__benchmark="acebench", **settings)
    answered = [row["id"] for row in rows(tmp_path / "r")]
    assert sorted(answered) == [f"normal_multi_turn_user_switch_{n}_{step}" for n in range(3) for step in range(2)]
    assert all("1..t" in body["messages"][1]["content"] for body in stub.bodies)
    assert finished.summary["models"]["m"]["categories"]["normal_multi_turn_user_switch"]["n"] == 3
