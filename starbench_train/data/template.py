"""A row -> the tokens that a model trains on, by the model's own chat template.

    template = Template(tokenizer)
    template.prompt(row)       "<|im_start|>user\\nHow warm is it in Bergen?<|im_end|>\\n<|im_start|>assistant\\n"
    template.completion(row)   '<tool_call>\\n{"name": "weather_now", "arguments": {}}\\n</tool_call><|im_end|>'
    template.encode(row)       Encoded(ids=[…], mask=[False, …, True], prompt_length=17)

The completion is what the template makes of the answer, from the place where the model would begin to write up to and
with the token that ends a turn. Prompt and completion are tokenised apart, as they are when a model answers, and no
token is added to what the template wrote (a second beginning-of-text among them).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from starbench.errors import InputError
from starbench.tools import read_tools
from starbench_train.data.rows import TrainingRow, calls_of, message_text

Mask = Literal["all", "answer", "think"]

HERMES_TEMPLATE = (Path(__file__).parent / "hermes.jinja").read_text(encoding="utf-8")
"""Turns in ChatML, tools and calls in Hermes' tags; for models whose own template knows no tools."""

END_OF_REASONING = "</think>"


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens of prompt and completion; ``mask`` says which of them are learnt."""

    ids: list[int]
    mask: list[bool]
    prompt_length: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that cannot be trained on, and why."""

    reason: str


def know_tools(tokenizer: Any) -> None:
    """Give ``tokenizer`` our chat template where it has none that knows tools."""
    if "tools" not in json.dumps(tokenizer.chat_template or ""):
        tokenizer.chat_template = HERMES_TEMPLATE


def openai_tools(row: TrainingRow) -> list[dict[str, Any]]:
    """The tools of a row as chat templates take them, with clean schemas."""
    return [
        {
            "type": "function",
            "function": {"name": t.name, "description": t.description, "parameters": dict(t.parameters)},
        }
        for t in read_tools(list(row.tools))
    ]


@dataclass(frozen=True, slots=True)
class Template:
    """The chat template of ``tokenizer``; ``thinking`` is its switch for reasoning, None where it is left alone."""

    tokenizer: Any
    thinking: bool | None = None

    def __post_init__(self) -> None:
        know_tools(self.tokenizer)

    def prompt(self, row: TrainingRow) -> str:
        """The text after which the model answers: the row's own, or its messages and tools by the template."""
        if row.prompt is not None:
            return row.prompt
        return self._rendered(row, [_templated(m) for m in row.messages], add_generation_prompt=True)

    def completion(self, row: TrainingRow) -> str:
        """The answer as the model would write it, with the token that ends a turn.

        Raises InputError where the row has no answer, or the template writes it elsewhere than behind the prompt.
        """
        return self._behind(self.prompt(row) if row.completion is None else "", row)

    def encode(
        self, row: TrainingRow, mask: Mask = "all", max_prompt: int | None = None, max_completion: int | None = None
    ) -> Encoded | Skipped:
        """The tokens of a row, or why it cannot be used.

        ``mask`` chooses what is learnt of the completion: ``all``; the ``answer`` behind the reasoning; the reasoning
        alone (``think``). Limits are in tokens, None for none.
        """
        try:
            prompt = self.prompt(row)
            completion = self._behind(prompt, row)
        except InputError as problem:
            return Skipped(str(problem))
        start, first, second = self._tokens([prompt, *split_reasoning(completion)])
        if max_prompt is not None and len(start) > max_prompt:
            return Skipped(f"the prompt has {len(start)} tokens, {max_prompt} are allowed")
        if max_completion is not None and len(first) + len(second) > max_completion:
            return Skipped(f"the answer has {len(first) + len(second)} tokens, {max_completion} are allowed")
        learnt = [mask != "answer"] * len(first) + [mask != "think"] * len(second)
        if not any(learnt):
            return Skipped(f"the answer has nothing that the mask {mask!r} keeps")
        return Encoded(start + first + second, [False] * len(start) + learnt, len(start))

    def _behind(self, prompt: str, row: TrainingRow) -> str:
        """The completion of a row whose prompt is known."""
        if row.completion is not None:
            return self._ended(row.completion)
        if row.answer is None:
            raise InputError(f"the row {row.id} has no answer to train on")
        messages = [*(_templated(m) for m in row.messages), _templated(row.answer)]
        whole = self._rendered(row, messages, add_generation_prompt=False)
        if not whole.startswith(prompt):
            raise InputError(f"the chat template writes the answer of row {row.id} elsewhere than behind the prompt")
        return self._ended(whole[len(prompt) :])

    def _rendered(self, row: TrainingRow, messages: list[Any], **how: bool) -> str:
        switch = {} if self.thinking is None else {"enable_thinking": self.thinking}
        try:
            return str(
                self.tokenizer.apply_chat_template(
                    messages, tools=openai_tools(row) or None, tokenize=False, **how, **switch
                )
            )
        except Exception as problem:  # a template is a program of its own and may raise anything
            raise InputError(
                f"the chat template cannot be used with row {row.id} ({type(problem).__name__}: {problem})"
            ) from None

    def _ended(self, text: str) -> str:
        """``text`` up to and with its last end-of-turn token, which is added where there is none."""
        end = self.tokenizer.eos_token
        place = text.rfind(end)
        return text + end if place < 0 else text[: place + len(end)]

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        ids: list[list[int]] = self.tokenizer(texts, add_special_tokens=False)["input_ids"]
        return ids


def split_reasoning(completion: str) -> tuple[str, str]:
    """The reasoning with the tag that closes it and the space behind, "" where there is none; and the answer."""
    place = completion.rfind(END_OF_REASONING)
    if place < 0:
        return "", completion
    place += len(END_OF_REASONING)
    while place < len(completion) and completion[place].isspace():
        place += 1
    return completion[:place], completion[place:]


def _templated(message: Any) -> dict[str, Any]:
    """A message as chat templates take it: text, never None; calls in OpenAI's envelope, arguments as objects."""
    if message.get("role", "assistant") != "assistant":
        return dict(message)
    said: dict[str, Any] = {"role": "assistant", "content": message_text(message)}
    if message.get("reasoning_content"):
        said["reasoning_content"] = message["reasoning_content"]
    calls = calls_of(message)
    if calls:
        said["tool_calls"] = [{"type": "function", "function": call} for call in calls]
    return said
