"""BFCL's ids, entries and cases, on the published data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench import store
from starbench.benchmarks.bfcl.categories import (
    CATEGORIES,
    COLLECTIONS,
    CONFIGURATIONS,
    PromptForm,
    place,
    recognised,
    selected,
)
from starbench.benchmarks.bfcl.errata import errata
from starbench.errors import StarbenchError, UnknownNameError
from starbench.types import Accepted, Fields

if TYPE_CHECKING:
    from starbench.benchmarks.bfcl.benchmark import BFCL

# ids and tables, without data


def test_the_table_has_the_published_sizes() -> None:
    sizes = {name: row.size for name, row in CATEGORIES.items()}
    assert sum(sizes.values()) == 10306
    assert sum(sizes[name] for name in COLLECTIONS["all_scoring"]) == 5106
    assert sum(sizes[name] for name in COLLECTIONS["single_turn"]) == 3641


@pytest.mark.parametrize(
    ("id", "category", "base"),
    [
        ("simple_python_0", "simple_python", "simple_python_0"),
        ("simple_12", "simple_python", "simple_python_12"),
        ("java_3", "simple_java", "simple_java_3"),
        ("javascript_3", "simple_javascript", "simple_javascript_3"),
        ("parallel_multiple_26", "parallel_multiple", "parallel_multiple_26"),
        ("live_simple_19-3-15", "live_simple", "live_simple_19-3-15"),
        ("multi_turn_miss_func_7", "multi_turn_miss_func", "multi_turn_miss_func_7"),
        ("memory_rec_sum_3-customer-3", "memory_rec_sum", "memory_rec_sum_3-customer-3"),
    ],
)
def test_an_id_says_where_its_case_stands(id: str, category: str, base: str) -> None:
    found = place(id)
    assert (found.category.name, found.base, found.id) == (category, base, base)
    assert found.form == PromptForm()


def test_a_format_sensitivity_id_holds_its_prompt_form() -> None:
    configuration = "ret_fmt=verbose_xml&tool_call_tag=True&func_doc_fmt=xml&prompt_fmt=plaintext&style=classic"
    found = place(f"format_sensitivity_7:{configuration}:live_simple_19-3-15")
    assert found.category.name == "format_sensitivity"
    assert found.base_category.name == "live_simple"
    assert found.form == PromptForm("verbose_xml", tagged=True)
    assert found.form.dialect("python") == "bfcl-prompt-verbose-xml"


def test_the_configurations_are_the_published_26_in_their_order() -> None:
    names = list(CONFIGURATIONS)
    assert len(names) == 26
    assert names[0] == "ret_fmt=python&tool_call_tag=True&func_doc_fmt=python&prompt_fmt=plaintext&style=classic"
    assert names[3] == "ret_fmt=python&tool_call_tag=False&func_doc_fmt=python&prompt_fmt=plaintext&style=classic"
    assert names[24] == "ret_fmt=python&tool_call_tag=False&func_doc_fmt=json&prompt_fmt=markdown&style=classic"
    assert names[25] == "ret_fmt=python&tool_call_tag=False&func_doc_fmt=json&prompt_fmt=plaintext&style=experimental"


@pytest.mark.parametrize(
    "id", ["", "x", "simple_python", "simple_python_", "simple_python_1:x", "simpel_1", "format_sensitivity_0", "0"]
)
def test_what_is_no_id_is_named(id: str) -> None:
    with pytest.raises(UnknownNameError, match="BFCL"):
        place(id)


@given(st.text(max_size=60) | st.text("abcdemilnoprtvy_0123456789-:=&", max_size=60))
def test_any_text_is_an_id_or_a_sentence(text: str) -> None:
    try:
        place(text)
    except StarbenchError as error:
        assert str(error)


def test_categories_are_selected_by_name_former_name_or_collection() -> None:
    assert [row.name for row in selected("java")] == ["simple_java"]
    assert [row.name for row in selected("live")] == [name for name in CATEGORIES if name.startswith("live_")]
    assert [row.name for row in selected(None)] == [name for name in CATEGORIES if name != "format_sensitivity"]
    assert [row.name for row in selected("memory")] == ["memory_kv", "memory_vector", "memory_rec_sum"]
    assert len(selected("multi_turn")) == 4
    assert len(selected("agentic")) == 5
    with pytest.raises(UnknownNameError, match="did you mean 'live_simple'"):
        selected("live_simpel")


def test_ids_of_bfcl_are_recognised_old_and_new() -> None:
    for id in ("simple_0", "simple_java_4", "live_multiple_3-1-0", "multi_turn_base_3", "memory_kv_0-customer-0"):
        assert recognised(id)
    for id in ("", "sample_simple_0", "normal_atom_bool_1", "simple_python_x", "live_multiple_3-1"):
        assert not recognised(id)


# cases, with data


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_its_size_and_its_own_ids(bfcl: BFCL, category: str) -> None:
    cases = list(bfcl.cases(category))
    assert len({case.id for case in cases}) == len(cases) == bfcl.categories[category]
    assert {case.category for case in cases} == {category}
    assert all(case.messages for case in cases)


@pytest.mark.parametrize("category", sorted(COLLECTIONS["single_turn"]))
def test_entries_hold_their_functions_word_for_word(bfcl: BFCL, category: str) -> None:
    """Those that are the same are kept once; some differ in the order of keys alone."""
    lines = store.obtain("bfcl").read(f"data/BFCL_v4_{category}.json").splitlines()
    published = [json.dumps(json.loads(line)["function"]) for line in lines]
    assert [json.dumps(case.source["function"]) for case in bfcl.cases(category)] == published


def test_a_function_of_many_entries_is_kept_once(bfcl: BFCL) -> None:
    first, second = bfcl.case("live_simple_3-2-1"), bfcl.case("live_simple_2-2-0")
    assert first.tools[0] is second.tools[0]
    assert first.source["function"][0] is second.source["function"][0]


def test_all_cases_are_those_that_count(bfcl: BFCL) -> None:
    assert sum(1 for _ in bfcl.cases()) == sum(row.size for row in selected(None))


def test_format_sensitivity_goes_through_the_configurations_entry_by_entry(bfcl: BFCL) -> None:
    ids = [case.id for case in bfcl.cases("format_sensitivity")]
    assert ids[0].startswith("format_sensitivity_0:ret_fmt=python&tool_call_tag=True")
    assert ids[0].endswith(":simple_python_19")
    assert ids[25].endswith("style=experimental:simple_python_19")
    assert ids[26].endswith(":simple_python_25")
    assert ids[-1].endswith("style=experimental:live_parallel_multiple_21-18-0")


@pytest.mark.parametrize(
    "id",
    [
        "simple_python_400",
        "live_simple_0-0-1",
        f"format_sensitivity_1:{next(iter(CONFIGURATIONS))}:simple_python_19",
        f"format_sensitivity_0:{next(iter(CONFIGURATIONS))}:simple_python_0",
    ],
)
def test_ids_of_the_right_form_without_a_case_are_named(bfcl: BFCL, id: str) -> None:
    with pytest.raises(UnknownNameError, match="has no case"):
        bfcl.case(id)


def test_a_former_id_gives_the_case_of_today(bfcl: BFCL) -> None:
    assert bfcl.case("java_3") == bfcl.case("simple_java_3")


def test_a_case_in_full(bfcl: BFCL) -> None:
    case = bfcl.case("simple_python_0")
    assert case.messages[0]["role"] == "user"
    assert [tool.name for tool in case.tools] == ["calculate_triangle_area"]
    assert case.tools[0].parameters["properties"]["base"]["type"] == "integer"
    (call,) = case.expected.calls
    assert call.name == "calculate_triangle_area"
    assert call.arguments == {
        "base": Accepted((10,)),
        "height": Accepted((5,)),
        "unit": Accepted(("units",), optional=True),
    }


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("irrelevance", "abstain"),
        ("live_irrelevance", "abstain"),
        ("live_relevance", "any_call"),
        ("live_simple", "calls"),
        ("multi_turn_long_context", "calls"),
        ("web_search_no_snippet", "reply"),
        ("memory_vector", "reply"),
    ],
)
def test_what_is_expected_of_each_kind(bfcl: BFCL, category: str, kind: str) -> None:
    assert {case.expected.kind for case in bfcl.cases(category)} == {kind}


def test_a_conversation_holds_all_its_turns(bfcl: BFCL) -> None:
    case = bfcl.case("multi_turn_base_0")
    assert [message["role"] for message in case.messages] == ["user"] * 4
    assert {"post_tweet", "mkdir"} <= {tool.name for tool in case.tools}
    assert [call.name for call in case.expected.calls][:3] == ["cd", "mkdir", "mv"]
    assert case.expected.calls[5].arguments == {"file_name": Accepted(("final_report.pdf",))}  # given by position


def test_categories_that_share_a_file_have_tools_of_their_own(bfcl: BFCL) -> None:
    assert "core_memory_add" in {tool.name for tool in bfcl.case("memory_kv_0-customer-0").tools}
    assert "memory_append" in {tool.name for tool in bfcl.case("memory_rec_sum_0-customer-0").tools}
    assert bfcl.case("web_search_base_3").expected == bfcl.case("web_search_no_snippet_3").expected


def argument(bfcl: BFCL, id: str, name: str, call: int = 0) -> Accepted:
    return bfcl.case(id).expected.calls[call].arguments[name]


@pytest.mark.parametrize(
    ("id", "name", "accepted"),
    [
        # objects and lists of objects have alternatives of their own
        ("simple_python_89", "conditions", {"department": Accepted(("Science",))}),
        ("simple_python_96", "conditions", [{"field": Accepted(("age",))}, {"field": Accepted(("job",))}]),
    ],
)
def test_objects_become_fields(bfcl: BFCL, id: str, name: str, accepted: object) -> None:
    (value,) = argument(bfcl, id, name).alternatives
    if isinstance(accepted, list):
        assert [item.fields["field"] for item in value] == [item["field"] for item in accepted]
    else:
        assert isinstance(value, Fields)
        assert value.fields["department"] == accepted["department"]


@pytest.mark.parametrize(
    ("id", "name", "accepted"),
    [
        # optional, and nothing else is right
        ("simple_python_211", "cc", Accepted((), optional=True)),
        # a required argument cannot be left out, whatever the answer says
        ("live_multiple_69-30-0", "port", Accepted((5432,))),
        # ... and "" is a text of its own then
        ("parallel_multiple_119", "league_name", Accepted(("Premier League", "PL", ""))),
        # null is a value
        ("live_multiple_912-191-0", "min_age", Accepted((None,), optional=True)),
        # the documented type is text, the answer a boolean or a number: its spelling is right as well
        ("live_multiple_552-153-1", "is_unisex", Accepted((True, "true"))),
        ("live_multiple_595-158-1", "number_of_rooms", Accepted((2, "2"))),
        # source text in the answer is read like source text of a model
        ("simple_javascript_41", "payload", Accepted((0.0,), optional=True)),
        ("simple_java_62", "from", Accepted(("20.5", "20.5"))),
    ],
)
def test_alternatives_are_read_as_they_are_meant(bfcl: BFCL, id: str, name: str, accepted: Accepted) -> None:
    calls = bfcl.case(id).expected.calls
    assert next(call.arguments[name] for call in calls if name in call.arguments) == accepted


def test_an_argument_that_is_not_documented_is_never_demanded(bfcl: BFCL) -> None:
    for case in bfcl.cases():
        documented = {tool["name"]: tool["parameters"]["properties"] for tool in case.source["function"]}
        for call in case.expected.calls:
            for name, accepted in call.arguments.items():
                assert accepted.optional or name in documented[call.name], (case.id, name)


def test_every_expected_argument_can_be_satisfied(bfcl: BFCL) -> None:
    for case in bfcl.cases():
        for call in case.expected.calls:
            for name, accepted in call.arguments.items():
                assert accepted.alternatives or accepted.optional, (case.id, name)


# errata


def test_every_erratum_is_about_a_case_and_mends_one_of_its_arguments(bfcl: BFCL) -> None:
    for id, erratum in errata().items():
        arguments = {name for call in bfcl.case(id).source["ground_truth"] for name in next(iter(call.values()))}
        assert erratum.reason
        assert set(erratum.mend) <= arguments, id


@pytest.mark.parametrize(
    ("id", "name", "alternatives"),
    [
        ("simple_javascript_16", "vertices", ([[10.0, 15.0], [20.0, 25.0]],)),
        ("simple_javascript_13", "userData", ("userDataArray", ["userDataArray"])),
        ("live_simple_106-63-0", "bank_hours_start", ([],)),
        ("live_multiple_507-149-4", "origin_airport", ("Los Angeles", "Los Angeles, CA", "LA", "LAX")),
    ],
)
def test_mended_answers(bfcl: BFCL, id: str, name: str, alternatives: tuple[object, ...]) -> None:
    assert argument(bfcl, id, name).alternatives == alternatives


def test_a_map_given_entry_by_entry_is_merged(bfcl: BFCL) -> None:
    (value,) = argument(bfcl, "simple_java_67", "params").alternatives
    assert isinstance(value, Fields)
    assert set(value.fields) == {"APP_NAME", "IMAGES_ROOT", "BACKGROUND_IMAGE_FOLDER", "BACKGROUND_IMAGE"}


def test_an_argument_under_a_wrong_name_gets_the_right_one(bfcl: BFCL) -> None:
    (call,) = bfcl.case("live_multiple_964-207-0").expected.calls
    assert set(call.arguments) == {"statement"}
