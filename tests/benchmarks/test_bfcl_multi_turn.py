"""Verdicts on conversations: each official error, each quirk with what strict grading makes of it, the laws."""

from __future__ import annotations

import json
from typing import Any

import bfcl_conversations as bfcl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starbench.benchmarks.bfcl.multi_turn import conversation_verdict
from starbench.benchmarks.bfcl.multi_turn.quirks import QUIRKS
from starbench.types import Call, Verdict

FILES = "multi_turn_base_0"
"""Folders and files: cd, mkdir, mv | cd, grep | sort | cd, mv, cd, diff."""
CAR = "multi_turn_base_50"


def grade(id: str, result: Any, grading: str = "official", dialect: str = "auto") -> Verdict:
    entry = bfcl.entry(id)
    return conversation_verdict(bfcl.sources(), entry, result, dialect, bfcl.tools(entry), grading)


def errors(id: str, result: Any, dialect: str = "auto") -> tuple[str | None, str | None]:
    return grade(id, result, "official", dialect).error, grade(id, result, "strict", dialect).error


def answer(id: str = FILES) -> list[list[Call]]:
    return bfcl.gold(bfcl.entry(id))


# What is judged


@pytest.mark.parametrize("category", bfcl.CATEGORIES)
@pytest.mark.parametrize("written", [bfcl.as_rows, bfcl.as_text])
def test_the_answer_passes(category: str, written: Any) -> None:
    for number in (0, 60, 120, 180):
        verdict = grade(f"{category}_{number}", written(answer(f"{category}_{number}")))
        assert verdict.valid, verdict.message
        assert verdict.similarity == 1.0


def test_a_turn_without_calls_fails() -> None:
    result = bfcl.as_rows(answer())
    result[2] = ["Which file?"]
    verdict = grade(FILES, result)
    assert verdict.error == "multi_turn:empty_turn_model_response"
    assert verdict.message == "turn 3 has no call that can be read; expected: sort"
    assert grade(FILES, result, "strict").error == "call:none"


def test_a_wrong_state_fails_and_says_which_value() -> None:
    turns = answer()
    turns[0][1] = Call("mkdir", {"dir_name": "tmp"})
    turns[0][2] = Call("mv", {"source": "final_report.pdf", "destination": "tmp"})
    verdict = grade(FILES, bfcl.as_rows(turns))
    assert verdict.error == "multi_turn:instance_state_mismatch"
    assert verdict.message.startswith("turn 1: GorillaFileSystem.root['document']['temp']")
    assert "and should be" in verdict.message
    assert grade(FILES, bfcl.as_rows(turns), "strict").error == "turn:state"


def test_a_missing_result_fails_and_says_whose() -> None:
    turns = answer()
    turns[2] = [Call("wc", {"file_name": "final_report.pdf"})]
    verdict = grade(FILES, bfcl.as_rows(turns))
    assert verdict.error == "multi_turn:execution_response_mismatch"
    assert "turn 3: no call so far gave the result of sort('final_report.pdf')" in verdict.message
    assert grade(FILES, bfcl.as_rows(turns), "strict").error == "turn:response"


def test_the_failed_call_is_named() -> None:
    turns = answer()
    turns[2] = [Call("sort", {"file_name": "other.pdf"})]
    message = grade(FILES, bfcl.as_rows(turns)).message
    assert 'a call in step 1 gave {"error": "sort: other.pdf: No such file or directory"}' in message


def test_further_calls_are_free_unless_they_change_the_state() -> None:
    turns = answer()
    turns[1] += [Call("ls", {}), Call("pwd", {})]
    assert errors(FILES, bfcl.as_rows(turns)) == (None, None)
    turns[1] += [Call("touch", {"file_name": "extra"})]
    assert errors(FILES, bfcl.as_rows(turns)) == ("multi_turn:instance_state_mismatch", "turn:state")


def test_a_result_of_an_earlier_turn_counts_but_a_call_is_needed() -> None:
    turns = answer()
    turns[1] += turns[2]
    turns[2] = [Call("ls", {})]
    assert errors(FILES, bfcl.as_rows(turns)) == (None, None)


def test_each_expected_result_needs_a_call_of_its_own() -> None:
    entry = {**bfcl.entry(FILES), "ground_truth": [["ls()", "ls(a=False)"]]}
    once, twice = bfcl.as_rows([[Call("ls", {})]]), bfcl.as_rows([[Call("ls", {}), Call("ls", {})]])
    verdicts = [conversation_verdict(bfcl.sources(), entry, result, "bfcl-fc").error for result in (once, twice)]
    assert verdicts == ["multi_turn:execution_response_mismatch", None]


def test_a_turn_without_an_answer_is_not_judged() -> None:
    id = next(id for id, e in bfcl.entries("multi_turn_miss_func").items() if [] in e["ground_truth"])
    turns = answer(id)
    empty = turns.index([])
    turns[empty] = [Call("no_such_function", {"x": 1})]
    assert errors(id, bfcl.as_rows(turns)) == (None, None)


