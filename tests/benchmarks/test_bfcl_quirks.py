"""Each oddity of the official BFCL code, by name, with the smallest answer that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from starbench.benchmarks.bfcl.checker import CRASH, official_verdict
from starbench.benchmarks.bfcl.decode import DecodeFailure, decode
from starbench.benchmarks.bfcl.java_values import java_value
from starbench.benchmarks.bfcl.javascript_values import javascript_value
from starbench.benchmarks.bfcl.quirks import QUIRKS

FAILS = "the decoder fails"
FILLED_MAP = 'new HashMap<String, Integer>() {{ put("k", 1); }}'


class Read(NamedTuple):
    """An answer and what upstream's decoder makes of it; rows are function calling, text is a prompted answer."""

    quirk: str
    result: Any
    expected: Any
    fmt: str = "python"


READ = [
    Read("between_brackets", " `f(a=1)` \n", [{"f": {"a": 1}}]),
    Read("between_brackets", "```python\n[f(a=1)]\n```", FAILS),
    Read("first_member", [{"f": '{"a": 1}', "g": "not even JSON"}], [{"f": {"a": 1}}]),
    Read("first_member", [{}], FAILS),
    Read("without_quotes_around", "<TOOLCALL>''[f(a=1)]'</TOOLCALL>", [{"f": {"a": 1}}], "tagged"),
    Read("named_arguments", "[f(1, *x, (yield), a=2, **y)]", [{"f": {"a": 2, None: "y"}}]),
    Read("dotted_name", "[x[0].f(a=1), (lambda: 1)()]", [{"f": {"a": 1}}, {"": {}}]),
    Read("negated", "[f(a=+5, b=~5, c=not True, d=-1.5)]", [{"f": {"a": -5, "b": -5, "c": -1, "d": -1.5}}]),
    Read("negated", "[f(a=--5)]", FAILS),
    Read("name_as_text", "[f(a=true, b=None, c=null)]", [{"f": {"a": "true", "b": None, "c": "null"}}]),
    Read("dots_as_text", "[f(a=[...])]", [{"f": {"a": ["..."]}}]),
    Read("call_as_text", "[f(a=g( 'x' ,2), b=g(x=1))]", [{"f": {"a": "g('x', 2)", "b": {"g": {"x": 1}}}}]),
    Read("subscript_as_text", "[f(a=x[ 'k' ])]", [{"f": {"a": "x['k']"}}]),
    Read("subscript_as_text", "[f(a=x.y)]", FAILS),
    Read("worked_out", "[f(a=2**10, b='a' + 'b', c='%d' % 7)]", [{"f": {"a": 1024, "b": "ab", "c": "7"}}]),
    Read("worked_out", "[f(a=x + 1)]", FAILS),
    Read("cut_out_list", 'Use [{"function": "f", "parameters": {}}] or [1]', [{"f": {}}], "json"),
    Read("cut_out_list", '[{"function": "f", "parameters": {"a": "}]"}}]', [], "json"),
    Read("no_call_in_broken_json", '[{"function": "f", "parameters": {}', [], "json"),
    Read("objects_among", '[5, {"function": "f", "parameters": {}}, "x"]', [{"f": {}}], "json"),
    Read("objects_among", '<TOOLCALL>{"function": "f", "parameters": {}}</TOOLCALL>', [], "tagged json"),
    Read("true_or_false", '<param name="a" type="boolean">yes</param>', [{"f": {"a": False}}], "concise_xml"),
    Read("untyped_text", '<param name="a" type="number">5</param>', [{"f": {"a": "5"}}], "concise_xml"),
    Read("name_of_parameter", '<param value="x"/>', [{"f": {None: "x"}}], "verbose_xml"),
    Read("name_of_parameter", "<param>x</param>", FAILS, "concise_xml"),
    Read("cut_by_bytes", 'f(a="é", b=1)', [{"f": {"a": 'é"', "=": ")"}}], "java"),
    Read("holds_error", "[f(a=new int[]{1, 2)]", [{"f": {"a": "new int[]{1,2"}}], "java"),
    Read("first_java_call", "[x = f(a=1); g(b=2);]", [{"f": {"a": "1"}}], "java"),
    Read("first_java_call", "[int a = 1;]", {}, "java"),
    Read("ends_before_template", "f(a=1)\n```\nand\n```\ng(b=2)", [{"f": {"a": "1"}}], "javascript"),
    Read("lone_javascript_call", "[x = f(a=1); g(b=2)]", [{"g": {"b": "2"}}], "javascript"),
    Read("lone_javascript_call", "[f(a=1), g(b=2)]", None, "javascript"),
    Read("UNNAMED", "[f(x, 5, a=1)]", [{"f": {None: "x", "a": "1"}}], "java"),
    Read("UNNAMED", "[f(true, 5, {b: 1})]", [{"f": {None: "true"}}], "javascript"),
    Read("without_outer_quotes", "[f(a=\"x\", b='c', c=(\"x\"))]", [{"f": {"a": "x", "b": "c", "c": '("x")'}}], "java"),
    Read("without_class_body", f"[f(a={FILLED_MAP})]", [{"f": {"a": "new HashMap<String,Integer>()"}}], "java"),
    Read("without_spaces", "[f(a=x + 1, b=new int[] {1, 2})]", [{"f": {"a": "x+1", "b": "new int[]{1,2}"}}], "java"),
    Read("without_like_quotes", "[f(a='x' + 'y')]", [{"f": {"a": "x' + 'y"}}], "javascript"),
]  # fmt: skip


