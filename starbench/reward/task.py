"""What was asked, read once: the expected answer, the tools on offer, and how the prompt wants to be answered.

    prepare('</think><tool_call>…</tool_call>', None, "…<tools>…</tools>…<|im_start|>assistant\\n<think>")
    ->  Task with .expected = Expected("calls", …), .offered = …, .opened = True, .dialect = "hermes"

Golds, tools and prompts that are texts are remembered, so the samples of a group share one task.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from starbench.dialects.reasoning import CONTROL_TOKENS, TAGS
from starbench.reward.gold import read_gold
from starbench.reward.offered import Offered, offered_by, prompt_text
from starbench.types import Expected

_HERMES_MARK = '<tool_call>\n{"name"'
_OPENING = tuple(opening for opening, _ in TAGS)
_TURNS = (*CONTROL_TOKENS, "<|im_start|>", "<|start_header_id|>", "<start_of_turn>", "<｜Assistant｜>", "[/INST]")
"""What shows that a prompt went through a chat template, so that its end is where the answer begins."""


MOST_JUDGED = 64


class Wish(NamedTuple):
    """What a prompt says about the answer: whether it opened the reasoning (None: unknown), and the dialect."""

    opened: bool | None
    dialect: str


class Task:
    """What was asked; ``gold``, ``tools`` and ``prompt`` as they came, the rest read when first asked for.

    It also remembers what rewards found of answers (:meth:`recall`): those of a group agree often but for reasoning.
    """

    __slots__ = ("_expected", "_judged", "_offered", "_views", "_wish", "gold", "prompt", "tools")

    def __init__(self, gold: Any, tools: Any, prompt: Any) -> None:
        self.gold, self.tools, self.prompt = gold, tools, prompt
        self._expected: Expected | None = None
        self._offered: Offered | None = None
        self._wish: Wish | None = None
        self._judged: dict[tuple[str, str], Any] = {}
        self._views: dict[Callable[[Task], Any], Any] = {}

    def view(self, read: Callable[[Task], Any]) -> Any:
        """What ``read`` makes of the task, read once."""
        found = self._views.get(read)
        if found is None:
            found = self._views[read] = read(self)
        return found

    def recall(self, rules: str, answer: str) -> Any:
        """What was remembered of an answer under some rules; None for nothing."""
        return self._judged.get((rules, answer))

    def remember(self, rules: str, answer: str, found: Any) -> None:
        """Keep what was found of an answer; of very many, the latest."""
        if len(self._judged) >= MOST_JUDGED:
            self._judged.clear()
        self._judged[rules, answer] = found

    @property
    def offered(self) -> Offered:
        """The tools on offer. Raises :class:`~starbench.errors.InputError` where ``tools`` are no definitions."""
        if self._offered is None:
            self._offered = offered_by(self.tools, self.prompt)
        return self._offered

    @property
    def expected(self) -> Expected:
        """The expected answer. Raises :class:`~starbench.errors.InputError` where the gold cannot be read."""
        if self._expected is None:
            self._expected = read_gold(self.gold, lambda: self.offered.tools)
        return self._expected

    @property
    def wish(self) -> Wish:
        """What the prompt says about the answer."""
        if self._wish is None:
            self._wish = _wish(prompt_text(self.prompt), isinstance(self.prompt, str))
        return self._wish


def prepare(gold: Any, tools: Any, prompt: Any) -> Task:
    """The task of a gold, tools and prompt; remembered where all are texts."""
    if type(gold) is str and (tools is None or type(tools) is str) and (prompt is None or type(prompt) is str):
        return _remembered(gold, tools, prompt)
    return Task(gold, tools, prompt)


_remembered = lru_cache(maxsize=2048)(Task)


def _wish(prompt: str, rendered: bool) -> Wish:
    """What a prompt says; only a ``rendered`` one (text, not messages) can tell that no reasoning was opened."""
    dialect = "hermes" if _HERMES_MARK in prompt else "auto"
    tail = prompt[-400:].rstrip()
    if not rendered:
        return Wish(None, dialect)
    if tail.endswith(_OPENING):
        return Wish(True, dialect)
    return Wish(False if any(token in tail for token in _TURNS) else None, dialect)