@pytest.mark.parametrize("cut", [1, -1])
def test_another_number_of_turns_fails(cut: int) -> None:
    result = bfcl.as_rows(answer())
    result = result[:-1] if cut < 0 else [*result, ["Goodbye."]]
    verdict = grade(FILES, result)
    assert verdict.error == "multi_turn:force_terminated"
    assert grade(FILES, result, "strict").error == "turn:count"
    assert 0 < verdict.similarity < 1


@pytest.mark.parametrize("result", ["Error during inference: timeout", None, 5, {"a": 1}, "text"])
def test_a_result_that_is_no_conversation(result: Any) -> None:
    verdict = grade(FILES, result)
    assert (verdict.error, verdict.similarity) == ("multi_turn:inference_error", 0)
    failed = isinstance(result, str) and result.startswith("Error during inference:")
    assert grade(FILES, result, "strict").error == ("infra:error" if failed else "turn:count")


def test_a_turn_that_cannot_be_gone_through_crashes_upstream() -> None:
    result = bfcl.as_rows(answer())
    result[1] = None
    assert errors(FILES, result) == ("official:crash", "call:none")


def test_calls_in_another_dialect_are_read_too() -> None:
    steps = [
        "".join(
            f"<tool_call>{json.dumps({'name': call.name, 'arguments': dict(call.arguments)})}</tool_call>"
            for call in turn
        )
        for turn in answer()
    ]
    assert errors(FILES, [[step] for step in steps], "hermes") == (None, None)


# Quirks: what upstream does, and what strict grading makes of it


def test_every_quirk_is_tested_here() -> None:
    assert {name for name in globals() if name.startswith("test_quirk_")} == {
        f"test_quirk_{name.lower()}" for name in QUIRKS
    }


def written_to_a_file(text: str) -> tuple[str, list[Any]]:
    """An entry whose answer writes a file, and its answer with another text."""
    for id, entry in bfcl.entries("multi_turn_base").items():
        turns = answer(id) if "GorillaFileSystem" in entry["involved_classes"] else []
        for turn in turns:
            for place, call in enumerate(turn):
                if call.name == "echo" and call.arguments.get("file_name"):
                    turn[place] = Call("echo", {**call.arguments, "content": text})
                    return id, bfcl.as_rows(turns)
    raise LookupError("no answer writes a file")


def test_quirk_qualified() -> None:
    id, _ = written_to_a_file("")
    wanted = next(c for turn in answer(id) for c in turn if c.name == "echo").arguments["content"]
    entry = {**bfcl.entry(id), "ground_truth": json.loads(json.dumps(bfcl.entry(id)["ground_truth"]))}
    for turn in entry["ground_truth"]:
        turn[:] = [text.replace(wanted, "see ls (now)") for text in turn]
    _, result = written_to_a_file("see ls (now)")
    verdicts = [
        conversation_verdict(bfcl.sources(), entry, result, "bfcl-fc", bfcl.tools(entry), grading)
        for grading in ("official", "strict")
    ]
    assert [verdict.valid for verdict in verdicts] == [False, True]
    assert "model_GorillaFileSystem_instance.ls(now)" in verdicts[0].message


def test_quirk_call_text() -> None:
    turns = bfcl.as_text(answer())
    turns[0][0] = turns[0][0].replace("]", ", edit_ticket(ticket_id=1, updates={})]")
    assert errors(FILES, turns) == ("multi_turn:empty_turn_model_response", None)


def test_an_object_of_objects_is_taken_for_a_call_upstream() -> None:
    turns = bfcl.as_text(answer())
    turns[2][0] = "[wc(file_name={'sort': {'file_name': {'x': 1}}}), wc(file_name=sort(file_name='final_report.pdf'))]"
    assert not grade(FILES, turns).valid


def test_nested_calls_run_from_the_inside_out() -> None:
    turns = bfcl.as_text(answer())
    turns[2][0] = "[display(x=touch(file_name='new'))]"
    official = grade(FILES, turns)
    assert official.error == "multi_turn:execution_response_mismatch"  # the outer name is looked up first
    turns[2][0] = "[wc(file_name=touch(file_name='new'))]"
    assert grade(FILES, turns).error == "multi_turn:instance_state_mismatch"


def test_quirk_deny() -> None:
    turns = answer()
    turns[1] += [Call("kill", {}), Call("x.run", {})]
    assert errors(FILES, bfcl.as_rows(turns)) == (None, None)


def test_quirk_harmless() -> None:
    id = next(
        id
        for id, entry in bfcl.entries("multi_turn_base").items()
        if any(text.startswith("mean(") for turn in entry["ground_truth"] for text in turn)
    )
    turns, side = answer(id), bfcl.world(bfcl.entry(id))
    for turn in turns:
        for place, call in enumerate(turn):
            value = json.loads(side.perform(call)) if call.name == "mean" else None
            turn[place] = Call("dict", value) if value else call
    assert errors(id, bfcl.as_rows(turns)) == (None, "turn:response")


