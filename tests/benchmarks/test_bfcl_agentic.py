"""Web search and memory: an accepted answer in the final message, by upstream's rule and as it is meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.benchmarks.bfcl.agentic import agentic_verdict

ENTRY = {"id": "web_search_base_0", "ground_truth": ["New York", "3.5 km"]}
SEARCH = [{"search_engine_query": '{"keywords": "tea"}'}]


def official(*steps: Any) -> str | None:
    return agentic_verdict(ENTRY, [list(steps)], "bfcl-fc").error


def strict(*steps: Any) -> str | None:
    return agentic_verdict(ENTRY, [list(steps)], "bfcl-fc", grading="strict").error


@pytest.mark.parametrize(
    "message",
    ["It is New York.", "new york", "{'answer': 'New York', 'context': '…'}", "(NEW YORK)", "3.5 km", "about 3.5 km!"],
)
def test_an_accepted_answer_in_the_final_message_passes(message: str) -> None:
    assert official(SEARCH, message) is None
    assert strict(SEARCH, message) is None


@pytest.mark.parametrize("message", ["Newark", "New Yorkers", "I do not know.", "York, New"])
def test_another_message_fails(message: str) -> None:
    assert official(SEARCH, message) == "agentic:answer_not_found"
    assert strict(SEARCH, message) == "reply:differs"


@pytest.mark.parametrize(
    ("message", "error"), [("35 km", None), ("New-York", "agentic:answer_not_found"), ("3,5 km", None)]
)
def test_official_punctuation_is_dropped_before_comparing(message: str, error: str | None) -> None:
    assert official(message) == error


def test_strict_keeps_numbers_and_parts_words() -> None:
    assert strict("35 km") == "reply:differs"
    assert strict("New-York") is None
    assert strict("it is -3.5 km") == "reply:differs"


def test_only_the_last_step_without_a_call_counts() -> None:
    assert official("New York", SEARCH, "no idea") == "agentic:answer_not_found"
    assert official("no idea", SEARCH, "New York") is None
    assert official("New York", SEARCH) is None


def test_an_empty_final_message_is_none_at_all() -> None:
    assert official("New York", "") == "agentic:no_last_message"
    assert strict("New York", "") is None  # what the model said last is what it said
    assert official(SEARCH) == "agentic:no_last_message"
    assert strict(SEARCH) == "reply:missing"


@pytest.mark.parametrize("result", ["text", None, 5, {}, [], [[], []]])
def test_a_result_of_another_form(result: Any) -> None:
    verdict = agentic_verdict(ENTRY, result, "bfcl-fc")
    assert (verdict.error, verdict.similarity) == ("agentic:inference_error", 0)
    assert agentic_verdict(ENTRY, result, "bfcl-fc", grading="strict").error == "turn:count"


def test_an_error_of_the_serving_side_is_no_answer() -> None:
    verdict = agentic_verdict(ENTRY, "Error during inference: timeout", grading="strict")
    assert verdict.error == "infra:error"


def test_a_turn_that_is_no_list_crashes_upstream() -> None:
    assert agentic_verdict(ENTRY, [5], "bfcl-fc").error == "official:crash"


def test_a_prompted_model_is_read_by_its_own_dialect() -> None:
    steps = ["[search_engine_query(keywords='tea')]", "It is New York"]
    assert agentic_verdict(ENTRY, [steps]).valid


def test_similarity_is_the_share_of_words() -> None:
    assert agentic_verdict(ENTRY, [["York"]]).similarity == 0.5
    assert agentic_verdict(ENTRY, [["york, not new"]]).similarity == 0.999


WORDS = st.sampled_from(["New", "York", "3.5", "km", "35", "-", ",", "no", "(", "new-york", "３.５", "", "\n"])


@given(st.lists(WORDS, max_size=8), st.sampled_from([" ", "", "-"]))
def test_strict_is_valid_exactly_where_similarity_is_one(words: list[str], between: str) -> None:
    verdict = agentic_verdict(ENTRY, [[between.join(words)]], "bfcl-fc", grading="strict")
    assert verdict.valid == (verdict.similarity == 1.0)
    assert 0 <= verdict.similarity <= 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["auto", "bfcl-fc", "bfcl-prompt", "hermes"]), st.sampled_from(["official", "strict"]))
def test_any_json_has_a_verdict(result: Any, dialect: str, grading: str) -> None:
    verdict = agentic_verdict(ENTRY, result, dialect, grading=grading)
    assert verdict.valid == (verdict.error is None)
