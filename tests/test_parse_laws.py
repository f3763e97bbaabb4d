"""Laws of reading: no text raises, nothing is lost, nothing is invented, and what is written is read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import starbench
from starbench import Call, Tool
from starbench.dialects import dialect_names
from starbench.dialects.base import MAX_ATTEMPTS
from starbench.dialects.registry import MESSAGE_DIALECTS, NEEDLES, TEXT_DIALECTS

PARAMETERS = {
    "text": {"type": "string"},
    "count": {"type": "integer"},
    "share": {"type": "number"},
    "flag": {"type": "boolean"},
    "items": {"type": "array"},
    "place": {"type": "object"},
}
TOOLS = [Tool("f", parameters={"type": "object", "properties": PARAMETERS}), Tool("g.h", parameters={"type": "object"})]
SOURCE_TEXT = {"bfcl-prompt-java", "bfcl-prompt-javascript"}
DELIMITED = {"gemma4": '<|"|>', "function-gemma": "<escape>"}
RAW = {
    "qwen3-coder", "seed-oss", "glm", "iquest", "minimax-m2", "anthropic-xml", "dots", "muse", "hunyuan-hy3", "step3",
    "solar-open2", "k2-horizon", "kimi-k3", "minicpm5", "deepseek-dsml", "deepseek-dsml-spaced",
    "minimax-m3",
}  # fmt: skip
"""Dialects that write text without quotes, and so cannot write every text."""
UNTYPED_INSIDE = {"minimax-m3"}
"""Dialects whose values inside lists and objects are text unless the schema says otherwise."""

letters = st.characters(exclude_categories=["Cs"])
texts = st.text(letters, max_size=20)
plain_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>|[]｜"), max_size=20)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


def values(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    keys = st.text(st.characters(categories=["L"]), min_size=1, max_size=5)
    leaves = st.none() | st.booleans() | numbers | text
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=6
    )


def calls(text: st.SearchStrategy[str], inner: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[list[Call]]:
    inner = values(text) if inner is None else inner
    keys = st.text(st.characters(categories=["L"]), min_size=1, max_size=5)
    arguments = st.fixed_dictionaries(
        {},
        optional={
            "text": text,
            "count": st.integers(-(2**53), 2**53),
            "share": numbers,
            "flag": st.booleans(),
            "items": st.lists(inner, max_size=3),
            "place": st.dictionaries(keys, inner, max_size=3),
        },
    )
    call = st.builds(Call, st.just("f"), arguments) | st.just(Call("g.h"))
    return st.lists(call, min_size=1, max_size=3)


@pytest.mark.parametrize("dialect", sorted(set(dialect_names()) - SOURCE_TEXT))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_back(dialect: str, data: st.DataObject) -> None:
    text = plain_texts if dialect in RAW or dialect in DELIMITED else texts
    written = data.draw(calls(text, text if dialect in UNTYPED_INSIDE else None))
    rendered = starbench.render(written, dialect, TOOLS)
    assert starbench.parse(rendered, dialect, TOOLS).calls == tuple(written)


@pytest.mark.parametrize("dialect", sorted(SOURCE_TEXT))
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers() | st.text(st.characters(categories=["L"]), min_size=1), min_size=1, max_size=4))
def test_source_text_is_read_back(dialect: str, given_values: list[Any]) -> None:
    arguments = {f"a{i}": json.dumps(value, ensure_ascii=False) for i, value in enumerate(given_values)}
    expected = {key: str(value) for key, value in zip(arguments, given_values, strict=True)}
    rendered = starbench.render([Call("f", arguments)], dialect)
    assert starbench.parse(rendered, dialect).calls == (Call("f", expected),)


FRAGMENTS = [
    *{needle for needles in NEEDLES.values() for needle in needles},
    "</tool_call>", "<think>", "</think>", "<arg_key>", "</arg_key>", "<arg_value>", "</function>", "<parameter=a>",
    "</parameter>", "[ARGS]", "<｜tool▁sep｜>", "<|message|>", "<|call|>", "<|end|>", "to=functions.f", "call:f{",
    '<|"|>', '{"name": "f", "arguments": {"text": "x"}}', '{"name": "f"', '"arguments": ', "f(a=1)", "[f(a='x')",
    ", g(", ")]", "'", '"', "\\", "{", "}", "[", "]", "(", ")", "=", ",", ";", "\n", " ", "1e999", "NaN", "not ", "-",
    "```json\n", "```", "Action Input: ", "Observation:", "<|im_end|>", "é", "😀", "f", "\ud800",
]  # fmt: skip
broken_texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=20).map("".join)


@settings(max_examples=400, deadline=None)
@given(broken_texts, st.sampled_from(["auto", *TEXT_DIALECTS]), st.booleans(), st.booleans())
def test_no_text_raises_and_no_character_is_lost(text: str, dialect: str, repair: bool, opened: bool) -> None:
    output = starbench.parse(text, dialect, TOOLS, repair=repair, reasoning_open=opened)
    assert output.text == text
    end = 0
    for attempt in output.attempts:
        assert attempt.span is not None
        start, stop = attempt.span
        assert end <= start < stop <= len(text)
        assert text[start:stop] == attempt.raw
        assert attempt.call is not None if attempt.status == "parsed" else True
        assert attempt.call is None if attempt.status in ("malformed", "truncated") else True
        assert attempt.problem is not None if attempt.status in ("malformed", "truncated") else True
        end = stop


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["role", "content", "tool_calls", "function", "name", "arguments", "type", "input", "parts", "message"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(json_values, st.sampled_from(["auto", "hermes", *MESSAGE_DIALECTS]))
def test_no_json_value_raises(value: object, dialect: str) -> None:
    output = starbench.parse(value, dialect, TOOLS)
    assert all(attempt.raw for attempt in output.attempts)
    starbench.detect(value, TOOLS)


@settings(max_examples=200, deadline=None)
@given(broken_texts)
def test_detection_and_reading_agree(text: str) -> None:
    ranked = starbench.detect(text, TOOLS)
    output = starbench.parse(text, tools=TOOLS)
    assert [d.confidence for d in ranked] == sorted((d.confidence for d in ranked), reverse=True)
    assert output.dialect in ("plain", "unsure") or output.dialect == ranked[0].dialect


def test_a_message_that_holds_itself_is_read() -> None:
    arguments: dict[str, Any] = {}
    arguments["self"] = arguments
    output = starbench.parse({"role": "assistant", "tool_calls": [{"name": "f", "arguments": arguments}]})
    assert [attempt.status for attempt in output.attempts] == ["malformed"]


HOSTILE = {
    "brackets": "[" * 100_000,
    "braces": "{" * 100_000,
    "quotes": '"' * 100_000,
    "nested call": "[f(a=" + "[" * 50_000 + "]" * 49_000 + ")]",
    "nested JSON": '<tool_call>{"name": "f", "arguments": ' + '{"a":' * 15_000 + "1" + "}" * 15_000 + "}</tool_call>",
    "nested tuples": "f(a=" + "(" * 45_000 + "1" + ")" * 45_000 + ")",
    **{f"{text!r} repeated": text * (100_000 // len(text)) for needles in NEEDLES.values() for text in needles if text},
    **{
        f"{text!r} repeated": text * (100_000 // len(text))
        for text in (
            "<think>",
            "</think>",
            "<think></think>",
            "<tool_call>{",
            '{"name":"',
            "[f(",
            "f(x)\n",
            "'",
            "<|im_end|>",
        )
    },
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("dialect", ["auto", "hermes", "pythonic", "json", "qwen3-coder", "gptoss"])
def test_hostile_text_is_bounded(name: str, dialect: str) -> None:
    output = starbench.parse(HOSTILE[name], dialect, TOOLS)
    assert len(output.attempts) <= 2 * MAX_ATTEMPTS


def test_more_attempts_than_an_answer_can_have_end_in_one() -> None:
    output = starbench.parse("f(text='x')\n" * (MAX_ATTEMPTS + 50), "pythonic", TOOLS)
    assert len(output.attempts) == MAX_ATTEMPTS + 1
    assert output.attempts[-1].status == "malformed"
    assert output.attempts[-1].raw.count("f(text") == 50