def test_quirk_shared_state() -> None:
    entry = bfcl.entry("multi_turn_long_context_150")
    login = Call("authenticate_travel", {
        "client_id": "x", "client_secret": "x", "refresh_token": "x", "grant_type": "read",
        "user_first_name": "x", "user_last_name": "x",
    })  # fmt: skip
    token = json.loads(bfcl.world(entry).perform(login))["access_token"]
    spend = Call("purchase_insurance", {
        "access_token": token, "insurance_type": "x", "booking_id": "booking_901", "insurance_cost": 5.0,
        "card_id": "1234567812345678",
    })  # fmt: skip
    changed = {**entry, "ground_truth": [["authenticate_travel('x', 'x', 'x', 'read', 'x', 'x')"]]}
    result = bfcl.as_rows([[login, spend]])
    verdicts = [
        conversation_verdict(bfcl.sources(), changed, result, "bfcl-fc", bfcl.tools(entry), grading).error
        for grading in ("official", "strict")
    ]
    assert verdicts == [None, "turn:state"]


def test_quirk_result_text() -> None:
    id = next(
        id
        for id, entry in bfcl.entries("multi_turn_base").items()
        if any(text.startswith("place_order(") for turn in entry["ground_truth"] for text in turn)
    )
    turns = [
        [
            Call(call.name, {**call.arguments, "amount": float(call.arguments["amount"])})
            if call.name == "place_order"
            else call
            for call in turn
        ]
        for turn in answer(id)
    ]
    assert errors(id, bfcl.as_rows(turns)) == ("multi_turn:execution_response_mismatch", None)


# Laws


@st.composite
def changed_answers(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """An entry's own answer with some calls left out, repeated, moved or given another value."""
    category = draw(st.sampled_from(bfcl.CATEGORIES))
    id = f"{category}_{draw(st.integers(0, 199))}"
    turns = answer(id)
    for _ in range(draw(st.integers(0, 3))):
        turn = draw(st.sampled_from(turns))
        how = draw(st.sampled_from(["drop", "repeat", "reverse", "value", "name"]))
        if not turn:
            continue
        place = draw(st.integers(0, len(turn) - 1))
        call = turn[place]
        if how == "drop":
            del turn[place]
        elif how == "repeat":
            turn.append(call)
        elif how == "reverse":
            turn.reverse()
        elif how == "name":
            turn[place] = Call(draw(st.sampled_from(["ls", "sum", "dict", "nothing", ""])), call.arguments)
        elif call.arguments:
            name = draw(st.sampled_from(sorted(call.arguments)))
            value = draw(st.sampled_from(["", "see ls (now)", 5, 5.0, True, None, [], {}, {"a": {"b": 1}}]))
            turn[place] = Call(call.name, {**call.arguments, name: value})
    written = draw(st.sampled_from([bfcl.as_rows, bfcl.as_text]))
    return id, written(turns)


@settings(deadline=None, max_examples=60)
@given(changed_answers())
def test_strict_is_valid_exactly_where_similarity_is_one(changed: tuple[str, list[Any]]) -> None:
    official, strict = (grade(*changed, grading) for grading in ("official", "strict"))
    assert strict.valid == (strict.similarity == 1.0)
    assert 0 <= strict.similarity <= 1
    assert float(official.similarity) == float(strict.similarity)


@settings(deadline=None, max_examples=20)
@given(changed_answers())
def test_a_verdict_does_not_depend_on_what_was_judged_before(changed: tuple[str, list[Any]]) -> None:
    first = grade(*changed)
    grade(changed[0], bfcl.as_rows(answer(changed[0])))
    again = grade(*changed)
    assert (first, float(first.similarity), first.message) == (again, float(again.similarity), again.message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(JSON, min_size=4, max_size=4) | JSON, st.sampled_from(["auto", "bfcl-fc", "bfcl-prompt", "hermes"]))
def test_any_json_has_a_verdict(result: Any, dialect: str) -> None:
    for grading in ("official", "strict"):
        verdict = grade(FILES, result, grading, dialect)
        assert verdict.valid == (verdict.error is None)


def test_better_conversations_are_more_similar() -> None:
    turns = answer()
    whole = grade(FILES, bfcl.as_rows(turns)).similarity
    without_a_step = grade(FILES, bfcl.as_rows([*turns[:2], [Call("ls", {})], turns[3]])).similarity
    hopeless = grade(FILES, [["no"]] * 4).similarity
    assert hopeless < without_a_step < whole == 1.0


def test_parts_name_the_turns_and_their_shares() -> None:
    turns = answer()
    turns[2] = [Call("ls", {})]
    parts = grade(FILES, bfcl.as_rows(turns)).similarity.parts
    assert [part.name for part in parts] == ["turn 1", "turn 2", "turn 3", "turn 4"]
    assert {argument.name: argument.similarity for argument in parts[2].arguments} == {
        "calls": 0.0, "state": 1.0, "responses": 0.0,
    }  # fmt: skip
