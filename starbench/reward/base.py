"""What every reward is: a function of an answer and a gold, with a batch form; and what it gives back.

    Reward(value=0.5, parts={"format": 1.0, "calls": 0.5, "reply": 0.0, "exact": 0.0, "attempted": 1.0},
           code="argument:missing")

A reward is a frozen object without state: it can be pickled, shared between threads and called from any process, and it
never prints. What a model wrote never makes it raise; a gold or tools that cannot be used raise
:class:`~starbench.errors.InputError`, because every reward computed from them would be wrong.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

from starbench.errors import InputError
from starbench.reward.task import Task, prepare
from starbench.types import Tool

PARTS = ("format", "calls", "reply", "exact", "attempted")
"""The keys of :attr:`Reward.parts`, the same for every sample; each value is a float in [0, 1].

``format`` is F of the paper's equation, ``calls`` and ``reply`` are S_calls and S_reply (0 where F is), ``exact`` is 1
where the answer is right as a whole, ``attempted`` where a call was tried."""


class Reward(NamedTuple):
    """A number in [-1, 1], the parts it is made of (all floats, in [0, 1]), and the first thing that is wrong.

    ``code`` is None for a perfect answer, else one of :data:`starbench.reward.CODES`.
    """

    value: float
    parts: dict[str, float]
    code: str | None = None


def paper_equation(form: float, calls: float, reply: float) -> float:
    """R of the paper (arXiv 2602.03022) in [-1, 1]: -1 without the format, else the similarity."""
    return (form - 1.0) + form * (calls + reply)


def made(form: float, calls: float, reply: float, code: str | None, attempted: bool) -> Reward:
    """The reward of the paper's equation, with its parts; a perfect answer has no code."""
    value = paper_equation(form, calls, reply)
    exact = value == 1.0
    parts = {
        "format": form,
        "calls": calls,
        "reply": reply,
        "exact": 1.0 if exact else 0.0,
        "attempted": 1.0 if attempted else 0.0,
    }
    return Reward(value, parts, None if exact else code)


class RewardFunction(Protocol):
    """A reward as adapters and trainers see it."""

    @property
    def name(self) -> str:
        """The name it is loaded by."""

    @property
    def source(self) -> str:
        """Where its rule comes from: a paper's equation or a code base."""

    def __call__(self, completion: Any, gold: Any, tools: Any = None, prompt: Any = None) -> Reward:
        """The reward of one answer."""

    def batch(
        self, completions: Sequence[Any], golds: Sequence[Any], tools: Any = None, prompts: Any = None
    ) -> list[Reward]:
        """The rewards of many answers, in order."""


class TaskReward(ABC):
    """A reward that is a function of the answer and of what was asked; reading golds, tools and prompts is done here.

    * ``completion``: a text, a chat message with ``tool_calls``, Responses items, a list of calls, an Output, or None;
    * ``gold``: see :func:`starbench.reward.gold.read_gold`;
    * ``tools``: a list of definitions, its JSON text, Tool objects, or None: then the prompt's ``<tools>`` block;
    * ``prompt``: the text before the completion, or its messages, or None.
    """

    name: ClassVar[str]
    source: ClassVar[str]

    @abstractmethod
    def score(self, completion: Any, task: Task) -> Reward:
        """The reward of an answer to ``task``."""

    def __call__(self, completion: Any, gold: Any, tools: Any = None, prompt: Any = None) -> Reward:
        """The reward of one answer.

        Raises:
            InputError: the gold or the tools cannot be read.
        """
        return self.score(completion, prepare(gold, tools, prompt))

    def batch(
        self, completions: Sequence[Any], golds: Sequence[Any], tools: Any = None, prompts: Any = None
    ) -> list[Reward]:
        """The rewards of many answers, in order.

        ``tools`` is one list of definitions for all, or a list with one entry (a list, its JSON text, None) a sample;
        ``prompts`` is None or has one entry a sample. Golds and prompts that occur again are read once.

        Raises:
            InputError: the columns differ in length, or a gold or tools cannot be read.
        """
        count = len(completions)
        columns = (_column(golds, count, "golds"), _tools(tools, count), _column(prompts, count, "prompts"))
        tasks: dict[tuple[int, int, int], Task] = {}
        rewards = []
        for completion, gold, offered, prompt in zip(completions, *columns, strict=True):
            key = (id(gold), id(offered), id(prompt))  # the columns keep these objects alive
            task = tasks.get(key)
            if task is None:
                task = tasks[key] = prepare(gold, offered, prompt)
            rewards.append(self.score(completion, task))
        return rewards


def _column(values: Sequence[Any] | None, count: int, name: str) -> Sequence[Any]:
    if values is None:
        return [None] * count
    values = list(values)  # an array would make a new object for each access, and ids would mean nothing
    if len(values) != count:
        raise InputError(f"there are {count} completions and {len(values)} {name}; give one for each completion")
    return values


def _tools(tools: Any, count: int) -> Sequence[Any]:
    """The column of tools: one entry a sample, or the same for all where it is one list of definitions."""
    if tools is None or isinstance(tools, str):
        return [tools] * count
    tools = list(tools)
    if all(isinstance(entry, (Mapping, Tool)) for entry in tools):
        return [tools] * count
    return _column(tools, count, "tools")