def read(row: Read) -> Any:
    result, words = row.result, row.fmt.split()
    if isinstance(result, str) and result.startswith("<param"):
        result = f'<functions><function name="f">{result}</function></functions>'
    fmt = next((word for word in words if word != "tagged"), "python")
    dialect = "bfcl-fc" if isinstance(result, list) else "bfcl-prompt"
    language = fmt if fmt in ("java", "javascript") else "python"
    try:
        return decode(
            result, dialect, language=language, fmt=fmt if language == "python" else "python", tagged="tagged" in words
        )
    except DecodeFailure:
        return FAILS


@pytest.mark.parametrize("row", READ, ids=lambda row: row.quirk)
def test_reading(row: Read) -> None:
    assert read(row) == row.expected


class Judged(NamedTuple):
    """One argument: its documented type ("array of float"), accepted values, the value given, upstream's error type."""

    quirk: str
    documented: str
    accepted: list[Any]
    given: Any
    error: str | None


JUDGED = [
    Judged("ANY_IS_TEXT", "any", ["New York"], "new york", None),
    Judged("ANY_IS_TEXT", "any", [5], 5, None),
    Judged("ANY_IS_TEXT", "any", [5], "5", "value_error:others"),
    Judged("float_from_whole", "float", [5.0], 5, None),
    Judged("float_from_whole", "float", [1.0], True, "type_error:simple"),
    Judged("float_from_whole", "array of float", [[1.0, 2.0]], [1, 2], "type_error:nested"),
    Judged("float_from_whole", "float", [5.0], 10**400, CRASH),
    Judged("list_from_tuple", "tuple of integer", [[1, 2]], (1, 2), None),
    Judged("list_from_tuple", "array of integer", [[1, 2]], (1, 2), "type_error:simple"),
    Judged("type_of_first", "string", [None, "x"], None, None),
    Judged("type_of_first", "string", ["x", None], None, "type_error:simple"),
    Judged("type_of_first", "integer", [5, "any"], "any", "type_error:simple"),
    Judged("any_elements_fit", "array of string", [["a"]], [1], "type_error:nested"),
    Judged("any_elements_fit", "array of string", [["a"], ""], [1], "value_error:list/tuple"),
    Judged("stands_for_variable", "integer", ["userId"], "userId", None),
    Judged("stands_for_variable", "integer", ["userId"], "userid", "value_error:others"),
    Judged("standardized", "string", ["5"], "-5", None),
    Judged("standardized", "string", ["314"], "3.14", None),
    Judged("standardized", "string", ["a b"], "a\tb", "value_error:string"),
    Judged("options_in_place", "dict", [{"unit": "ms"}], {"unit": "s"}, None),
    Judged("options_in_place", "dict", [{"unit": "ms"}], {"unit": "ms"}, "value_error:dict_value"),
    Judged("options_in_place", "dict", [{"unit": "ms"}], {}, None),
    Judged("elements_of", "array of string", [["A b"], ""], [], None),
    Judged("elements_of", "array of array", [[["A"]]], [["a"]], "value_error:list/tuple"),
    Judged("last_of", "dict", [{"a": [1], "b": [2]}], {"a": 9}, "value_error:dict_key"),
    Judged("last_of", "dict", [{"a": [1], "b": [2]}], {"a": 9, "b": 2}, "value_error:dict_value"),
    Judged("equal_to_one_of", "dict", [{"a": [1]}], {"a": True}, None),
    Judged("equal_to_one_of", "integer", [True, 1], True, None),
    Judged("printed", "integer", [1], 16**3600, CRASH),
    Judged("printed", "array of dict", [[{"a": [1]}], ""], ["not a dict"], CRASH),
]  # fmt: skip


def entry(documented: str, accepted: list[Any]) -> Mapping[str, Any]:
    kind, _, element = documented.partition(" of ")
    schema = {"type": kind, **({"items": {"type": element}} if element else {})}
    function = {"name": "f", "parameters": {"type": "dict", "properties": {"a": schema}, "required": []}}
    return {"id": "made_up", "function": [function], "ground_truth": [{"f": {"a": accepted}}]}


def judged(row: Judged) -> tuple[bool, str | None]:
    calls = [{"f": {"a": row.given}}]
    return official_verdict(
        entry(row.documented, row.accepted), calls, category="simple_python", underscore_to_dot=False
    )[:2]


