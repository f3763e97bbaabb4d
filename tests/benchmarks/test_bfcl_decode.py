"""BFCL's official reading where ours must be better than upstream's: safe, quiet, total, the same on every Python."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starbench.benchmarks.bfcl.checker import official_verdict
from starbench.benchmarks.bfcl.decode import FORMATS, DecodeFailure, decode
from starbench.benchmarks.bfcl.java_values import java_value
from starbench.benchmarks.bfcl.javascript_values import javascript_value
from starbench.errors import UnknownNameError

JAVA_TYPES = ["byte", "float", "double", "long", "boolean", "char", "Array", "ArrayList", "HashMap", "String", "any"]
JAVASCRIPT_TYPES = ["String", "integer", "float", "Bigint", "Boolean", "dict", "array", "any"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
scraps = st.lists(st.sampled_from([*"()[]{}<>=,:;.'\"`\\\n+-*/% aé1", "f(a=", "**", "new ", 'put("', "</p>"]))


LANGUAGES = {
    "simple_python": ["string", "integer", "float", "boolean", "dict", "any"],
    "simple_java": [kind for kind in JAVA_TYPES if not kind.startswith("Array")],
    "simple_javascript": [kind for kind in JAVASCRIPT_TYPES if kind != "array"],
}


def language_and_format(form: str) -> dict[str, str]:
    return {"language": form} if form in ("java", "javascript") else {"fmt": form}


# arithmetic that upstream gives to eval


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1, 2) + (3,)", (1, 2, 3)),
        ("'%s: %05.1f' % ('a', 2.25)", "a: 002.2"),
        ("[[0] * 2] * 2", [[0, 0], [0, 0]]),
        ("1 + 2j", 1 + 2j),
        ("{'a': 1} | {'b': 2}", {"a": 1, "b": 2}),
        ("-1 ** 2 + (5 if 2 > 1 else 0)", 4),
        ("[1, 2, 3][1:] + ['a'[0]]", [2, 3, "a"]),
        ("sum([1, 2]) / len('ab')", 1.5),
        ("~True + 0", -2),
        ("b'a' * 2", b"aa"),
    ],
)
def test_constants_are_worked_out(text: str, value: Any) -> None:
    (call,) = decode(f"[f(a={text})]", "bfcl-prompt")
    assert call == {"f": {"a": value}}
    assert type(call["f"]["a"]) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "9 ** 9 ** 9", "'a' * 10 ** 9", "1 << 10 ** 9", "'%999999999d' % 1", "'%*d' % (10 ** 9, 1)",
        "[[[0] * 999] * 999] * 999", "2 ** 99999 * 2 ** 99999 * 2 ** 99999 * 2 ** 99999 * 2 ** 99999",
        "round(1, -10 ** 9) + 1", "1" + " + 1" * 5000, "1" + " ** 1" * 400, "0x" + "f" * 9999 + " + 1",
    ],
)  # fmt: skip
def test_endless_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(DecodeFailure):
        decode(f"[f(a={text})]", "bfcl-prompt")


@pytest.mark.parametrize(
    "text", ["x + 1", "open('x') + 1", "__import__('os').getcwd() + ''", "1 / 0", "'a' + 1", "[x for x in 'a'] + []"]
)
def test_nothing_else_is_run(text: str) -> None:
    with pytest.raises(DecodeFailure):
        decode(f"[f(a={text})]", "bfcl-prompt")


# warnings


@pytest.mark.parametrize("action", ["error", "ignore", "always"])
@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (r"[f(a='C:\data')]", "C:\\data"),
        (r"[f(a=b'\d' b'\777')]", b"\\d\xff"),
        (r"[f(a=r'\d' '\777')]", "\\d\u01ff"),
        (r"[f(1if 1else 0x1for 2, a='''\d''')]", "\\d"),
        (
            r"[f(f'\d{x}', a='it\'s \
\.')]",
            "it's \\.",
        ),
        (r"[f(a='1if') # '\d", "1if"),
    ],
)
def test_warning_filters_change_nothing(answer: str, value: Any, action: Any) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action)
        calls = decode(answer + "\n]" if "#" in answer else answer, "bfcl-prompt")
    assert calls == [{"f": {"a": value}}]
    assert caught == []


# hostile answers

LONG = 64_000
HOSTILE = [
    "[", "(", "{", "{1:", "f(", "f(a=", "-", "not ", "lambda:", "1+", "a.", "a[", "1 if 1 else ", "'", "\\", "\n", "[{",
    "},{", "f'{a}", "<functions>", "<function name='a'>", "</functions>", "<TOOLCALL>", "new ", "`", "\x00", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("unit", HOSTILE)
def test_long_hostile_text_is_read_or_refused(unit: str, form: str) -> None:
    for text in (unit * (LONG // len(unit)), "[f(a=" + unit * (LONG // len(unit)) + ")]"):
        try:
            decode(text, "bfcl-prompt", **language_and_format(form))
        except DecodeFailure:
            continue


VALUES_OF = [
    "new ArrayList<>(Arrays.asList(", "new ArrayList<>() {{ ", "add(", "new a[]{", "new HashMap<>() {", 'put("', '",',
    "}}", " ", "\n", "[", "],[", "[[", "{a:", ",", ":", ": ,", "'", "1,", "new Array([",
]  # fmt: skip


@pytest.mark.parametrize("unit", VALUES_OF)
def test_long_hostile_source_of_values_is_converted(unit: str) -> None:
    for before in ("", "[[", "{", "new HashMap<>() {{ ", "new ArrayList<>() {{ ", "new a[]{"):
        text = before + unit * (LONG // len(unit))
        for kind in ("Array", "ArrayList", "HashMap"):
            java_value(text, kind, "String")
        for kind in ("array", "dict"):
            javascript_value(text, kind, "String")


def test_more_calls_than_any_answer_means_are_refused_before_they_cost_time() -> None:
    assert len(decode(f"[{'f(a=1),' * 3_900}]", "bfcl-prompt")) == 3_900
    with pytest.raises(DecodeFailure, match="too many calls, values or operators"):
        decode(f"[{'f(a=1),' * 9_000}]", "bfcl-prompt")
    prose = ", ".join(["word"] * 5_000)  # separators inside a text count too, but no text has so many
    assert decode(f"[f(a='{prose}')]", "bfcl-prompt") == [{"f": {"a": prose}}]


def test_deep_json_fails_as_upstream_does_on_every_python() -> None:
    def nested(depth: int) -> list[dict[str, str]]:
        return [{"f": '{"a": "[[", "b": ' + "[" * depth + "]" * depth + "}"}]

    assert decode(nested(800), "bfcl-fc")
    with pytest.raises(DecodeFailure):
        decode(nested(1000), "bfcl-fc")


@pytest.mark.parametrize(
    "result", [None, 5, True, {"f": "{}"}, "text", [None], ["f"], [["f", "{}"]], [{"f": {}}], [{"f": None}]]
)
def test_rows_of_another_shape_fail(result: Any) -> None:
    with pytest.raises(DecodeFailure):
        decode(result, "bfcl-fc")


@pytest.mark.parametrize("result", ["", {}, []])
def test_nothing_is_no_call(result: Any) -> None:
    assert decode(result, "bfcl-fc") == []


@given(json_values, st.sampled_from(["bfcl-fc", "bfcl-prompt"]), st.sampled_from(sorted(FORMATS)))
def test_any_json_value_is_read_or_refused(result: Any, dialect: str, form: str) -> None:
    try:
        decode(result, dialect, **language_and_format(form))
    except DecodeFailure as failure:
        assert str(failure)


@settings(max_examples=300)
@given(scraps.map("".join), st.sampled_from(sorted(FORMATS)), st.booleans())
def test_any_text_is_read_or_refused(text: str, form: str, tagged: bool) -> None:
    try:
        decode(text, "bfcl-prompt", tagged=tagged, **language_and_format(form))
    except DecodeFailure as failure:
        assert str(failure)


@given(st.dictionaries(st.sampled_from("ab"), json_values), st.data())
def test_any_arguments_get_a_verdict(arguments: dict[str, Any], data: st.DataObject) -> None:
    category = data.draw(st.sampled_from(sorted(LANGUAGES)))
    schema = {"type": data.draw(st.sampled_from(LANGUAGES[category]))}
    parameters = {"type": "dict", "properties": {"a": schema, "b": schema}, "required": ["a"]}
    answer = {"a": data.draw(st.lists(json_values)), "b": [""]}
    entry = {"function": [{"name": "f", "parameters": parameters}], "ground_truth": [{"f": answer}]}
    valid, error, sentence = official_verdict(entry, [{"f": arguments}], category=category, underscore_to_dot=False)
    assert (error is None) is valid
    assert bool(sentence) is not valid


def test_unknown_names_are_said_to_be() -> None:
    with pytest.raises(UnknownNameError, match="bfcl-fc"):
        decode([], "bfcl_fc")
    with pytest.raises(UnknownNameError, match="concise_xml"):
        decode("", "bfcl-prompt", fmt="concise-xml")
    with pytest.raises(UnknownNameError, match="javascript"):
        decode("", "bfcl-prompt", language="typescript")


def test_what_a_row_holds_is_json_and_nothing_else() -> None:
    text = json.dumps({"a": "__import__('os')", "b": [1.5, None, True]})
    assert decode([{"f": text}], "bfcl-fc") == [{"f": json.loads(text)}]
