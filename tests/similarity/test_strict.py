"""The strict verdict: valid exactly at similarity 1, and the code that names the first problem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CALLS, EXPECTED

from starbench.benchmarks.strict import strict_verdict
from starbench.errors import CODES
from starbench.similarity import ABSTAIN, ANY_CALL, compare, expected_calls, expected_reply, possible_answers
from starbench.types import Accepted, Attempt, Call, Expected, ExpectedCall, Output, Tool

ADD = Call("add", {"a": 1, "b": "two words"})
TOOLS = (Tool("add"), Tool("sub"))
GOLD = expected_calls([ADD])
MALFORMED = Attempt("add(", (0, 4), "malformed", problem="the bracket is not closed")
TRUNCATED = Attempt("add(", (0, 4), "truncated")


def given_output(*attempts: Attempt, **fields: object) -> Output:
    return Output("", attempts=attempts, **fields)  # type: ignore[arg-type]


ADD_TWICE = expected_calls([ADD, Call("add")])
NO_VALUE = Expected("calls", (ExpectedCall("f", {"a": Accepted((), optional=True)}),))
CASES = [
    ([], GOLD, "call:none", "no call was tried; expected: add"),
    (given_output(reasoning_complete=False), GOLD, "reasoning:unclosed", "the reasoning was never closed"),
    (given_output(MALFORMED), GOLD, "call:malformed", "cannot be read: the bracket is not closed"),
    (given_output(TRUNCATED), GOLD, "call:truncated", "the answer ends inside the call"),
    ([Call("mul")], GOLD, "call:unknown_tool", "there is no function 'mul' on offer"),
    ([Call("sub")], GOLD, "call:wrong_name", "call 1: sub was called instead of add"),
    ([ADD, Call("sub")], GOLD, "call:unexpected", "call 2 (sub) is not expected; 2 made, 1 expected"),
    ([ADD, ADD], GOLD, "call:unexpected", "call 2 (add) repeats an earlier call"),
    ([ADD, ADD], ADD_TWICE, "call:unexpected", "repeats an earlier call, and add was not called; 2 made"),
    ([ADD], expected_calls([ADD, Call("sub")]), "call:missing", "sub was not called; 1 made, 2 expected"),
    ([Call("sub")], expected_calls([ADD, ADD]), "call:count", "and add was not called; 1 made, 2 expected"),
    ([Call("add", {"a": 1})], GOLD, "argument:missing", "call 1 (add): the argument 'b' was left out"),
    ([Call("add", {**ADD.arguments, "c": 0})], GOLD, "argument:unexpected", "the argument 'c' is not expected"),
    ([Call("add", {"a": "1", "b": "two words"})], GOLD, "argument:type", "'a' is '1', which has another type than 1"),
    ([Call("add", {"a": 1, "b": "two"})], GOLD, "argument:value", "'b' is 'two', which differs from 'two words'"),
    ([Call("add", {"a": 10**5000, "b": 1})], GOLD, "argument:value", "'a' is <a int too large to show>"),
    ([ADD], ABSTAIN, "call:unexpected", "add was called, but no call was expected"),
    (given_output(MALFORMED), ABSTAIN, "call:unexpected", "a call was tried (it cannot be read)"),
    ([], ANY_CALL, "call:none", "expected: some call"),
    ([Call("mul")], ANY_CALL, "call:unknown_tool", "'mul'"),
    ([ADD], expected_reply("Hi"), "call:unexpected", "but a reply was expected"),
    ([], expected_reply("Hi"), "reply:missing", "there is no reply"),
    (given_output(reasoning_complete=False), expected_reply("Hi"), "reasoning:unclosed", "there is no reply"),
    ([Call("f", {"a": 1})], NO_VALUE, "argument:value", "the argument 'a' is 1, but no value is accepted here"),
    (given_output(reply="Bye"), expected_reply(), "reply:differs", "differs from every reply, as none is accepted"),
    (given_output(reply="Bye"), expected_reply("Hi", "Ho"), "reply:differs", "'Bye' differs from 'Hi' or 'Ho'"),
]  # fmt: skip


@pytest.mark.parametrize(("output", "expected", "code", "words"), CASES)
def test_codes(output: Output | list[Call], expected: Expected, code: str, words: str) -> None:
    verdict = strict_verdict(output, expected, TOOLS)
    assert (verdict.valid, verdict.error) == (False, code)
    assert words in verdict.message
    assert code in CODES


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ([ADD], GOLD),
        ([Call("add", {"b": "Two-Words", "a": 1.0})], GOLD),
        ([], ABSTAIN),
        ([Call("sub"), Call("mul")], ANY_CALL),
        (given_output(reply="hi"), expected_reply("Hi")),
    ],
)
def test_valid(output: Output | list[Call], expected: Expected) -> None:
    verdict = strict_verdict(output, expected, TOOLS)
    assert (verdict.valid, verdict.error, verdict.message, verdict.similarity) == (True, None, "", 1.0)


def test_the_profile_changes_the_number_and_not_the_verdict() -> None:
    verdict = strict_verdict([Call("add", {"a": "1", "b": "two words"})], GOLD, profile="star")
    assert (verdict.valid, verdict.error, verdict.similarity) == (False, "argument:type", 1.0)
    assert verdict.similarity.profile == "star"


ATTEMPTS = st.tuples(
    st.lists(CALLS.map(lambda call: Attempt("", None, "parsed", call)), max_size=3),
    st.lists(st.sampled_from([MALFORMED, TRUNCATED]), max_size=1),
).map(lambda both: (*both[0], *both[1]))
OUTPUTS = st.builds(Output, st.just(""), attempts=ATTEMPTS, reply=st.text(max_size=5))
GOLDS = st.one_of(
    st.sampled_from([ABSTAIN, ANY_CALL]),
    st.lists(EXPECTED, max_size=3).map(lambda calls: Expected("calls", tuple(calls))),
    st.lists(st.text(max_size=5), max_size=2).map(lambda replies: expected_reply(*replies)),
)


@given(OUTPUTS, GOLDS, st.sampled_from([(), TOOLS]))
def test_valid_exactly_at_one(output: Output, expected: Expected, tools: tuple[Tool, ...]) -> None:
    verdict = strict_verdict(output, expected, tools)
    assert verdict.valid == (compare(output, expected, tools) == 1.0)
    assert (verdict.error is None) == verdict.valid
    assert verdict.valid or (verdict.error in CODES and verdict.message)


def test_possible_answers() -> None:
    answers = [{"f": {"x": [5], "unit": ["", "km"], "o": [{"k": ["a", "b"], "l": ["", 1]}], "r": [""]}}]
    expected = possible_answers(answers)
    for arguments in ({"x": 5}, {"x": 5, "unit": "KM"}, {"x": 5, "r": ""}):
        call = Call("f", {**arguments, "o": {"k": "b"}})
        assert strict_verdict([call], expected).valid, arguments
    assert not strict_verdict([Call("f", {"x": 5, "unit": "", "o": {"k": "b"}})], expected).valid
    demanding = Tool("f", parameters={"type": "object", "properties": {"unit": {}}, "required": ["unit"]})
    assert isinstance(possible_answers(answers, [demanding]).calls[0], ExpectedCall)
    assert strict_verdict(
        [Call("f", {"x": 5, "unit": "", "o": {"k": "b"}})], possible_answers(answers, [demanding])
    ).valid
