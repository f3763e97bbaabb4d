"""A model may bring its own dialect as a response template; its patterns are not trusted."""

from __future__ import annotations

import time
from typing import Any

import pytest

import starbench
from starbench import Call, Tool
from starbench.dialects import template_content
from starbench.dialects.response_template import ResponseTemplate
from starbench.errors import InputError

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS = [Tool("get_weather", parameters=WEATHER)]
CONTENT = {"close_pattern": r"<\|im_end\|>\s*", "content": "text"}
THINK = {"open": "<think>", "close_pattern": r"</think>\s*", "content": "text"}
HERMES: dict[str, Any] = {
    "fields": {
        "reasoning_content": THINK,
        "tool_calls": {
            "open": "<tool_call>",
            "close_pattern": r"</tool_call>\s*",
            "repeats": True,
            "content": "json",
            "transform": {"type": "function", "function": "{content}"},
        },
        "content": CONTENT,
    }
}
TAGS: dict[str, Any] = {
    "fields": {
        "tool_calls": {
            "open_pattern": r"<tool_call>\s*<function=(?P<name>[^\n>]+)>",
            "close_pattern": r"</tool_call>\s*",
            "repeats": True,
            "content": "xml-inline",
            "content_args": {"tag_pattern": r"<parameter=(?P<key>[^>\n]+)>\s*(?P<value>.*?)\s*</parameter>"},
            "transform": {"type": "function", "function": {"name": "{name}", "arguments": "{content}"}},
        },
        "content": CONTENT,
    }
}
GEMMA: dict[str, Any] = {
    "fields": {
        "tool_calls": {
            "open_pattern": r"<\|tool_call>call:(?P<name>\w+)",
            "close_pattern": r"<tool_call\|>\s*",
            "repeats": True,
            "content": "json",
            "content_args": {"string_delims": [['<|"|>', '<|"|>']], "unquoted_keys": True},
            "transform": {"type": "function", "function": {"name": "{name}", "arguments": "{content}"}},
        },
        "content": {},
    }
}
LINES: dict[str, Any] = {
    "fields": {
        "tool_calls": {
            "open_pattern": r"CALL (?P<name>\w+)\n",
            "close": ["END", "END."],
            "repeats": True,
            "content": "kv-lines",
            "transform": {"name": "{name}", "arguments": "{content}"},
        },
        "content": {},
    }
}
PARIS = Call("get_weather", {"city": "Paris", "days": 3})


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (HERMES, '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>'),
        (TAGS, "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n<parameter=days>\n3\n"
               "</parameter>\n</function>\n</tool_call>"),
        (GEMMA, '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>,days:3}<tool_call|>'),
        (LINES, "CALL get_weather\ncity: Paris\ndays: 3\nEND."),
    ],
    ids=["json", "tags", "unquoted keys", "lines"],
)  # fmt: skip
def test_calls_are_read_by_the_template(template: dict[str, Any], text: str) -> None:
    output = starbench.parse("Sure. " + text, ResponseTemplate(template), TOOLS)
    assert output.calls == (PARIS,)
    assert output.reply == "Sure."
    assert output.dialect == "response_template"
    (attempt,) = output.attempts
    assert attempt.span is not None
    assert output.text[slice(*attempt.span)] == attempt.raw


def test_reasoning_is_split_off() -> None:
    output = starbench.parse("<think>hm</think>It is sunny.<|im_end|>", ResponseTemplate(HERMES))
    assert (output.reasoning, output.reply, output.reasoning_complete) == ("hm", "It is sunny.", True)
    assert not starbench.parse("<think>hm", ResponseTemplate(HERMES)).reasoning_complete


def test_a_bad_region_is_malformed_and_an_open_one_truncated() -> None:
    text = '<tool_call>{"name": </tool_call><tool_call>{}</tool_call><tool_call>{"name": "f"'
    output = starbench.parse(text, ResponseTemplate(HERMES))
    assert [attempt.status for attempt in output.attempts] == ["malformed", "malformed", "truncated"]


def test_a_list_in_one_region_is_several_calls() -> None:
    shape = {"name": "{tool}", "arguments": "{args}"}
    calls = {"open": "CALLS", "content": "json", "transform_each": True, "transform": shape}
    template = {"fields": {"tool_calls": calls, "content": {}}}
    text = 'CALLS[{"tool": "f", "args": {"a": 1}}, {"tool": "g", "args": {}}]'
    assert starbench.parse(text, ResponseTemplate(template)).calls == (Call("f", {"a": 1}), Call("g", {}))


def test_a_placeholder_that_is_not_there_makes_the_call_malformed() -> None:
    template = {
        "fields": {"tool_calls": {"open": "C", "content": "json", "transform": {"name": "{content.x}"}}, "r": {}}
    }
    output = starbench.parse('C{"y": 1}', ResponseTemplate(template))
    assert [attempt.problem for attempt in output.attempts] == ["the template's placeholder {content.x} is not there"]


def test_hostile_patterns_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_content, "TIME_LIMIT", 0.1)
    template = {"fields": {"tool_calls": {"open_pattern": r"(a|aa)+$", "content": "json"}, "content": {}}}
    start = time.monotonic()
    output = starbench.parse("a" * 5_000 + "b", ResponseTemplate(template))
    assert time.monotonic() - start < 5
    assert [attempt.problem for attempt in output.attempts] == ["the template's patterns take too long"]


@pytest.mark.parametrize(
    "template",
    [
        {},
        {"fields": {}},
        {"fields": {"x": 1}},
        {"fields": {"x": {"open_pattern": "("}}},
        {"fields": {"x": {"content": "y"}}},
    ],
)
def test_a_template_that_cannot_be_used_is_a_sentence(template: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="response_template"):
        ResponseTemplate(template)
