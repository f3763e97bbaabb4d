"""The way from a text to an :class:`~starbench.Output`: reasoning off, dialect chosen, attempts found, reply left over.

    parse_text('<think>add</think><tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>', "auto", Toolbox())
    # Output(reasoning="add", attempts=(<parsed add>,), reply="", dialect="hermes")

Every step works on windows of the original text, so that the spans of attempts are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from starbench.dialects.base import MARKED, Detection, Dialect, Reader, Reading, Span, Toolbox, Window
from starbench.dialects.detection import candidates, choose, marked, ranked
from starbench.dialects.json_text import JsonText
from starbench.dialects.reasoning import Block, begins_with_tag, content_span, has_tags, split
from starbench.dialects.registry import load
from starbench.types import Attempt, Output

_FENCE_BEFORE = re.compile(r"```[\w+-]*\s*\Z")
_FENCE_AFTER = re.compile(r"\A\s*```")
_PUNCTUATION = re.compile(r"[\s,;.\[\]{}`]*")
_FENCE_ROOM = 40
UNREAD = frozenset({"plain", "unsure"})
"""Dialects in which a text holds no calls."""


def parse_text(
    text: str, dialect: str, toolbox: Toolbox, *, repair: bool = False, reasoning_open: bool = False
) -> Output:
    """Read ``text``; see :func:`starbench.parse` for what the arguments mean."""
    window = Window(JsonText(text), *content_span(text), toolbox, repair)
    blocks = _blocks(window, dialect, opened=reasoning_open)
    answers = [window.part(*span) for span in _outside([block.span for block in blocks], (window.start, window.end))]
    chosen = _choice(answers, dialect)
    known = [chosen.reading] if chosen.reading is not None and len(answers) == 1 else None
    readings = known or [_read(part, chosen.dialect) for part in answers]
    if dialect == "auto" and chosen.dialect not in UNREAD:
        readings += [other for part, reading in zip(answers, readings, strict=True) for other in _others(part, reading)]
    thoughts = [_thought(window.part(*block.inner), dialect) for block in blocks]
    return _output(text, answers, readings, chosen, blocks, thoughts)


def parse_with(text: str, dialect: Reader, toolbox: Toolbox, *, repair: bool = False) -> Output:
    """Read all of ``text``, reasoning and end-of-turn tokens included, with a dialect that sees to these itself."""
    window = Window(JsonText(text), 0, len(text), toolbox, repair)
    chosen = Detection(dialect.name, 1.0, "given by the caller")
    return _output(text, [window], [dialect.read(window)], chosen, (), ())


def _output(
    text: str,
    answers: Sequence[Window],
    readings: Sequence[Reading],
    chosen: Detection,
    blocks: Sequence[Block],
    thoughts: Sequence[Reading],
) -> Output:
    """Put together what was read from the answers and from the reasoning blocks between them."""
    attempts = [attempt for reading in readings for attempt in reading.attempts]
    attempts += [replace(attempt, status="in_reasoning") for thought in thoughts for attempt in thought.attempts]
    channels = [span for reading in readings for span in reading.reasoning]
    taken = [a.span for a in attempts if a.span] + [span for reading in readings for span in reading.markup] + channels
    inner = sorted([*(block.inner for block in blocks), *channels])
    return Output(
        text=text,
        reasoning="\n".join(filter(None, (text[a:b].strip() for a, b in inner))),
        attempts=_in_order(attempts),
        reply=_reply(answers, sorted(taken), tidy=chosen.dialect not in UNREAD),
        dialect=chosen.dialect,
        dialect_reason=chosen.reason,
        reasoning_complete=all(block.complete for block in blocks) and all(r.reasoning_complete for r in readings),
    )


def detect_text(text: str, toolbox: Toolbox) -> tuple[Detection, ...]:
    """Every candidate dialect for ``text``, best first."""
    return _ranked(_answers(text, toolbox))


def marked_dialect(text: str, toolbox: Toolbox) -> str | None:
    """The dialect of which a marker stands in the answer that ``text`` holds; of several the first."""
    found = ranked(detection for part in _answers(text, toolbox) for detection in marked(part))
    return found[0].dialect if found else None


def _answers(text: str, toolbox: Toolbox) -> list[Window]:
    """The parts of ``text`` that are no reasoning."""
    window = Window(JsonText(text), *content_span(text), toolbox)
    blocks = _blocks(window, "auto")
    return [window.part(*span) for span in _outside([block.span for block in blocks], (window.start, window.end))]


def _blocks(window: Window, dialect: str, *, opened: bool = False) -> tuple[Block, ...]:
    """The reasoning blocks; a tag that stands inside a call's argument is none."""
    content = (window.start, window.end)
    if not opened and not has_tags(window.content):
        return ()
    blocks = split(window.text, content, opened=opened)
    begun = opened or begins_with_tag(window.content)
    first = blocks[0]
    if begun and not any(has_tags(window.text[a:b]) for a, b in (first.inner, (first.span[1], window.end))):
        return blocks
    chosen = _choice([window], dialect)
    reading = chosen.reading if chosen.reading is not None else _read(window, chosen.dialect)
    calls = [a.span for a in reading.attempts if a.status == "parsed" and a.span]
    if any(has_tags(window.text[a:b]) for a, b in calls):
        return split(window.text, content, calls, opened=opened)
    return blocks