@pytest.mark.parametrize("row", JUDGED, ids=lambda row: row.quirk)
def test_judging(row: Judged) -> None:
    assert judged(row) == (row.error is None, row.error)


class Valued(NamedTuple):
    """Source text of a documented type ("java Array of String") and upstream's value of it."""

    quirk: str
    documented: str
    text: str
    expected: Any


VALUED = [
    Valued("without_like_quotes", "javascript String", "'x'", "x"),
    Valued("split_at_commas", "java ArrayList of String", 'new ArrayList<>(Arrays.asList("a, b", "c"))', ["", "", "c"]),
    Valued("split_at_commas", "javascript array of String", "['a, b']", ["'a", "b'"]),
    Valued("without_ends", "java ArrayList of String", "new ArrayList<>(Arrays.asList(abc))", ["b"]),
    Valued("kept_as_written", "java Array of String", 'new String[]{"a", b}', ['"a"', "b"]),
    Valued("never_a_character", "java char", "'c'", "'c'"),
    Valued("not_converted", "java Queue", "new Queue<>()", NotImplementedError),
    Valued("guessed_java_value", "java HashMap", FILLED_MAP.replace("1", "1_0L"), {"k": "1_0L"}),
    Valued("guessed_java_value", "java HashMap", FILLED_MAP.replace("1", "1_0"), {"k": 10}),
    Valued("guessed_javascript_value", "javascript array of String", "[[1e3, 1_0], [true]]", [[1000.0, 10], [True]]),
    Valued("unquoted_before_guessing", "javascript dict", "{a: '5', b: 'true'}", {"a": 5, "b": True}),
    Valued("text_on_error", "javascript array of integer", f"[{'9' * 4301}]", f"[{'9' * 4301}]"),
]  # fmt: skip


def valued(row: Valued) -> Any:
    language, kind = row.documented.split(" ", 1)
    kind, _, element = kind.partition(" of ")
    try:
        return (java_value if language == "java" else javascript_value)(row.text, kind, element or None)
    except NotImplementedError:
        return NotImplementedError


@pytest.mark.parametrize("row", VALUED, ids=lambda row: row.quirk)
def test_values(row: Valued) -> None:
    assert valued(row) == row.expected


# Oddities that concern a whole answer.


def verdict(
    answers: list[dict[str, Any]], calls: Any, category: str = "simple_python", underscore_to_dot: bool = False
) -> str | None:
    names = {name for answer in answers for name in answer}
    parameters = {"type": "dict", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": []}
    functions = [{"name": name, "parameters": parameters} for name in sorted(names)]
    made_up = {"id": "made_up", "function": functions, "ground_truth": answers}
    return official_verdict(made_up, calls, category=category, underscore_to_dot=underscore_to_dot)[1]


@pytest.mark.parametrize("text", ["Error during inference: timeout", "[f(a=", "I cannot say.", "[]"])
def test_counts_as_call(text: str) -> None:
    assert official_text("irrelevance", text) is None
    assert official_text("live_relevance", text) == "relevance_error:decoder_failed"
    assert official_text("irrelevance", "[no_such_tool()]") == "irrelevance_error:decoder_success"


def official_text(category: str, text: str) -> str | None:
    try:
        decoded: Any = decode(text, "bfcl-prompt")
    except DecodeFailure as failure:
        decoded = failure
    return official_verdict({"function": []}, decoded, category=category, underscore_to_dot=False)[1]


def test_kind_of_check() -> None:
    for category, error in {
        "parallel_multiple_python": "parallel_function_checker_no_order:wrong_count",
        "live_multiple_3-1-0": "multiple_function_checker:wrong_count",
        "anything else": "simple_function_checker:wrong_count",
    }.items():
        assert verdict([{"f": {}}], [], category) == error


def test_with_underscores() -> None:
    answer, wrong = [{"a.f": {}}], "simple_function_checker:wrong_func_name"
    assert verdict(answer, [{"a_f": {}}], underscore_to_dot=True) is None
    assert verdict(answer, [{"a.f": {}}], underscore_to_dot=True) == wrong
    assert verdict(answer, [{"a_f": {}}]) == wrong


def test_first_fitting() -> None:
    either, only_one = {"f": {"a": [1, 2]}}, {"f": {"a": [1]}}
    one, two = {"f": {"a": 1}}, {"f": {"a": 2}}
    assert verdict([either, only_one], [two, one], "parallel") is None
    assert verdict([either, only_one], [one, two], "parallel") == "parallel_function_checker_no_order:cannot_find_match"


def test_every_quirk_is_described_and_shown() -> None:
    shown = {row.quirk for row in (*READ, *JUDGED, *VALUED)} | {name.removeprefix("test_") for name in globals()}
    assert set(QUIRKS) <= shown
    assert {row.quirk for row in (*READ, *JUDGED, *VALUED)} <= set(QUIRKS)
    assert all(sentence.endswith(".") for sentence in QUIRKS.values())
