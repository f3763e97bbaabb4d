"""The strict verdict: right exactly when the robust similarity is 1, with a code and a sentence for what is wrong.

    strict_verdict([Call("add", {"a": 1})], expected_calls([Call("add", {"a": 1, "b": 2})]))
    ->  Verdict(valid=False, error="argument:missing", similarity=Similarity(0.5),
                message="call 1 (add): the argument 'b' was left out")

The code names the first problem in this order: nothing was tried; an attempt cannot be read; a function is not on
offer; calls are missing or too many; an argument of a call is missing, unexpected, of another type, or wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from starbench.similarity import compare
from starbench.similarity.compare import as_output, offered
from starbench.similarity.reasons import ARGUMENT_CODES, count_code
from starbench.similarity.values import plain
from starbench.types import ArgumentPart, Call, CallPart, Expected, Output, Similarity, Tool, Verdict

Problem = tuple[str, str]
"""An error code of :data:`starbench.errors.CODES` and a sentence."""

_SHOWN = 80


def strict_verdict(
    output: Output | Sequence[Call], expected: Expected, tools: Sequence[Tool] = (), profile: str = "robust"
) -> Verdict:
    """What the benchmark meant: valid if and only if ``compare(output, expected, tools, "robust") == 1.0``.

    ``profile`` names the rules of the similarity that the verdict carries; the verdict itself is always robust.
    """
    output = as_output(output)
    robust = compare(output, expected, tools)
    shown = robust if profile == "robust" else compare(output, expected, tools, profile)
    if robust == 1.0:
        return Verdict(True, None, shown, output=output)
    code, message = _problem(output, expected, tools, robust)
    return Verdict(False, code, shown, message, output)


def _problem(output: Output, expected: Expected, tools: Sequence[Tool], similarity: Similarity) -> Problem:
    if expected.kind == "abstain":
        return "call:unexpected", f"{_first_attempt(output)}, but no call was expected"
    if expected.kind == "reply":
        return _reply_problem(output, expected)
    return (
        _nothing_tried(output, expected)
        or _unreadable(output)
        or _not_offered(output, expected, tools)
        or _calls_problem(output, expected, similarity)
    )


def _first_attempt(output: Output) -> str:
    if output.calls:
        return f"{output.calls[0].name} was called"
    return "a call was tried (it cannot be read)"


def _reply_problem(output: Output, expected: Expected) -> Problem:
    if output.calls or output.failed:
        return "call:unexpected", f"{_first_attempt(output)}, but a reply was expected"
    if not output.reasoning_complete:
        return "reasoning:unclosed", "the reasoning was never closed, so there is no reply"
    if not output.reply.strip():
        return "reply:missing", "there is no reply"
    return "reply:differs", f"the reply {_show(output.reply)} differs from {_show_any(expected.replies)}"


def _nothing_tried(output: Output, expected: Expected) -> Problem | None:
    if output.calls or output.failed:
        return None
    if not output.reasoning_complete:
        return "reasoning:unclosed", "the reasoning was never closed, so there is no call"
    wanted = ", ".join(call.name for call in expected.calls) or "some call"
    return "call:none", f"no call was tried; expected: {wanted}"


def _unreadable(output: Output) -> Problem | None:
    for attempt in output.failed:
        if attempt.status == "truncated":
            return "call:truncated", f"the answer ends inside the call {_show(attempt.raw)}"
        return "call:malformed", f"the call {_show(attempt.raw)} cannot be read: {attempt.problem or 'no reason known'}"
    return None


def _not_offered(output: Output, expected: Expected, tools: Sequence[Tool]) -> Problem | None:
    wanted = {call.name for call in expected.calls}
    known = {id(call) for call in offered(output.calls, tools)}
    for index, call in enumerate(output.calls):
        if id(call) not in known and call.name not in wanted:
            return "call:unknown_tool", f"call {index + 1}: there is no function {call.name!r} on offer"
    return None


def _calls_problem(output: Output, expected: Expected, similarity: Similarity) -> Problem:
    missing = [part for part in similarity.parts if part.predicted is None]
    extra = [part for part in similarity.parts if part.expected is None]
    made, wanted = len(output.calls), len(expected.calls)
    copies = any(part.reason == "copy" for part in extra)
    code = count_code(made, wanted, made - len(extra), copies)
    if code is None:
        return _argument_problem(next(part for part in similarity.parts if part.similarity < 1.0))
    numbers = f"{made} made, {wanted} expected"
    if code == "call:wrong_name":
        where = f"call {(extra[0].predicted or 0) + 1}"
        return code, f"{where}: {extra[0].name} was called instead of {missing[0].name}"
    lost = f"{missing[0].name} was not called" if missing else ""
    found = _extra(next((part for part in extra if part.reason == "copy"), extra[0])) if extra else ""
    return code, f"{', and '.join(filter(None, (found, lost)))}; {numbers}"


def _extra(part: CallPart) -> str:
    what = "repeats an earlier call" if part.reason == "copy" else "is not expected"
    return f"call {(part.predicted or 0) + 1} ({part.name}) {what}"


def _argument_problem(call: CallPart) -> Problem:
    part = next(part for part in call.arguments if part.similarity < 1.0)
    where = f"call {(call.predicted or 0) + 1} ({call.name})"
    return ARGUMENT_CODES[part.reason], f"{where}: {_argument_sentence(part)}"


def _argument_sentence(part: ArgumentPart) -> str:
    if part.reason == "missing":
        return f"the argument {part.name!r} was left out"
    if part.reason == "unexpected":
        return f"the argument {part.name!r} is not expected"
    if not part.wanted:
        return f"the argument {part.name!r} is {_show(part.got)}, but no value is accepted here"
    how = "has another type than" if part.reason == "type" else "differs from"
    return f"the argument {part.name!r} is {_show(part.got)}, which {how} {_show_any(part.wanted)}"


def _show_any(values: Sequence[object]) -> str:
    if not values:
        return "every reply, as none is accepted"
    return " or ".join(_show(plain(value)) for value in values[:3]) + (
        f" or {len(values) - 3} more" if len(values) > 3 else ""
    )


def _show(value: object) -> str:
    """A value for people, at most :data:`_SHOWN` characters of it."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a huge integer, a very deep list
        text = f"<a {type(value).__name__} too large to show>"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
