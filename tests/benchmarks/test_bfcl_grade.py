"""BFCL's verdicts: every case's own answer, the ways an answer can come, and what is said about known errata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from gold import fc_row, gold_calls, prompted, with_source
from hypothesis import given, settings
from hypothesis import strategies as st

from starbench.benchmarks.bfcl.categories import CATEGORIES, place
from starbench.benchmarks.bfcl.errata import errata
from starbench.dialects import render
from starbench.errors import UnknownNameError
from starbench.types import Call, Case

if TYPE_CHECKING:
    from starbench.benchmarks.bfcl.benchmark import BFCL

WITH_ANSWERS = [name for name, row in CATEGORIES.items() if row.answers == "calls" and name != "format_sensitivity"]


def known_to_fail(dialect: str) -> set[str]:
    """The ids whose right answer fails official grading in a dialect."""
    return {id for id, e in errata().items() if e.effect != "harmless" and dialect.startswith(e.dialect)}


def answers(bfcl: BFCL, category: str) -> list[tuple[Case, list[Call]]]:
    return [(case, with_source(case, gold_calls(case))) for case in bfcl.cases(category)]


# a case's own answer


@pytest.mark.parametrize("category", WITH_ANSWERS)
def test_its_own_answer_in_rows_is_right_but_for_the_errata(bfcl: BFCL, category: str) -> None:
    failing = set()
    for case, calls in answers(bfcl, category):
        verdict = bfcl.grade(case.id, fc_row(calls), dialect="bfcl-fc")
        assert verdict.similarity == 1.0, (case.id, verdict.message)
        failing |= {case.id} - ({case.id} if verdict.valid else set())
    assert failing == {id for id in known_to_fail("bfcl-fc") if place(id).category.name == category}


RIGHT_BY_TWO_WRONGS = "simple_java_64"
"""As text, the official reader empties the right map, and the official answer accepts just the empty one."""


@pytest.mark.parametrize("category", WITH_ANSWERS)
def test_its_own_answer_as_text_is_right_but_for_the_errata(bfcl: BFCL, category: str) -> None:
    failing = set()
    for case, calls in answers(bfcl, category):
        verdict = bfcl.grade(case.id, prompted(case, calls), dialect="bfcl-prompt")
        assert verdict.similarity == 1.0, (case.id, verdict.message)
        failing |= {case.id} - ({case.id} if verdict.valid else set())
    known = known_to_fail("bfcl-prompt") - {RIGHT_BY_TWO_WRONGS}
    assert failing == {id for id in known if place(id).category.name == category}


def holds_literals(calls: list[Call]) -> bool:
    """Whether a list or object holds what Python and JSON write differently; in XML the official code reads Python."""
    nested = [value for call in calls for value in call.arguments.values() if isinstance(value, (list, dict))]
    return any(word in json.dumps(nested) for word in ("true", "false", "null"))


def test_its_own_answer_in_every_prompt_form_is_right_but_for_the_errata(bfcl: BFCL) -> None:
    failing = set()
    for case in bfcl.cases("format_sensitivity"):
        where, calls = place(case.id), gold_calls(case)
        text = prompted(case, calls, where.form.fmt, where.form.tagged)
        verdict = bfcl.grade(case.id, text)
        assert verdict.similarity == 1.0, (case.id, text, verdict.message)
        if not verdict.valid and not ("xml" in where.form.fmt and holds_literals(calls)):
            failing.add((where.base, where.form.fmt))
    assert failing == {("simple_python_96", "json")} <= {(id, "json") for id in known_to_fail("bfcl-prompt-json")}


@pytest.mark.parametrize("category", ["irrelevance", "live_irrelevance", "live_relevance"])
def test_calling_is_wrong_or_right_by_category(bfcl: BFCL, category: str) -> None:
    calling = category == "live_relevance"
    for case in bfcl.cases(category):
        if not case.tools:
            continue
        row = fc_row([Call(case.tools[0].name)])
        assert bfcl.grade(case.id, row).valid is calling
        assert bfcl.grade(case.id, row, grading="strict").valid is calling
        assert bfcl.grade(case.id, "I am sorry, no function fits.").valid is not calling
        assert bfcl.grade(case.id, "I am sorry, no function fits.", grading="strict").valid is not calling


# how an answer can come

TRIANGLE = Call("calculate_triangle_area", {"base": 10, "height": 5})
FACTORIAL = Call("math.factorial", {"number": 5})


@pytest.mark.parametrize(
    ("id", "result", "dialect"),
    [
        ("simple_python_0", fc_row([TRIANGLE]), "bfcl-fc"),
        ("simple_python_1", fc_row([FACTORIAL]), "bfcl-fc"),
        ("simple_python_1", "[math.factorial(number=5)]", "bfcl-prompt"),
        ("simple_python_1", "<think>Let me see [f(x)].</think>\n\nmath.factorial(number=5)", "bfcl-prompt"),
        ("simple_python_1", render([FACTORIAL], "hermes"), "hermes"),
        ("simple_python_1", {"role": "assistant", "content": "[math.factorial(number=5)]"}, "bfcl-prompt"),
        ("simple_python_1", {"content": render([FACTORIAL], "hermes"), "tool_calls": []}, "hermes"),
        (
            "simple_python_1",
            {"tool_calls": [{"function": {"name": "math_factorial", "arguments": '{"number": 5}'}}]},
            "message.openai",
        ),
        (
            "simple_python_1",
            {"tool_calls": [{"function": {"name": "math_factorial", "arguments": {"number": 5}}}]},
            "message.openai",
        ),
        (
            "simple_python_1",
            [
                {"type": "reasoning", "summary": []},
                {"type": "function_call", "name": "math_factorial", "arguments": '{"number": 5}'},
            ],
            "message.openai",
        ),
        ("simple_0", "[calculate_triangle_area(base=10, height=5)]", "bfcl-prompt"),
    ],
)
def test_the_dialect_is_found_and_both_gradings_agree(bfcl: BFCL, id: str, result: Any, dialect: str) -> None:
    for grading in bfcl.gradings:
        verdict = bfcl.grade(id, result, grading=grading)
        assert verdict.valid, verdict.message
        assert verdict.similarity == 1.0
        assert verdict.output is not None
        assert verdict.output.dialect == dialect


@pytest.mark.parametrize(
    ("result", "official", "strict"),
    [
        (None, "ast_decoder:decoder_failed", "call:none"),
        ("", "simple_function_checker:wrong_count", "call:none"),
        ([], "simple_function_checker:wrong_count", "call:none"),
        ("I cannot do that.", "ast_decoder:decoder_failed", "call:none"),
        ("<tool_call>{broken</tool_call>", "ast_decoder:decoder_failed", "call:malformed"),
        ({"content": "", "tool_calls": []}, "simple_function_checker:wrong_count", "call:none"),
        ([{"math_factorial": '{"number": "5"}'}], "type_error:simple", "argument:type"),
        ([{"math_factorial": '{"number": 6}'}], "value_error:others", "argument:value"),
        ([{"math_factorial": "{}"}], "simple_function_checker:missing_required", "argument:missing"),
        ([{"math_factorial": '{"number": 5}'}] * 2, "simple_function_checker:wrong_count", "call:unexpected"),
        ([{"math.factorial": '{"number": 5}'}], "simple_function_checker:wrong_func_name", None),
        ([5], "ast_decoder:decoder_failed", "call:none"),
        (7, "ast_decoder:decoder_failed", "call:none"),
    ],
)
def test_what_is_wrong_has_a_code_and_a_sentence(bfcl: BFCL, result: Any, official: str, strict: str | None) -> None:
    by_official, by_strict = (bfcl.grade("simple_python_1", result, grading=grading) for grading in bfcl.gradings)
    assert (by_official.error, by_strict.error) == (official, strict)
    assert not by_official.valid
    assert by_official.message
    assert by_official.similarity == by_strict.similarity


def test_naming_the_dialect_overrules_the_marks_in_the_text(bfcl: BFCL) -> None:
    """A prompted model's stored text is judged as the official code judges it, whatever it looks like."""
    text = render([FACTORIAL], "hermes")
    assert bfcl.grade("simple_python_1", text, dialect="bfcl_prompt").error == "ast_decoder:decoder_failed"
    assert bfcl.grade("irrelevance_0", text).error == "irrelevance_error:decoder_success"
    assert bfcl.grade("irrelevance_0", text, dialect="bfcl-prompt").valid


