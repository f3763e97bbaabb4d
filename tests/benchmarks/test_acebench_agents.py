"""ACEBench's agents at work: how their messages are read, what the simulated world does, and its oddities by name."""

from __future__ import annotations

from typing import Any

import pytest
from acebench_world import ENTRY, FILES, Folder

from starbench import store
from starbench.benchmarks.acebench.agent_calls import AgentCall, agent_calls
from starbench.benchmarks.acebench.agent_prompts import AgentPrompts
from starbench.benchmarks.acebench.agent_world import ODDITIES, AgentWorld
from starbench.benchmarks.acebench.benchmark import ACEBench
from starbench.benchmarks.acebench.decode import DecodeFailure
from starbench.benchmarks.acebench.scenarios import Scenarios, files


@pytest.fixture
def world() -> AgentWorld:
    return AgentWorld(Scenarios(Folder().read, "en"), ENTRY)


def seen(world: AgentWorld, message: str) -> list[Any]:
    return world.perform_steps(agent_calls(message))


@pytest.mark.parametrize(
    ("message", "calls"),
    [
        ("[f(a=1), g()]", [("f", {"a": 1}), ("g", {})]),
        ("f(a='x')", [("f", {"a": "x"})]),
        (" [f(a=[1, 2])]", [("f", {"a": [1, 2]})]),
        ("[f(a=2-3, b=-1, c=true)]", [("f", {"a": -1, "b": -1, "c": "true"})]),
        ("Hello", []),
        ("[f(1, b=2)]", [("f", {"b": 2})]),
    ],
)
def test_messages_that_are_read(message: str, calls: list[tuple[str, Any]]) -> None:
    assert [(call.name, call.arguments) for call in agent_calls(message)] == calls


@pytest.mark.parametrize(
    "message",
    ["", "[f()]\n", "Sure: [f()]", "[f(), 3]", "[f(a={})]", "[f(a={'x': 1})]", "[" * 9999, "\ud800", "f(**x=1)"],
)
def test_messages_that_are_not(message: str) -> None:
    with pytest.raises(DecodeFailure):
        agent_calls(message)


def test_an_object_is_taken_for_a_call() -> None:
    assert agent_calls("[f(a={'g': {'b': 1}})]") == [AgentCall("f", {"a": {"g": {"b": 1}}}, "g")]


def test_calls_are_run_and_the_end_state_is_kept(world: AgentWorld) -> None:
    assert world.end_state() == []
    assert seen(world, "[send(text='hi')]") == [{"status": False, "message": "no wifi"}]
    seen(world, "[turn_on_wifi()]")
    assert seen(world, "[send(text='hi', when='2024-06-11')]") == [{"status": True, "inbox": {"1": "old", "2": "hi"}}]
    assert world.end_state() == [
        {"BaseApi": {"wifi": True, "logged_in": True}},
        {"MessageApi": {"inbox": {"1": "old", "2": "hi"}}},
    ]


def test_every_instance(world: AgentWorld) -> None:
    seen(world, "[turn_on_wifi()]")
    assert seen(world, "[send(text='hi')]")[0]["status"] is True  # of MessageApi, though BaseApi has it too


def test_unknown_repeats(world: AgentWorld) -> None:
    assert seen(world, "[count(), nobody()]") == [1, 1]
    assert "not associated with a value" in seen(world, "[nobody()]")[0]
    for name in ("_load_scenario", "__init__", "inbox"):
        assert seen(world, f"[count(), {name}()]") == [1, 1]


def test_error_in_letters(world: AgentWorld) -> None:
    told = world.perform_turn(agent_calls("[count(), send(nothing=1)]"))
    assert "".join(told) == "Error during execution: {str(e)}"
    assert not world.was_touched
    assert world.perform_turn(agent_calls("[count()]")) == [1]
    assert world.was_touched


def test_written_at_the_end(world: AgentWorld) -> None:
    seen(world, "[turn_on_wifi()]")
    first, second = seen(world, "[send(text='b'), send(text='c')]")
    assert first == second == {"status": True, "inbox": {"1": "old", "2": "b", "3": "c"}}


