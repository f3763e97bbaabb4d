"""An answer as a reward sees it: its calls and reply, and the first thing wrong with its form.

    read_answer('ok</think><tool_call>\\n{"name": "f", "arguments": {}}\\n</tool_call><|im_end|>', task, "auto")
    ->  Answer(calls=[Call("f")], reply="", problem=None, attempted=True, reasoned=True)

The common form, hermes calls after reasoning, is read by :mod:`starbench.reward.hermes`; everything else goes through
:func:`starbench.parse`.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from starbench.dialects import parse
from starbench.dialects.reasoning import TAGS
from starbench.reward.hermes import Answer, read_hermes
from starbench.reward.task import Task
from starbench.similarity.compare import as_output
from starbench.types import Call, Output


def read_answer(completion: Any, task: Task, dialect: str) -> Answer:
    """Read an answer; ``dialect`` "auto" leaves the choice to the prompt, then to detection. Never raises.

    Text that holds nothing but flawless hermes calls is of no other dialect, so it needs no detection.
    """
    if isinstance(completion, str):
        opened, wished = task.wish
        dialect = wished if dialect == "auto" else dialect
        quick = read_hermes(completion, opened) if dialect == "hermes" or "<tool_call>" in completion else None
        if quick is not None and (dialect == "hermes" or quick.calls):
            return quick
        return _of_output(parse(completion, dialect, task.offered.tools, reasoning_open=bool(opened)), opened)
    return _of_output(output_of(completion, task), None)


def output_of(completion: Any, task: Task) -> Output:
    """An answer that is no text, as an output: a message, items, calls, or an output already."""
    if isinstance(completion, Output):
        return completion
    if isinstance(completion, (list, tuple)) and completion and all(isinstance(call, Call) for call in completion):
        return as_output(completion)
    return parse(completion, "auto", task.offered.tools)


def _of_output(output: Output, opened: bool | None) -> Answer:
    tried = bool(output.calls or output.failed)
    reasoned = bool(output.reasoning) or any(closes for _, closes in reasoning_tags(output.text))
    return Answer(output.calls, output.reply, _problem(output, opened), tried, reasoned)


def _problem(output: Output, opened: bool | None) -> str | None:
    if not output.reasoning_complete:
        return "reasoning:unclosed"
    if _restarted(output, opened):
        return "reasoning:repeated"
    if output.failed:
        return "call:truncated" if output.failed[0].status == "truncated" else "call:malformed"
    if any(attempt.repairs and attempt.span for attempt in output.attempts if attempt.status == "parsed"):
        return "call:malformed"  # written so that it could only be read by taking a liberty
    return None


def _restarted(output: Output, opened: bool | None) -> bool:
    """Whether reasoning is closed where none is open, after an answer began: what stands before would not count.

    One closing tag without an opening one is the prompt's reasoning, if it is not known that the prompt opened none.
    """
    spans = sorted(attempt.span for attempt in output.attempts if attempt.status == "parsed" and attempt.span)
    inside, may_close = bool(opened), opened is None
    for position, closes in reasoning_tags(output.text):
        before = bisect_right(spans, (position, len(output.text)))
        if before and position < spans[before - 1][1]:
            continue  # inside a call's arguments
        if not closes:
            inside, may_close = True, False
        elif inside or may_close:
            inside = may_close = False
        else:
            return True
    return False


def reasoning_tags(text: str) -> list[tuple[int, bool]]:
    """The positions of reasoning tags, in order, and whether each closes; linear, one search a tag."""
    found: list[tuple[int, bool]] = []
    for pair in TAGS:
        for closes, tag in enumerate(pair):
            position = text.find(tag)
            while position >= 0:
                found.append((position, bool(closes)))
                position = text.find(tag, position + len(tag))
    return sorted(found)
