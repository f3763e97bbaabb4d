"""ACEBench's special cases, agents, prompts and categories, without its data."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench import store
from starbench.benchmarks.acebench.agent import Run, judge_end_state, process_accuracy, run_of
from starbench.benchmarks.acebench.answers import as_stored, read, without_reasoning
from starbench.benchmarks.acebench.categories import CATEGORIES, category_of, dialogue_of, selected, without_language
from starbench.benchmarks.acebench.checker import judge
from starbench.benchmarks.acebench.decode import DecodeFailure, decode
from starbench.benchmarks.acebench.errata import errata, renamed
from starbench.benchmarks.acebench.prompts import Prompts, text_constants
from starbench.benchmarks.acebench.special import coverage, judge_special
from starbench.errors import UnknownNameError

MISSING = {"book": ["to", "day"]}


class TestSpecial:
    @pytest.mark.parametrize(
        ("text", "error", "share"),
        [
            ("Missing necessary parameters (to, day) for the api (book)", "", 1.0),
            ("Missing necessary parameters (to) for the api (book)", "error_correction", 0.5 + 0.5 * 2 / 3),
            ("Missing necessary parameters", "error_correction", 0.5),
            ("to, day, book", "error_detection", 0.0),
            ("", "error_detection", 0.0),
        ],
    )
    def test_detection_and_correction(self, text: str, error: str, share: float) -> None:
        assert judge_special("incomplete", MISSING, text).error_type == error
        assert coverage("incomplete", MISSING, text) == pytest.approx(share)

    def test_the_last_problem_is_the_one_reported(self) -> None:
        found = judge_special("incomplete", MISSING, "Missing necessary parameters of book")
        assert "(day) for the (book)" in found.text
        found = judge_special("error_param", {"a": ["1x"], "b": ["2x"]}, "There is incorrect value")
        assert "(['2x']) of the parameters (b)" in found.text

    @given(st.sampled_from(["incomplete", "error_param"]), st.lists(st.sampled_from(["to", "day", "book", "of"])))
    def test_coverage_is_1_exactly_where_the_verdict_is_right(self, kind: Any, words: list[str]) -> None:
        text = "Missing necessary parameters There is incorrect value " + " ".join(words)
        assert (coverage(kind, MISSING, text) == 1.0) == judge_special(kind, MISSING, text).valid


class TestAgents:
    def test_more_than_is_expected_does_no_harm_inside_an_object(self) -> None:
        truth = [{"A": {"x": {"k": 1}}}]
        assert judge_end_state(truth, [{"A": {"x": {"k": 1, "more": 2}}}]).valid
        assert judge_end_state(truth, [{"A": {"y": 1}}]).text == "class(A) attributes(y) missing in possible_answer."
        assert judge_end_state(truth, [{"A": {"x": {"k": 3}}}]).text.endswith("(x.k) wrong, [expected: 1, real: 3]")

    def test_an_attribute_that_was_left_out_is_only_missed_strictly(self) -> None:
        truth = [{"A": {"x": 1, "y": 2}}]
        assert judge_end_state(truth, [{"A": {"x": 1}}]).valid
        assert not judge_end_state(truth, [{"A": {"x": 1}}], strict=True).valid

    def test_the_number_of_classes_counts(self) -> None:
        assert judge_end_state([{"A": {}}], []).error_type == "wrong number of class"

    def test_the_best_of_several_lists_of_milestones_counts(self) -> None:
        assert process_accuracy([["a", "b"], ["a", "c", "d"]], [" a\n", "d"]) == 0.5
        assert process_accuracy([], []) == 1.0

    def test_a_row_is_a_state_with_a_trace_or_without(self) -> None:
        assert run_of({"result": [], "process": ["a", 5]}) == Run([], ("a", ""))
        assert run_of({"result": [], "process": None}) == Run([])
        assert run_of([{"A": {}}]) == Run([{"A": {}}])

    def test_misspelt_classes_are_read_under_their_names(self) -> None:
        assert renamed([{"ReminderAPI": 1}, "x"], {"ReminderAPI": "=ReminderApi"}) == [{"ReminderApi": 1}, "x"]
        assert renamed("x", {"a": "=b"}) == "x"


class TestAnswers:
    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("<think>a</think>\n\n[f()]", "[f()]"),
            ("a</think>b</think> [f()]", " [f()]"),
            ("<think>never closed [f()]", "<think>never closed [f()]"),
            ("[f()]\n", "[f()]\n"),
        ],
    )
    def test_reasoning_ends_at_its_last_tag(self, text: str, answer: str) -> None:
        assert without_reasoning(text) == answer

    def test_calls_of_a_message_are_written_as_text(self) -> None:
        call = {"type": "function", "function": {"name": "f", "arguments": '{"a": [1, "b"], "c": null}'}}
        message = {"role": "assistant", "content": "<think>x</think>", "tool_calls": [call]}
        assert as_stored(message, read(message, "auto", ()), "auto", keep_reasoning=False) == "[f(a=[1, 'b'], c=None)]"

    def test_a_message_without_calls_is_its_text(self) -> None:
        message = {"role": "assistant", "content": "<think>x</think>No."}
        assert as_stored(message, read(message, "auto", ()), "auto", keep_reasoning=False) == "No."
        assert as_stored(message, read(message, "auto", ()), "auto", keep_reasoning=True) == message["content"]

    def test_a_text_in_another_dialect_is_its_calls_only_when_that_was_asked_for(self) -> None:
        text = '<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>'
        output = read(text, "hermes", ())
        assert as_stored(text, output, "hermes", keep_reasoning=False) == "[f(a=1)]"
        assert as_stored(text, output, "auto", keep_reasoning=False) == text

    @pytest.mark.parametrize("given", [None, 5, [], {}, ["a"], {"result": 1}])
    def test_anything_else_is_passed_on(self, given: Any) -> None:
        assert as_stored(given, read(given, "auto", ()), "auto", keep_reasoning=False) == given


class TestDecode:
    @given(st.text() | st.from_regex(r"\[f\([a-z]=.{0,40}\)\]", fullmatch=True), st.booleans())
    def test_any_text_is_read_or_refused(self, text: str, multi_turn: bool) -> None:
        try:
            calls = decode(text, multi_turn=multi_turn)
        except DecodeFailure:
            return
        assert all(len(call) == 1 for call in calls)

    @pytest.mark.parametrize("given", [None, 5, True, [], {}, ["[", "]"], b"[f()]"])
    @pytest.mark.parametrize("multi_turn", [True, False])
    def test_what_is_no_text_is_refused(self, given: Any, multi_turn: bool) -> None:
        with pytest.raises(DecodeFailure):
            decode(given, multi_turn=multi_turn)

    @pytest.mark.parametrize("text", ["[f(a=9**9**9)]", "[f(a='x'*10**9)]", "[f(a=" + "(" * 3000 + "]", "[" * 60_000])
    def test_costly_texts_are_refused(self, text: str) -> None:
        with pytest.raises(DecodeFailure):
            decode(text, multi_turn=False)

    def test_a_judged_answer_has_a_text_whatever_form_the_error_has(self) -> None:
        functions = [{"name": "f", "parameters": {"properties": {"a": {"type": "string"}}, "required": ["a"]}}]
        assert judge(functions, [{"f": {"b": 1}}], {"f": {"a": "x"}}).text == "lack required_params: a"
        assert judge(functions, [{"f": {}}], {"f": {"a": "x"}}).text == ""
        assert judge(functions, [], {"f": {}}).text == "The number of functions does not match the answer."


class TestCategories:
    @pytest.mark.parametrize(
        ("id", "category"),
        [
            ("normal_atom_bool_0", "normal_atom_bool"),
            ("normal_multi_turn_user_adjust_12_1", "normal_multi_turn_user_adjust"),
            ("normal_multi_turn_user_adjust_12", None),
            ("normal_atom_bool_0_1", None),
            ("agent_multi_turn_7", "agent_multi_turn"),
            ("simple_python_0", None),
            ("multi_turn_base_0", None),
            ("", None),
        ],
    )
    def test_an_id_tells_its_category(self, id: str, category: str | None) -> None:
        found = category_of(id)
        assert (found.name if found else None) == category

    def test_steps_belong_to_dialogues_and_names_may_carry_a_language(self) -> None:
        assert dialogue_of("normal_multi_turn_user_adjust_12_1") == "normal_multi_turn_user_adjust_12"
        assert without_language("zh:a_0") == ("zh", "a_0")
        assert without_language("xx:a_0") == ("", "xx:a_0")

    def test_groups_and_parts_name_several_categories(self) -> None:
        assert len(selected(None)) == len(CATEGORIES) == 17
        assert len(selected("normal")) == 12
        assert len(selected("atom")) == 6
        assert [row.name for row in selected("special_irrelevant")] == ["special_irrelevant"]
        with pytest.raises(UnknownNameError, match="did you mean 'special'"):
            selected("specail")

    def test_errata_name_cases_of_their_language(self) -> None:
        for language in ("en", "zh"):
            assert all(category_of(id) for id in errata(language))
        assert {id for id, e in errata("zh").items() if e.effect == "unsatisfiable"} == {
            "normal_atom_object_short_1",
            "normal_similar_api_2",
            "normal_similar_api_22",
        }


class OnePrompt:
    """A data folder that holds a file of prompts."""

    def __init__(self, source: str | None) -> None:
        self.source = source

    def absent_extras(self) -> list[str]:
        return [] if self.source is not None else ["model_inference/prompt_en.py"]

    def read(self, file: str) -> bytes:
        assert file == "model_inference/prompt_en.py"
        return (self.source or "").encode()


SOURCE = '''
import os; os.abort()
SYSTEM_PROMPT_FOR_NORMAL_DATA_EN = """Now: {time}
Tools: {function}"""
SYSTEM_PROMPT_FOR_PREFERENCE_DATA_EN = "Who: {profile} Tools: {function}"
SYSTEM_PROMPT_FOR_SPECIAL_DATA_EN = "Special {time} {function}"
USER_PROMPT_EN = "History:\\n{question}"
NUMBER = 5
'''


ENTRY = {"question": "user: hi {x}\n", "function": [{"name": "f", "strict": True}], "time": "noon"}


TEMPLATES = {
    "en": {
        "SYSTEM_PROMPT_FOR_NORMAL_DATA": "c142194cbe23c7f7",
        "SYSTEM_PROMPT_FOR_PREFERENCE_DATA": "bc070531e2cb568b",
        "SYSTEM_PROMPT_FOR_SPECIAL_DATA": "7313cee594b6cabf",
        "USER_PROMPT": "4a8681d9f87c02cc",
    },
    "zh": {
        "SYSTEM_PROMPT_FOR_NORMAL_DATA": "a90208488db66521",
        "SYSTEM_PROMPT_FOR_PREFERENCE_DATA": "3ddd17adc41f39df",
        "SYSTEM_PROMPT_FOR_SPECIAL_DATA": "3a34bb6e77bc7afd",
        "USER_PROMPT": "ea7488fbe4728cd8",
    },
}
"""The first digits of the sha256 of each template."""


class TestPrompts:
    def made(self, source: str | None) -> Prompts:
        return Prompts(OnePrompt(source), "en")  # type: ignore[arg-type]

    def test_constants_are_read_and_nothing_is_run(self) -> None:
        assert set(text_constants(SOURCE)) >= {"USER_PROMPT_EN"}
        assert "NUMBER" not in text_constants(SOURCE)

    def test_functions_stand_as_python_writes_them(self) -> None:
        system, user = self.made(SOURCE).messages(CATEGORIES["normal_atom_bool"], ENTRY)
        assert system == {"role": "system", "content": "Now: noon\nTools: [{'name': 'f', 'strict': True}]"}
        assert user == {"role": "user", "content": "History:\nuser: hi {x}\n"}

    def test_each_kind_of_case_has_its_template(self) -> None:
        prompts = self.made(SOURCE)
        special = prompts.messages(CATEGORIES["special_irrelevant"], ENTRY)
        assert special[0]["content"].startswith("Special noon")
        person = {**ENTRY, "profile": "{'age': 7}"}
        preference = prompts.messages(CATEGORIES["normal_preference"], person)
        assert preference[0]["content"].startswith("Who: {'age': 7}")

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_the_published_templates_are_these(self, language: str) -> None:
        folder = store.find(store.dataset("acebench"), notify=lambda _: None)
        if folder is None or folder.absent_extras():
            pytest.skip("ACEBench's prompts are not in the cache; they are after: starbench data pull acebench")
        texts = Prompts(folder, language).texts
        for name, digest in TEMPLATES[language].items():
            assert hashlib.sha256(texts[name].encode()).hexdigest().startswith(digest)

    @pytest.mark.parametrize(("source", "category"), [(None, "normal_atom_bool"), (SOURCE, "agent_multi_turn")])
    def test_without_a_prompt_the_question_stands_alone(self, source: str | None, category: str) -> None:
        prompts = self.made(source)
        assert prompts.known is (source is not None)
        assert prompts.messages(CATEGORIES[category], ENTRY) == [{"role": "user", "content": ENTRY["question"]}]
