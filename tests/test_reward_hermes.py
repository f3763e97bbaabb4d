"""The quick reader of hermes answers finds what the general one finds, or leaves the answer to it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from starbench import parse
from starbench.reward.answer import read_answer
from starbench.reward.hermes import read_hermes
from starbench.reward.task import prepare
from starbench.types import Output

PIECES = st.sampled_from(
    [
        "<think>", "</think>", "<tool_call>", "</tool_call>", "<|im_end|>", "\n", " ", "ok", "{", "}", "[", "]", '"',
        '{"name": "f", "arguments": {}}', '{"name": "g", "arguments": {"a": 1, "b": "x"}}', '{"name": "f"', "{bad}",
        '{"name": "f", "arguments": {"a": "</think>"}}', '{"name": "f", "arguments": {"t": "</tool_call>"}}',
        '{"name": "f", "parameters": {}}', "{'name': 'f'}", '[{"name": "f", "arguments": {}}]', "NaN", "<thinking>",
        '<tool_call>\n{"name": "f", "arguments": {"a": [1, 2]}}\n</tool_call>', "[THINK]", "<|im_start|>assistant\n",
    ]
)  # fmt: skip
STARTS = st.sampled_from(["", "because</think>\n", "<think>because</think>\n\n", "<think>\n"])
PROMPTS = {True: "<|im_start|>assistant\n<think>", False: "<|im_start|>assistant\n", None: None}


@settings(max_examples=400)
@given(STARTS, st.lists(PIECES, max_size=8), st.sampled_from([True, False, None]))
def test_both_readers_agree(start: str, pieces: list[str], opened: bool | None) -> None:
    text = start + "".join(pieces)
    quick = read_hermes(text, opened)
    if quick is None:
        return
    task = prepare([], None, PROMPTS[opened])
    slow = read_answer(as_output(text, opened), task, "hermes")
    if opened is None:
        assert quick.problem == slow.problem
    if quick.problem is None:
        assert (list(quick.calls), quick.attempted, quick.reasoned) == (list(slow.calls), slow.attempted, slow.reasoned)
        assert quick.calls or quick.reply == slow.reply


def as_output(text: str, opened: bool | None) -> Output:
    return parse(text, "hermes", reasoning_open=bool(opened))


def test_the_common_forms_are_read_quickly() -> None:
    good = '<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call>'
    for text, opened in (
        (good, None),
        (f"x</think>{good}<|im_end|>", True),
        (f"<think>\nx</think>\n\nSo: {good}\n{good}", False),
    ):
        found: Any = read_hermes(text, opened)
        assert [call.name for call in found.calls] == ["f"] * text.count("<tool_call>")
    assert read_hermes("x</think>Hello.<|im_end|>", True) == ((), "Hello.", None, False, True, "Hello.<|im_end|>")


def test_what_is_left_to_the_general_reader() -> None:
    inside = '<tool_call>\n{"name": "f", "arguments": {"a": "</tool_call>"}}\n</tool_call>'
    for text in (
        inside,
        "a</think>b</think>c",
        "<thinking>a",
        "<think>a<think>b</think>",
        "</tool_call>",
        "<tool_call>[]</tool_call>",
    ):
        assert read_hermes(text, None) is None
