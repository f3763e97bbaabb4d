"""The laws of similarity between calls (they stand in starbench/similarity/calls.py)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import CALLS, EXPECTED, small_calls

from starbench.errors import UnknownNameError
from starbench.similarity import compare, expected_calls
from starbench.similarity.calls import compare_calls, pair_similarity
from starbench.similarity.profiles import PROFILES, profile
from starbench.similarity.reasons import ARGUMENT_REASONS, CALL_REASONS
from starbench.types import Accepted, Attempt, Call, Expected, ExpectedCall, Output

ROBUST = PROFILES["robust"]
PARIS = Call("weather", {"city": "Paris", "days": 3})
PING = Call("ping")


def credit(call: Call, wanted: ExpectedCall) -> float:
    return pair_similarity(call.arguments, wanted, ROBUST) if call.name == wanted.name else 0.0


@pytest.mark.parametrize(
    ("predicted", "gold", "robust", "star"),
    [
        ([PARIS], [PARIS], 1.0, 1.0),
        ([PING, PARIS], [PARIS, PING], 1.0, 1.0),
        ([], [], 1.0, 1.0),
        ([], [PARIS], 0.0, 0.0),
        ([PARIS], [], 0.0, 0.0),
        ([Call("weather", {"city": "Paris"})], [PARIS], 1 / 2, 1 / 2),
        ([Call("weather", {**PARIS.arguments, "unit": "C"})], [PARIS], 2 / 3, 2 / 3),
        ([PARIS] * 2, [PARIS], 1 / 2, 1 / 2),
        ([PARIS] * 5, [PARIS], 1 / 5, 1 / 5),
        ([PARIS], [PARIS, PING], 1 / 2, 1 / 2),
        ([PARIS, Call("send")], [PARIS, PING], 1 / 3, 1 / 3),
        ([PING], [PARIS], 0.0, 0.0),
        # star takes the first partner it finds, so that the order decides
        ([Call("weather", {"city": "Oslo", "days": 9}), PARIS], [PARIS], 1 / 2, 0.0),
        # star gives a copy the partner that it fits in part
        ([PARIS, PARIS], [PARIS, Call("weather", {"city": "Paris", "days": 4})], 1 / 3, 3 / 4),
    ],
)
def test_examples(predicted: list[Call], gold: list[Call], robust: float, star: float) -> None:
    assert compare(predicted, expected_calls(gold)) == pytest.approx(robust)
    assert compare(predicted, expected_calls(gold), profile="star") == pytest.approx(star)


@given(st.lists(CALLS, max_size=5), st.lists(EXPECTED, max_size=4), st.integers(0, 2))
def test_bounds_and_parts(predicted: list[Call], expected: list[ExpectedCall], failed: int) -> None:
    for rules in PROFILES.values():
        similarity = compare_calls(predicted, expected, rules, failed)
        assert 0.0 <= similarity <= 1.0
        parts = similarity.parts
        assert sorted(p.predicted for p in parts if p.predicted is not None) == list(range(len(predicted)))
        assert sorted(p.expected for p in parts if p.expected is not None) == list(range(len(expected)))
        assert {p.reason for p in parts} <= set(CALL_REASONS)
        assert {a.reason for p in parts for a in p.arguments} <= set(ARGUMENT_REASONS)
        assert (similarity == 1.0) == all(p.similarity == 1.0 and p.reason == "equal" for p in parts)


@given(st.lists(CALLS, max_size=5))
def test_its_own_gold_scores_one(calls: list[Call]) -> None:
    assert compare(calls, expected_calls(calls)) == 1.0


@given(st.lists(CALLS, max_size=5), st.lists(EXPECTED, max_size=4), st.randoms(use_true_random=False))
def test_order_does_not_matter(predicted: list[Call], expected: list[ExpectedCall], chance: st.DataObject) -> None:
    def shuffled(items: list) -> list:  # type: ignore[type-arg]
        return sorted(items, key=lambda _: chance.random())  # type: ignore[attr-defined]

    turned = [Call(c.name, dict(shuffled(list(c.arguments.items())))) for c in shuffled(predicted)]
    other = [ExpectedCall(e.name, dict(shuffled(list(e.arguments.items())))) for e in shuffled(expected)]
    assert compare_calls(turned, other, ROBUST) == compare_calls(predicted, expected, ROBUST)


@given(small_calls(), small_calls(), st.data())
def test_order_does_not_matter_where_much_agrees(made: list[Call], gold: list[Call], data: st.DataObject) -> None:
    turned = data.draw(st.permutations(made))
    assert compare(turned, expected_calls(gold)) == compare(made, expected_calls(gold))


@given(small_calls(), small_calls(), small_calls(1, 1), st.integers(0, 5))
def test_junk_never_pays(made: list[Call], gold: list[Call], junk: list[Call], place: int) -> None:
    expected = expected_calls(gold)
    assume(all(credit(junk[0], wanted) == 0.0 for wanted in expected.calls))
    assert compare([*made[:place], *junk, *made[place:]], expected) <= compare(made, expected)


@given(small_calls(), small_calls(), st.integers(0, 3))
def test_unreadable_attempts_never_pay(made: list[Call], gold: list[Call], failed: int) -> None:
    expected = expected_calls(gold).calls
    before, after = compare_calls(made, expected, ROBUST, failed), compare_calls(made, expected, ROBUST, failed + 1)
    assert after < before or before == 0.0


@given(small_calls(1), small_calls(), st.data())
def test_copies_never_pay(made: list[Call], gold: list[Call], data: st.DataObject) -> None:
    expected = expected_calls(gold)
    copy = data.draw(st.sampled_from(made))
    wanted = sum(credit(copy, place) == 1.0 for place in expected.calls)
    assume(made.count(copy) >= max(1, wanted))
    after = compare([*made, copy], expected)
    assert after < compare(made, expected) or after == 0.0


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(small_calls(0, 3), small_calls(0, 3), small_calls(1, 1))
def test_dropping_a_right_call_never_pays(others: list[Call], gold: list[Call], right: list[Call]) -> None:
    expected = expected_calls([*gold, *right])
    partners = [wanted for wanted in expected.calls if credit(right[0], wanted) == 1.0]
    assume(all(credit(call, wanted) == 0.0 for call in others for wanted in partners))
    assert compare(others, expected) < compare([*others, *right], expected)


def test_why_that_law_has_a_condition() -> None:
    gold = expected_calls([Call("f", {"a": "one two three"})])
    right, near = Call("f", {"a": "one two three"}), Call("f", {"a": "one two four"})
    assert compare([right, near], gold) == 0.5
    assert compare([near], gold) == pytest.approx(2 / 3)


def test_optional_arguments_and_alternatives() -> None:
    wanted = ExpectedCall("f", {"a": Accepted((1, "one")), "b": Accepted((2,), optional=True)})
    for arguments, similarity in (
        ({"a": "One"}, 1.0),
        ({"a": 1, "b": 2}, 1.0),
        ({"a": 1, "b": 3}, 0.5),
        ({"b": 2}, 0.5),
    ):
        assert compare([Call("f", arguments)], Expected("calls", (wanted,))) == similarity


def test_more_calls_than_are_compared() -> None:
    gold = expected_calls([Call("f", {"a": i}) for i in range(4)])
    similarity = compare([Call("f", {"a": -i}) for i in range(1, 3000)], gold)
    assert similarity == 0.0
    assert sum(part.reason == "surplus" for part in similarity.parts) == 2999 - 512
    many = [Call("f", {"a": i, "b": i % 7}) for i in range(150)]
    assert compare(many[::-1], expected_calls(many)) == 1.0


@pytest.mark.parametrize("name", PROFILES)
def test_many_calls_of_one_name(name: str) -> None:
    made = [Call("f", {"a": f"word {i}", "b": i % 5}) for i in range(128)]
    gold = expected_calls([Call("f", {"a": f"word {i}", "b": i % 3}) for i in range(128)])
    assert 0.5 < compare(made, gold, profile=name) < 1.0


def test_the_other_kinds() -> None:
    call = Attempt("f()", None, "parsed", Call("f"))
    broken = Attempt("f(", None, "malformed", problem="x")
    hidden = Attempt("f()", None, "in_reasoning", Call("f"))
    nothing, one = Output("", attempts=(hidden,)), Output("", attempts=(call,))
    both = Output("", attempts=(call, broken))
    assert [compare(o, Expected("abstain")) for o in (nothing, one, both)] == [1.0, 0.0, 0.0]
    assert [compare(o, Expected("any_call")) for o in (nothing, one, both)] == [0.0, 1.0, 0.0]
    reply = Expected("reply", replies=("It rains in Paris.", "Rain."))
    assert compare(Output("", reply="rain"), reply) == 1.0
    assert compare(Output("", reply="it rains in Oslo"), reply) == 0.75
    assert compare(Output("", reply="rain", attempts=(broken,)), reply) == 0.0
    assert compare(Output(""), Expected("reply")) == 0.0


def test_unknown_profile() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'robust'"):
        profile("robst")
