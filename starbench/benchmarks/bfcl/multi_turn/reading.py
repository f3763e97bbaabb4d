"""A stored multi-turn result as turns of steps of calls, read in two ways at once.

A result is a list of turns, a turn a list of steps, a step what one request to the model gave::

    [[[{"cd": '{"folder": "document"}'}], "Done."], [[{"ls": "{}"}]]]      # bfcl-fc: two turns with one call each
    [["[cd(folder='document')]", "Done."], ["[ls()]"]]                     # bfcl-prompt: the same
    ->  [[Step(actions=(Call("cd", {"folder": "document"}),), output=…), Step(output=Output(reply="Done."))],
         [Step(actions=(Call("ls", {}),), output=…)]]

``actions`` are what upstream makes of a step; the calls of ``output`` are what the model wrote, which strict grading
and similarity see. A reply has neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.benchmarks.bfcl.decode import DecodeFailure, decode
from starbench.benchmarks.bfcl.multi_turn import quirks
from starbench.benchmarks.bfcl.multi_turn.execution import is_plain, plain_call
from starbench.dialects import parse
from starbench.types import Attempt, Call, Output, Tool

_NOTHING = Output("")


Action = Call | str
"""A call as upstream runs it: its source text, or a call where running the text means no more than making the call."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one request to the model gave, read upstream's way (``actions``) and as it was meant (``output``)."""

    actions: tuple[Action, ...] = ()
    output: Output = _NOTHING

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that were meant."""
        return self.output.calls

    @property
    def is_same(self) -> bool:
        """Whether both readings come to the same calls."""
        calls = self.calls
        return len(calls) == len(self.actions) and all(map(_is_call, self.actions, calls))


def _is_call(action: Action, call: Call) -> bool:
    """Whether running ``action`` makes this call; 5 is another argument than 5.0 or True."""
    if action is call:
        return True
    return isinstance(action, Call) and action.name == call.name and repr(action.arguments) == repr(call.arguments)


def dialect_of(result: Sequence[Any], asked: str = "auto") -> str:
    """The dialect of a stored result: the one asked for, or by its form (rows of calls somewhere, or only texts).

    Raises UnknownNameError where there is no dialect of that name.
    """
    if asked != "auto":
        if asked not in _READERS:
            parse("", asked)  # it may not exist
        return asked.replace("_", "-")
    steps = (step for turn in result if isinstance(turn, list) for step in turn)
    return "bfcl-fc" if any(isinstance(step, (list, dict)) and step for step in steps) else "bfcl-prompt"


def read_turns(result: Sequence[Any], dialect: str, tools: Sequence[Tool]) -> list[list[Step] | None]:
    """The steps of each turn; None for a turn that cannot be gone through, on which upstream crashes."""
    read = _READERS.get(dialect, _read_other)
    turns = map(_items, result)
    return [None if items is None else [read(item, dialect, tools) for item in items] for items in turns]


def conversation_output(turns: Sequence[Sequence[Step] | None], dialect: str) -> Output:
    """All that was read: the attempts of all steps one after the other, and the last reply; there is no whole text."""
    outputs = [step.output for turn in turns for step in turn or ()]
    replies = [output.reply for output in outputs if output.reply.strip()]
    attempts = tuple(attempt for output in outputs for attempt in output.attempts)
    return Output("", attempts=attempts, reply=replies[-1] if replies else "", dialect=dialect)


def read_conversation(result: Any, dialect: str, tools: Sequence[Tool]) -> Output:
    """The same of any result that a JSON file can hold; what is not a list of turns has nothing in it that is read."""
    turns = result if isinstance(result, list) else []
    dialect = dialect_of(turns, dialect)
    return conversation_output(read_turns(turns, dialect, tools), dialect)


def _items(turn: Any) -> list[Any] | None:
    try:
        return list(turn)
    except TypeError:
        return None


def _read_rows(item: Any, dialect: str, tools: Sequence[Tool]) -> Step:
    """A step of rows ``{name: JSON text}``; the dialect itself is asked only where upstream may see something else."""
    if not item or isinstance(item, str):
        return Step((), Output("", reply=item or "", dialect=dialect))
    rows = [item] if isinstance(item, dict) else item
    attempts = _plain_attempts(rows)
    if attempts is not None:
        actions = tuple(attempt.call for attempt in attempts if attempt.call is not None)
        return Step(actions, Output("", attempts=attempts, dialect=dialect))
    return Step(_of_rows(rows), _output(rows, dialect, tools))


def _plain_attempts(rows: Any) -> tuple[Attempt, ...] | None:
    """The calls of rows that everyone reads in the same way, which is nearly all; None where any row is not such."""
    found = []
    for row in rows if isinstance(rows, list) else [None]:
        if not isinstance(row, dict) or len(row) != 1:
            return None
        ((name, text),) = row.items()
        call = plain_call(name, text) if isinstance(text, str) else None
        if call is None:
            return None
        found.append(Attempt(f'{{"{name}": {text}}}', None, "parsed", call))
    return tuple(found)


def _read_text(item: Any, dialect: str, tools: Sequence[Tool]) -> Step:
    """A step of Python text."""
    return Step(_of_text(item), _output(item, dialect, tools))


def _read_other(item: Any, dialect: str, tools: Sequence[Tool]) -> Step:
    """A step in a dialect that upstream does not know: its calls are taken like rows."""
    output = _output(item, dialect, tools)
    return Step(_of_rows([{call.name: call.arguments} for call in output.calls]), output)


_READERS: Mapping[str, Callable[[Any, str, Sequence[Tool]], Step]] = {"bfcl-fc": _read_rows, "bfcl-prompt": _read_text}


def _output(item: Any, dialect: str, tools: Sequence[Tool]) -> Output:
    """What the dialect reads in one step."""
    return parse(item, dialect, tools) if isinstance(item, (str, list, dict)) else _NOTHING


def _of_rows(rows: Any) -> tuple[Action, ...]:
    """What upstream decodes from rows; nothing where it fails."""
    try:
        return tuple(_row_action(name, value) for row in rows for name, value in row.items())
    except (AttributeError, TypeError, ValueError, RecursionError):
        return ()


def _row_action(name: str, value: Any) -> Action:
    arguments = dict((json.loads(value) if isinstance(value, str) else value).items())
    text = f"{name}({','.join(f'{key}={item!r}' for key, item in arguments.items())})"
    return Call(name, arguments) if is_plain(text, name, arguments) else text


def _of_text(item: Any) -> tuple[Action, ...]:
    """What upstream decodes from Python text; nothing where it fails."""
    try:
        decoded = decode(item, "bfcl-prompt")
        return tuple(_text_action(name, arguments) for call in decoded for name, arguments in call.items())
    except (DecodeFailure, AttributeError, IndexError, TypeError, ValueError, RecursionError):
        return ()


def _text_action(name: str, arguments: Mapping[str, Any]) -> Action:
    text = quirks.call_text(name, arguments)
    plain = is_plain(text, name, arguments) and not any(isinstance(v, dict) for v in arguments.values())
    return Call(name, arguments) if plain else text
