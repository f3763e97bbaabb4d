"""BFCL's memories: conversations that fill them, what each has left, and the questions afterwards."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from run_folders import rows, started
from stub_model_server import said, stub_server

from starbench import store
from starbench.backends import Capabilities, Completion, Request
from starbench.benchmarks.base import Benchmark
from starbench.benchmarks.bfcl.memory import memory_world, prerequisites, snapshot, told
from starbench.benchmarks.bfcl.multi_turn import Sources
from starbench.benchmarks.bfcl.prompts import load_texts
from starbench.runner import read_settings
from starbench.runner.asking import asking
from starbench.runner.needs import lacking
from starbench.types import Call, Case

NOTES = ["memory_kv_130-notetaker-0", "memory_kv_131-notetaker-1"]
"""Two questions about one memory, which five conversations fill."""
SUMMARIES = [id.replace("memory_kv", "memory_rec_sum") for id in NOTES]

Message = Mapping[str, Any]


def calling(name: str, **arguments: Any) -> Message:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "type": "function", "function": function}],
    }


def noting(body: Mapping[str, Any], number: int) -> Any:
    """A model that notes the first thing it is told in each conversation, and answers questions with its notes."""
    messages = body["messages"]
    if messages[-1]["role"] == "tool" or len([m for m in messages if m["role"] == "user"]) > 1:
        return said("Noted.")
    system, text = messages[0]["content"], messages[1]["content"]
    if "For your final answer" in system:
        return said(system.partition("previous interactions:\n")[2].partition("\n\n")[0])
    if any(tool["function"]["name"] == "memory_append" for tool in body["tools"]):
        return calling("memory_append", text=text)
    return calling("core_memory_add", key=f"note_{''.join(filter(str.isalpha, text.lower()))[:20]}", value=text[:200])


def prerequisite_rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "prerequisites.jsonl").read_text(encoding="utf-8").splitlines()]


def test_conversations_come_first_and_hand_on_what_they_leave(tmp_path: Path, bfcl: Benchmark) -> None:
    with stub_server(noting) as stub:
        finished = started(tmp_path / "r", stub, cases__benchmark="bfcl", cases__ids=NOTES, layout=True)
    before = prerequisite_rows(tmp_path / "r")
    assert [row["id"] for row in before] == [f"memory_kv_prereq_{32 + n}-notetaker-{n}" for n in range(5)]
    assert [len(row["left"]["core_memory"]) for row in before] == [1, 2, 3, 4, 5]
    answers = rows(tmp_path / "r")
    assert sorted(row["id"] for row in answers) == NOTES
    notes = list(before[-1]["left"]["core_memory"].values())
    assert all(json.dumps(note) in row["result"][0][-1] for note in notes for row in answers)
    assert finished.summary["models"]["m"]["total"]["n"] == 2
    assert finished.summary["run"]["asked"] == 2
    files = {str(path.relative_to(finished.layout)) for path in finished.layout.rglob("*.json")}  # type: ignore[union-attr, arg-type]
    home = "m/agentic/memory/kv"
    assert {f"{home}/BFCL_v4_memory_kv_result.json", f"{home}/BFCL_v4_memory_kv_prereq_result.json"} <= files
    final = finished.layout / home / "memory_snapshot" / "notetaker_final.json"  # type: ignore[operator]
    assert json.loads(final.read_text()) == before[-1]["left"]


def test_a_chain_goes_on_where_it_broke_off(tmp_path: Path, bfcl: Benchmark) -> None:
    third = bfcl_case(bfcl, NOTES[0], 2).source["question"][0][0]["content"]

    def failing(body: Mapping[str, Any], number: int) -> Any:
        return 400 if body["messages"][1]["content"] == third else noting(body, number)

    with stub_server(failing) as stub:
        finished = started(tmp_path / "r", stub, cases__benchmark="bfcl", cases__ids=NOTES)
    sentence = "memory_kv_prereq_34-notetaker-2, which has to come before, has no answer: the server refuses"
    assert finished.summary["run"]["failed"] == 2
    assert all(message.startswith(sentence) for message in finished.summary["run"]["failures"])
    held = [row["id"] for row in prerequisite_rows(tmp_path / "r") if "error" not in row]
    with stub_server(noting) as stub:
        finished = started(tmp_path / "r", stub, cases__benchmark="bfcl", cases__ids=NOTES)
    assert finished.summary["run"]["answered"] == 2
    again = [row["id"] for row in prerequisite_rows(tmp_path / "r") if "error" not in row]
    assert (len(held), len(again), len(set(again))) == (2, 5, 5)
    with stub_server(noting) as stub:
        whole = started(tmp_path / "w", stub, cases__benchmark="bfcl", cases__ids=NOTES)
    assert whole.summary["models"] == finished.summary["models"]
    assert {row["id"]: row["result"] for row in rows(tmp_path / "w")} == {
        row["id"]: row["result"] for row in rows(tmp_path / "r") if "error" not in row
    }


def test_a_torn_conversation_is_held_again(tmp_path: Path, bfcl: Benchmark) -> None:
    settings = {"cases__benchmark": "bfcl", "cases__ids": NOTES[0]}
    with stub_server(noting) as stub:
        started(tmp_path / "r", stub, **settings)
        before, asked = prerequisite_rows(tmp_path / "r"), len(stub.bodies)
        answer = rows(tmp_path / "r")[0]["result"]
        (tmp_path / "r" / "outputs.jsonl").write_bytes(b"")
        path = tmp_path / "r" / "prerequisites.jsonl"
        path.write_bytes(path.read_bytes()[:-20])
        started(tmp_path / "r", stub, **settings)
    steps = sum(map(len, before[-1]["result"]))
    assert len(stub.bodies) == asked + steps + 1
    assert [row["left"] for row in prerequisite_rows(tmp_path / "r")] == [row["left"] for row in before]
    assert rows(tmp_path / "r")[0]["result"] == answer


def test_each_sample_has_a_memory_of_its_own(tmp_path: Path, bfcl: Benchmark) -> None:
    with stub_server(noting) as stub:
        finished = started(tmp_path / "r", stub, cases__benchmark="bfcl", cases__ids=SUMMARIES[0], samples=2)
    before = prerequisite_rows(tmp_path / "r")
    assert sorted((row["id"], row["sample"]) for row in before) == [
        (f"memory_rec_sum_prereq_{32 + n}-notetaker-{n}", sample) for n in range(5) for sample in range(2)
    ]
    assert finished.summary["samples"]["all"]["cases"] == 1


def bfcl_case(bfcl: Benchmark, id: str, number: int) -> Case:
    """The prerequisite of that number of a question."""
    read = store.obtain("bfcl").read
    case = bfcl.case(id)
    return prerequisites(read, Sources(read), case.category, case.source["scenario"])[number]


@pytest.fixture
def sources(bfcl: Benchmark) -> Sources:
    return Sources(store.obtain("bfcl").read)


def test_prerequisites_of_all_scenarios(bfcl: Benchmark, sources: Sources) -> None:
    read = store.obtain("bfcl").read
    counts = {
        scenario: len(prerequisites(read, sources, "memory_kv", scenario))
        for scenario in ("student", "customer", "finance", "healthcare", "notetaker")
    }
    assert counts == {"student": 10, "customer": 10, "finance": 7, "healthcare": 5, "notetaker": 5}


def test_what_a_model_is_told(bfcl: Benchmark, sources: Sources) -> None:
    texts = load_texts()
    case = bfcl.case(NOTES[0])
    world = memory_world(sources, case, {"core_memory": {"child": "Mia"}, "archival_memory": {"a": "hidden"}})
    text = told(texts, case, world)
    assert text.startswith(texts.memory_settings["notetaker"])
    assert '{\n    "child": "Mia"\n}' in text
    assert "hidden" not in text
    summary = bfcl.case(SUMMARIES[0])
    assert "There is no content in the memory" in told(texts, summary, memory_world(sources, summary, None))


@pytest.mark.parametrize("mode", ["tools", "prompt"])
def test_the_system_messages_stand_in_the_official_order(bfcl: Benchmark, mode: str) -> None:
    settings = read_settings(None, [("out", "x"), ("model.name", "m"), ("mode", mode)])
    ask = asking(bfcl, settings, Capabilities(separates_calls=True))
    case = bfcl.case(NOTES[0])
    request = next(ask(case, 0, {"core_memory": {}, "archival_memory": {}}))
    assert isinstance(request, Request)
    assert [message["role"] for message in request.messages] == ["system", "user"]
    parts = ["You are a personal organization assistant", "For your final answer to the user"]
    parts = [*(["You are an expert in composing functions"] if mode == "prompt" else []), *parts]
    places = [request.messages[0]["content"].index(part) for part in parts]
    assert places == sorted(places)
    assert places[0] == 0
    first = next(ask(ask.before(case)[0], 0, None))
    assert isinstance(first, Request)
    assert "For your final answer" not in first.messages[0]["content"]


def test_a_memory_is_used_by_prompted_calls_too(bfcl: Benchmark) -> None:
    settings = read_settings(None, [("out", "x"), ("model.name", "m"), ("mode", "prompt")])
    ask = asking(bfcl, settings, Capabilities())
    loop = ask(ask.before(bfcl.case(NOTES[0]))[0], 0)
    next(loop)
    told_back = loop.send(Completion(text="[core_memory_add(key='a_b', value='c (d)')]"))
    assert isinstance(told_back, Request)
    assert "Key-value pair added." in told_back.messages[-1]["content"]
    with pytest.raises(StopIteration) as end:
        while True:
            loop.send(Completion(text="Done."))
    assert end.value.value["left"]["core_memory"] == {"a_b": "c(d)"}  # upstream drops blanks before brackets


def test_searching_the_keys(bfcl: Benchmark, sources: Sources) -> None:
    keys = {"cat_name": "Tom", "dog_name": "Rex", "home_town": "Bonn"}
    world = memory_world(sources, bfcl.case(NOTES[0]), {"core_memory": keys, "archival_memory": {}})
    ranked = json.loads(world.perform(Call("core_memory_key_search", {"query": "town", "k": 2})))["ranked_results"]
    assert ranked[0][1] == "home_town"
    assert len(ranked) == 2
    assert world.perform(Call("archival_memory_key_search", {"query": "x"})).startswith("Error during execution")


def test_a_memory_cannot_be_blown_up(bfcl: Benchmark, sources: Sources) -> None:
    world = memory_world(sources, bfcl.case(SUMMARIES[0]), {"memory": "a" * 9_999})
    got = world.perform(Call("memory_replace", {"old_text": "", "new_text": "b" * 9_999}))
    assert got == "Error during execution: the memory would become too long"
    assert world.perform(Call("memory_replace", {"old_text": "aa", "new_text": "b"})) == '{"status": "Memory updated."}'


def test_what_is_not_offered_cannot_be_called(bfcl: Benchmark, sources: Sources) -> None:
    world = memory_world(sources, bfcl.case(NOTES[0]), None)
    for name in ("_flush_memory_to_local_file", "_load_scenario", "_prepare_snapshot", "memory_append"):
        assert world.perform(Call(name, {})) == f"Error during execution: name '{name}' is not defined"


class FakeIndex:
    """The little of faiss that the published memory uses, over plain lists."""

    def __init__(self, *_: Any) -> None:
        self.reset()

    def reset(self) -> None:
        self.rows: dict[int, list[float]] = {}

    def add_with_ids(self, vectors: Any, ids: Any) -> None:
        self.rows |= {int(id): list(vector) for id, vector in zip(ids, vectors, strict=True)}

    def remove_ids(self, ids: Any) -> None:
        for id in ids:
            del self.rows[int(id)]

    def search(self, wanted: Any, k: int) -> tuple[list[list[float]], list[list[int]]]:
        scores = {id: sum(a * b for a, b in zip(row, wanted[0], strict=True)) for id, row in self.rows.items()}
        best = sorted(scores, key=lambda id: -scores[id])[:k]
        return [[scores[id] for id in best]], [best]


class FakeEncoder:
    """Counts letters."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def get_sentence_embedding_dimension(self) -> int:
        return 26

    def encode(self, texts: list[str], **_: Any) -> list[list[float]]:
        return [[float(text.lower().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]


def test_the_memory_of_vectors(bfcl: Benchmark, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published class on stand-ins for its libraries: what it holds is handed on like that of the others."""
    pytest.importorskip("numpy")
    faiss, transformers = ModuleType("faiss"), ModuleType("sentence_transformers")
    vars(faiss).update(IndexFlatIP=FakeIndex, IndexIDMap=FakeIndex)
    vars(transformers).update(SentenceTransformer=FakeEncoder)
    monkeypatch.setitem(sys.modules, "faiss", faiss)
    monkeypatch.setitem(sys.modules, "sentence_transformers", transformers)
    case = bfcl.case(NOTES[0].replace("kv", "vector"))
    world = memory_world(sources, case, None)
    assert world.perform(Call("core_memory_add", {"text": "zebra"})) == '{"id": 0}'
    assert world.perform(Call("core_memory_add", {"text": "moon"})) == '{"id": 1}'
    later = memory_world(sources, case, snapshot(world))
    found = json.loads(later.perform(Call("core_memory_retrieve", {"query": "zz", "top_k": 1})))
    assert [row["text"] for row in found["result"]] == ["zebra"]
    assert snapshot(later) == snapshot(world)


def test_what_a_memory_needs_is_said(bfcl: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "rank_bm25", "faiss")
    reasons = lacking(bfcl, read_settings(None, [("out", "x"), ("model.name", "m")]))
    assert reasons["memory_kv"] == "it needs rank_bm25: pip install 'starbench[agents]'"
    assert "faiss" in reasons["memory_vector"]
    assert "memory_rec_sum" not in reasons


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make libraries look as if they were not installed."""
    import importlib.util

    real: Callable[..., Any] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in names else real(name, *rest))