@pytest.mark.parametrize("category", ["irrelevance_0", "simple_python_0"])
def test_an_error_message_of_the_server_is_no_answer(bfcl: BFCL, category: str) -> None:
    strict = bfcl.grade(category, "Error during inference: timeout", grading="strict")
    assert (strict.valid, strict.error, strict.similarity) == (False, "infra:error", 0.0)
    assert bfcl.grade(category, "Error during inference: timeout").valid is (category == "irrelevance_0")


def test_java_values_are_read_before_they_are_compared(bfcl: BFCL) -> None:
    case = bfcl.case("simple_java_83")
    (call,) = with_source(case, gold_calls(case))
    assert 'new String[]{"-waitTime"' in call.arguments["argv"]
    output = bfcl.read(case.id, fc_row([call]))
    assert output.calls[0].arguments["argv"][0] == "-waitTime"


def test_a_known_erratum_is_named_beside_the_official_verdict(bfcl: BFCL) -> None:
    case = bfcl.case("live_multiple_964-207-0")
    verdict = bfcl.grade(case.id, fc_row(gold_calls(case)))
    assert verdict.error == "simple_function_checker:unexpected_param"
    assert "known to be unsatisfiable: the answer calls the required argument statement" in verdict.message
    assert bfcl.grade(case.id, fc_row(gold_calls(case)), grading="strict").valid


