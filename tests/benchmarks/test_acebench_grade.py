"""ACEBench's verdicts on its own data: every case's own answer, forms of answers, errata, totality."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from acebench_gold import gold_result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from starbench.benchmarks.acebench.benchmark import ACEBench
from starbench.errors import UnknownNameError

Make = Callable[..., ACEBench]
UNREAL = {"normal_similar_api_2", "normal_similar_api_22"}
"""Chinese cases whose functions have a number in their names."""


def failing(benchmark: ACEBench, grading: str) -> set[str]:
    return {
        case.id
        for case in benchmark.cases()
        if not benchmark.grade(case.id, gold_result(case, real_names=grading == "strict"), grading=grading).valid
    }


@pytest.mark.parametrize(("language", "cases"), [("en", 1023), ("zh", 1017)])
def test_sizes_are_the_published_ones(acebench: Make, language: str, cases: int) -> None:
    benchmark = acebench(language)
    ids = [case.id for case in benchmark.cases()]
    assert len(ids) == len(set(ids)) == cases == sum(benchmark.categories.values())
    assert benchmark.recognises(ids)


@pytest.mark.parametrize(
    ("language", "grading", "failures"),
    [("en", "official", 29), ("zh", "official", 8), ("en", "official-2025-09", 69), ("zh", "official-2025-09", 10)],
)
def test_its_own_answers_are_right_but_for_the_errata(
    acebench: Make, language: str, grading: str, failures: int
) -> None:
    benchmark = acebench(language)
    wrong = failing(benchmark, grading)
    assert len(wrong) == failures
    assert wrong == {id for id, e in benchmark.errata.items() if e.fails_right_answers("acebench", grading)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_own_answers_are_right_strictly_without_exception(acebench: Make, language: str) -> None:
    assert failing(acebench(language), "strict") == set()


def test_an_official_failure_names_its_erratum(acebench: Make) -> None:
    benchmark = acebench("zh")
    case = benchmark.case("normal_atom_object_short_1")
    verdict = benchmark.grade(case.id, gold_result(case))
    assert verdict.error == "lack_args"
    assert verdict.message.endswith("giving it is one argument too many)")
    assert verdict.similarity == 1.0


def test_the_two_scorers_differ_where_white_space_does(acebench: Make) -> None:
    benchmark = acebench()
    case = benchmark.case("normal_single_turn_single_function_47")
    answer = gold_result(case)
    assert benchmark.grade(case.id, f"Sure: {answer}").valid
    assert benchmark.grade(case.id, answer, grading="official-2025-09").error == "value_error"
    assert benchmark.grade(case.id, f"Sure: {answer}", grading="official-2025-09").error == "wrong_output_format"


def test_reasoning_is_split_off_unless_it_is_kept(acebench: Make) -> None:
    case = acebench().case("normal_atom_bool_0")
    answer = f"<think>[step 1] call it</think>\n\n{gold_result(case)}"
    assert acebench().grade(case.id, answer).valid
    assert acebench(keep_reasoning=True).grade(case.id, answer).error == "wrong_output_format"
    assert acebench(keep_reasoning=True).grade(case.id, answer, grading="strict").valid


def test_native_calls_are_graded_as_the_same_calls_in_text(acebench: Make) -> None:
    benchmark = acebench()
    for case in [*benchmark.cases("atom")][::7]:
        output = benchmark.read(case.id, gold_result(case))
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"type": "function", "function": {"name": c.name, "arguments": json.dumps(dict(c.arguments))}}
                for c in output.calls
            ],
        }
        for grading in benchmark.gradings:
            text, native = (benchmark.grade(case.id, x, grading=grading) for x in (gold_result(case), message))
            assert (text.valid, text.error, text.similarity) == (native.valid, native.error, native.similarity)


def test_a_special_case_is_right_without_a_call_only(acebench: Make) -> None:
    benchmark = acebench()
    case = benchmark.case("special_incomplete_0")
    said = gold_result(case)
    call = "[RealEstateManager_manageProperty(a=1)]"
    assert benchmark.grade(case.id, f"{said}\n{call}").valid
    strict = benchmark.grade(case.id, f"{call}\n{said}", grading="strict")
    assert (strict.error, strict.similarity) == ("call:unexpected", 0.0)
    partly = benchmark.grade(case.id, "Missing necessary parameters", grading="strict")
    assert (partly.error, partly.similarity) == ("reply:differs", 0.5)
    assert benchmark.grade(case.id, "", grading="strict").error == "reply:missing"
    assert benchmark.grade(case.id, f"<think>{said}", grading="strict").error == "reasoning:unclosed"
    assert benchmark.grade(case.id, None).error == "official:crash"


class TestAgents:
    def test_a_right_end_state_makes_the_process_right(self, acebench: Make) -> None:
        case = acebench().case("agent_multi_step_0")
        state = case.source["ground_truth"]
        verdict = acebench().grade(case.id, state)
        assert (verdict.valid, verdict.similarity, verdict.figures) == (True, 1.0, {"process_accuracy": 1.0})

    def test_a_wrong_one_has_the_share_of_milestones(self, acebench: Make) -> None:
        benchmark = acebench()
        case = benchmark.case("agent_multi_turn_0")
        stones = case.source["mile_stone"]
        answer = {"result": [], "process": [*stones[:1], "[look()]", *stones[2:]]}
        official = benchmark.grade(case.id, answer)
        strict = benchmark.grade(case.id, answer, grading="strict")
        assert official.error == "wrong number of class"
        assert official.figures == {"process_accuracy": 1 / len(stones)}
        assert strict.error == "turn:state"
        assert strict.figures == {"process_accuracy": (len(stones) - 1) / len(stones)}
        assert official.similarity == strict.similarity == strict.figures["process_accuracy"]
        assert official.output is not None
        assert official.output.text.count("\n") == len(stones) - 1
        for attempt in official.output.attempts:
            assert attempt.span is not None
            assert official.output.text[slice(*attempt.span)] == attempt.raw

    def test_all_milestones_do_not_make_it_right(self, acebench: Make) -> None:
        case = acebench().case("agent_multi_turn_0")
        verdict = acebench().grade(case.id, {"result": [], "process": case.source["mile_stone"]})
        assert (verdict.valid, verdict.similarity) == (False, 0.999)

    def test_without_a_trace_there_is_no_process_accuracy(self, acebench: Make) -> None:
        assert acebench().grade("agent_multi_turn_0", []).figures == {}

    def test_a_misspelt_class_of_the_answer_is_compared_strictly(self, acebench: Make) -> None:
        benchmark = acebench()
        case = benchmark.case("agent_multi_step_0")
        gold = {name: value for entry in case.source["ground_truth"] for name, value in entry.items()}
        reminders = {"ReminderApi": gold.pop("ReminderAPI")}
        right = [{name: value} for name, value in (gold | reminders).items()]
        wrong = [*right[:-1], {"ReminderApi": {"reminder_list": {"1": 1}}}]
        assert benchmark.grade(case.id, right, grading="strict").valid
        assert benchmark.grade(case.id, wrong).valid
        assert not benchmark.grade(case.id, wrong, grading="strict").valid

    @pytest.mark.parametrize("state", [None, 5, "abcd", [1, 2, 3, 4], ["a"] * 4, {"a": 1}, [{"BaseApi": 3}] * 4])
    def test_what_is_no_state_is_wrong(self, acebench: Make, state: Any) -> None:
        for grading in acebench().gradings:
            verdict = acebench().grade("agent_multi_turn_9", {"result": state, "process": [None]}, grading=grading)
            assert not verdict.valid


class TestBothLanguages:
    def test_ids_and_categories_carry_the_language(self, acebench: Make) -> None:
        both = acebench("both")
        assert len(both.categories) == 34
        assert both.case("zh:normal_atom_bool_0").category == "zh:normal_atom_bool"
        assert both.case("zh:normal_atom_bool_0").source == acebench("zh").case("normal_atom_bool_0").source
        assert both.recognises(["zh:normal_atom_bool_0"])
        units = both.units["en:normal_multi_turn_user_adjust"]
        assert units["en:normal_multi_turn_user_adjust_0_1"] == "en:normal_multi_turn_user_adjust_0"
        assert len(set(units.values())) == 50
        assert "zh:normal_similar_api_2" in both.errata

    @pytest.mark.parametrize("id", ["normal_atom_bool_0", "xx:normal_atom_bool_0"])
    def test_an_id_without_one_is_unknown(self, acebench: Make, id: str) -> None:
        with pytest.raises(UnknownNameError, match="does not say its language"):
            acebench("both").case(id)


def test_without_prompts_the_question_stands_alone_and_that_is_said(acebench: Make) -> None:
    benchmark = acebench()
    case = benchmark.case("normal_atom_bool_0")
    assert case.messages == ({"role": "user", "content": case.source["question"]},)
    told: list[str] = []
    benchmark._notify, former = told.append, benchmark._notify
    try:
        next(benchmark.cases())
    finally:
        benchmark._notify = former
    assert told == [
        "ACEBench's prompts are not among the data, so the messages are the bare questions; "
        "fetch them with: starbench data pull acebench"
    ]


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        ({"grading": "lenient"}, "official-2025-09"),
        ({"profile": "none"}, "robust"),
        ({"dialect": "none"}, "hermes"),
    ],
)
def test_unknown_names_are_errors_for_people(acebench: Make, arguments: dict[str, str], known: str) -> None:
    agents = [] if "dialect" in arguments else ["agent_multi_turn_0"]  # a state is in no dialect
    for id in ("normal_atom_bool_0", "special_irrelevant_0", *agents):
        with pytest.raises(UnknownNameError, match=known):
            acebench().grade(id, "", **arguments)


def test_unknown_cases_and_languages_are_errors_for_people(acebench: Make) -> None:
    with pytest.raises(UnknownNameError, match="its ids look like normal_atom_bool_0"):
        acebench().case("normal_atom_bool_50")
    with pytest.raises(UnknownNameError, match="known: both, en, zh"):
        acebench("fr")


IDS = [
    "normal_atom_list_1",
    "normal_atom_object_deep_3",
    "normal_single_turn_parallel_function_4",
    "normal_multi_turn_user_switch_6_0",
    "normal_preference_40",
    "special_incomplete_0",
    "special_error_param_1",
    "special_irrelevant_2",
    "agent_multi_turn_7",
    "agent_multi_step_6",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(id=st.sampled_from(IDS), data=st.data())
def test_any_answer_has_a_verdict_and_strict_means_a_similarity_of_1(acebench: Make, id: str, data: Any) -> None:
    benchmark = acebench(data.draw(st.sampled_from(["en", "zh"])))
    gold = str(gold_result(benchmark.case(id)))
    cut = data.draw(st.integers(0, len(gold)))
    answer = data.draw(
        JSON
        | st.sampled_from([gold, gold[:cut], gold[cut:], gold.replace("'", '"'), f"{gold}{gold}"])
        | st.text().map(lambda noise: f"{gold[:cut]}{noise}{gold[cut:]}")
        | st.fixed_dictionaries({"result": JSON, "process": JSON})
        | st.fixed_dictionaries({"role": st.just("assistant"), "content": JSON, "tool_calls": JSON})
    )
    similarities = set()
    for grading in benchmark.gradings:
        verdict = benchmark.grade(id, answer, grading=grading)
        assert (verdict.error is None) == verdict.valid
        assert 0.0 <= verdict.similarity <= 1.0
        similarities.add(float(verdict.similarity))
        if grading == "strict":
            assert verdict.valid == (verdict.similarity == 1.0)
    assert len(similarities) == 1