def _choice(answers: Sequence[Window], dialect: str) -> Detection:
    """The dialect to read the answers with: the one asked for, or their best candidate."""
    return choose(_ranked(answers, quick=True)) if dialect == "auto" else Detection(dialect, 1.0, "asked for by name")


def _ranked(parts: Iterable[Window], *, quick: bool = False) -> tuple[Detection, ...]:
    """The candidates of several windows together: for each dialect its best one."""
    best: dict[str, Detection] = {}
    for detection in (d for part in parts for d in candidates(part, quick=quick)):
        known = best.get(detection.dialect)
        if known is None or detection.confidence > known.confidence:
            best[detection.dialect] = detection
    return ranked(best.values())


def _read(window: Window, dialect: str) -> Reading:
    if dialect in UNREAD:
        return Reading()
    known: Dialect = load(dialect)
    return known.read(window)


def _others(window: Window, reading: Reading) -> Iterator[Reading]:
    """Calls in other dialects, where their markers stand in what the chosen dialect left over; recorded as such."""
    taken = sorted([*(a.span for a in reading.attempts if a.span), *reading.markup, *reading.reasoning])
    for start, end in _outside(taken, (window.start, window.end)):
        gap = window.part(start, end)
        found = choose([d for d in candidates(gap, quick=True) if d.confidence >= MARKED])
        if found.dialect not in UNREAD:
            other = _read(gap, found.dialect)
            note = f"written in the dialect {found.dialect}"
            yield replace(other, attempts=[replace(a, repairs=(note, *a.repairs)) for a in other.attempts])


def _thought(window: Window, dialect: str) -> Reading:
    """What a reasoning block holds; it may show calls in another dialect than the answer's."""
    if dialect != "auto":
        return _read(window, dialect)
    found = choose(candidates(window, quick=True))
    return found.reading if found.reading is not None else _read(window, found.dialect)


def _in_order(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """The attempts by where they start; one without a span stays behind the one before it."""
    starts, last = [], -1
    for attempt in attempts:
        last = attempt.span[0] if attempt.span else last
        starts.append(last)
    return tuple(attempts[i] for i in sorted(range(len(attempts)), key=starts.__getitem__))


def _outside(spans: Sequence[Span], whole: Span) -> Iterator[Span]:
    """The non-empty parts of ``whole`` between ``spans``, which are in order; the empty whole if there are none."""
    position = whole[0]
    for start, end in spans:
        if start > position:
            yield position, start
        position = max(position, end)
    if position < whole[1] or not spans:
        yield position, whole[1]


def _reply(answers: Sequence[Window], taken: Sequence[Span], *, tidy: bool) -> str:
    """What the answers say beside calls and markup; code fences and punctuation that only framed calls are dropped."""
    kept = []
    for part in answers:
        inside = [span for span in taken if part.start <= span[0] < part.end]
        if not inside or not tidy:
            kept.append(part.content.strip())
            continue
        for start, end in _outside(inside, (part.start, part.end)):
            gap = part.text[start:end]
            if end < part.end:
                gap = gap[:-_FENCE_ROOM] + _FENCE_BEFORE.sub("", gap[-_FENCE_ROOM:])
            if start > part.start:
                gap = _FENCE_AFTER.sub("", gap)
            kept.append("" if _PUNCTUATION.fullmatch(gap) else gap.strip())
    return "\n".join(filter(None, kept))