def test_read_as_json(world: AgentWorld) -> None:
    assert seen(world, "[names()]") == ["['a', 'b']"]


def test_every_oddity_has_a_test() -> None:
    assert set(ODDITIES) <= {name.removeprefix("test_") for name in globals()}


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("[send(nothing=1)]", "got an unexpected keyword argument 'nothing'"),
        ("[send(text='x', when='tomorrow')]", "does not match format"),
        ("[phone.send(text='x')]", "name 'phone' is not defined"),
        ("[send(text={'open': {'file': '/etc/passwd'}})]", "name 'open' is not defined"),
    ],
)
def test_errors_are_told(world: AgentWorld, message: str, error: str) -> None:
    seen(world, "[turn_on_wifi()]")
    (told,) = seen(world, message)
    assert told.startswith("Error during execution: ")
    assert error in told


def test_published_code_can_import_next_to_nothing() -> None:
    path = "model_inference/multi_turn/scenariosen/travel.py"
    for line in ("import os", "import subprocess", "open('x')", "eval('1')"):
        sources = {**FILES, path: f"{line}\nclass Travel: pass\n"}
        with pytest.raises((ImportError, NameError)):
            Scenarios(lambda file, sources=sources: sources[file].encode(), "en").made("Travel")  # type: ignore[misc]


def test_what_agents_and_users_are_shown() -> None:
    texts = AgentPrompts(Folder(), "en")  # type: ignore[arg-type]
    system, shown = texts.multi_turn(ENTRY, "user:hi\n")
    assert system["content"] == "You serve.\nphone policy"
    assert shown["content"] == f"APIs {ENTRY['function']}\nSo far:\nuser:hi\n"
    alone, _ = texts.multi_step(ENTRY, "")
    assert alone["content"] == "You work alone [f(a={})]."
    user, opening = texts.user(ENTRY)
    assert user["content"] == "You play: I am Eve. Write to Frank."
    assert opening == {"role": "user", "content": "Is there anything you need help with today?"}
    travelling = {**ENTRY, "involved_classes": ["Travel"]}
    assert texts.user(travelling)[0]["content"].startswith("You travel: ")
    assert texts.multi_turn(travelling, "")[0]["content"] == "You serve.\ntravel policy"


def test_what_is_absent_is_known() -> None:
    assert AgentPrompts(Folder(), "en").are_known  # type: ignore[arg-type]
    for file in (files("en")[0], "model_inference/multi_turn/APIModel_user.py"):
        assert not AgentPrompts(Folder(file), "en").are_known  # type: ignore[arg-type]
    assert AgentPrompts(Folder(files("zh")[0]), "en").are_known  # type: ignore[arg-type]


@pytest.mark.conformance
@pytest.mark.parametrize(("language", "turn", "step"), [("en", 21, 7), ("zh", 29, 11)])
def test_published_milestones_end_where_the_official_executor_ends(language: str, turn: int, step: int) -> None:
    """How many published traces reach the published end state, run by the published simulated APIs."""
    folder = store.find(store.dataset("acebench"), notify=lambda _: None)
    if folder is None or not AgentPrompts(folder, language).are_known:
        pytest.skip("ACEBench's simulated APIs are not in the cache; they are after: starbench data pull acebench")
    ace, scenarios = ACEBench(language), Scenarios(folder.read, language)
    for category, count in (("agent_multi_turn", turn), ("agent_multi_step", step)):
        right = 0
        for case in ace.cases(category):
            stones = case.source["mile_stone"]
            traces = stones if isinstance(stones[0], list) else [stones]
            right += any(ends_well(ace, scenarios, case.id, category, trace) for trace in traces)
        assert right == count, category


def ends_well(ace: ACEBench, scenarios: Scenarios, id: str, category: str, trace: list[str]) -> bool:
    world = AgentWorld(scenarios, ace.case(id).source)
    perform = world.perform_turn if category == "agent_multi_turn" else world.perform_steps
    for message in trace:
        try:
            perform(agent_calls(message))
        except DecodeFailure:
            continue
    return ace.grade(id, {"result": world.end_state(), "process": trace}).valid