def test_names_that_do_not_exist_are_sentences(bfcl: BFCL) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'strict'"):
        bfcl.grade("simple_python_0", "", grading="strikt")
    with pytest.raises(UnknownNameError, match="dialect"):
        bfcl.grade("simple_python_0", "", dialect="hermse")
    with pytest.raises(UnknownNameError, match="profile"):
        bfcl.grade("simple_python_0", "", profile="robuster")
    with pytest.raises(UnknownNameError, match="not the id of a BFCL case"):
        bfcl.grade("nothing", "")


@pytest.mark.parametrize("id", ["multi_turn_base_0", "memory_kv_0-customer-0"])
def test_names_are_checked_for_conversations_too(bfcl: BFCL, id: str) -> None:
    with pytest.raises(UnknownNameError, match="dialect"):
        bfcl.grade(id, [[]], dialect="hermse")
    with pytest.raises(UnknownNameError, match="profile"):
        bfcl.grade(id, [[]], profile="robuster")


# whatever a model writes

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
TEXTS = st.text(max_size=80) | st.text("[](){}=,'\"<>/_abf5 \n", max_size=80)
RESULTS = TEXTS | JSON_VALUES | st.lists(st.dictionaries(st.text(max_size=8), TEXTS, max_size=2), max_size=3)
IDS = st.sampled_from(
    [
        "simple_python_1",
        "simple_java_36",
        "simple_javascript_5",
        "parallel_0",
        "live_multiple_121-46-0",
        "irrelevance_3",
        "live_relevance_0-0-0",
        "multi_turn_miss_param_12",
        "memory_kv_0-customer-0",
    ]
)


@settings(deadline=None)
@given(IDS, RESULTS, st.sampled_from(["auto", "bfcl-fc", "bfcl-prompt", "message.openai", "hermes", "plain"]))
def test_every_answer_gets_a_verdict(bfcl: BFCL, id: str, result: Any, dialect: str) -> None:
    for grading in bfcl.gradings:
        verdict = bfcl.grade(id, result, dialect=dialect, grading=grading)
        assert 0 <= verdict.similarity <= 1
        assert verdict.valid == (verdict.error is None)
        if grading == "strict":
            assert verdict.valid == (verdict.similarity == 1.0)
        json.dumps(verdict.message)
