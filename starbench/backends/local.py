"""What backends that run a model in this process share: its own chat template, and the tokens that come of it.

    prompt = Templates(tokenizer, "mine").rendered(request)     # "<|im_start|>system …<|im_start|>assistant\\n"

A template may want calls of earlier turns with their arguments as objects, where servers have JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starbench.backends.base import BackendError, Completion, Request, as_sent


class Unrenderable(Exception):
    """A chat template that cannot be used with some messages."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The chat template of a model that takes ``context`` tokens; ``tokenizer`` is a transformers tokenizer."""

    tokenizer: Any
    model: str
    context: int | None = None

    def __post_init__(self) -> None:
        if not self.tokenizer.chat_template:
            raise BackendError(f"{self.model} has no chat template; take an instruction-tuned model")

    def rendered(self, request: Request) -> str:
        """The text that the model reads, its last words being those that open its answer.

        Raises Unrenderable where the template cannot be used with these messages.
        """
        switch = {} if request.thinking is None else {"enable_thinking": request.thinking}
        try:
            return str(
                self.tokenizer.apply_chat_template(
                    [with_objects(message) for message in request.messages],
                    tools=list(request.tools) or None,
                    add_generation_prompt=True,
                    tokenize=False,
                    **switch,
                )
            )
        except Exception as problem:  # a template is a program of its own and may raise anything
            raise Unrenderable(
                f"the model's chat template cannot be used with these messages ({type(problem).__name__}: {problem})"
            ) from None

    def prompt(self, request: Request) -> list[int] | Completion:
        """The ids of the rendered prompt; a failure where it cannot be rendered or is longer than ``context``."""
        try:
            ids = self.tokens(self.rendered(request))
        except Unrenderable as problem:
            return Completion(failure=str(problem))
        if self.context is not None and len(ids) >= self.context:
            return Completion(failure=f"the prompt has {len(ids)} tokens, the model takes {self.context}")
        return ids

    def shown(self, request: Request) -> str:
        """The rendered text, or where there is none the request itself."""
        try:
            return self.rendered(request)
        except Unrenderable:
            return as_sent(request)

    def tokens(self, prompt: str) -> list[int]:
        """The ids of a rendered prompt, which holds its special tokens already."""
        ids: list[int] = self.tokenizer(prompt, add_special_tokens=False)["input_ids"]
        return ids

    def uses_tools(self) -> bool:
        """Whether the template does anything with tools."""
        template = self.tokenizer.chat_template
        return "tools" in (template if isinstance(template, str) else json.dumps(template or ""))


def with_objects(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message whose calls have their arguments as objects."""
    calls = message.get("tool_calls")
    if not calls:
        return dict(message)
    return {**message, "tool_calls": [_with_object(call) for call in calls]}


def _with_object(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call["function"]
    try:
        arguments = json.loads(function["arguments"])
    except (TypeError, ValueError, RecursionError):
        return dict(call)
    return {**call, "function": {**function, "arguments": arguments}}
