"""What is not the answer: reasoning blocks and the control tokens around a turn.

    "<think>easy</think>\\n\\nParis.<|im_end|>"
    # content (0, 29); one block (0, 20) whose inside is (7, 12), complete

A block may have been opened by the prompt, so a closing tag without an opening one ends a block that began with the
text. A tag inside an argument of a call is data: the spans of calls are passed in and skipped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starbench.dialects.base import Span

TAGS: tuple[tuple[str, str], ...] = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<|thought_start|>", "<|thought_end|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)
"""Opening and closing tags of reasoning blocks."""

CONTROL_TOKENS: tuple[str, ...] = (
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>", "<|eot|>", "<|eom|>",
    "</s>", "<eos>", "<end_of_turn>", "<turn|>", "<｜end▁of▁sentence｜>", "<|END_OF_TURN_TOKEN|>", "<|end_of_turn|>",
    "<|END_RESPONSE|>", "<|return|>", "<|user|>", "<|observation|>", "<|endofresponse|>", "<|end_of_role|>",
    "<|assistant_end|>", "<seed:eos>", "[e~[", "[EOS]", "<pad>", "<|pad|>",
)  # fmt: skip
"""Tokens that end a turn; at the end of a text they are not content."""

MAX_BLOCKS = 20
"""More blocks than this come of a model that repeats itself; the rest counts as one."""

_TAG = re.compile("|".join(re.escape(tag) for pair in TAGS for tag in pair))
_OPENS = dict(TAGS)
_CLOSES = {closing: opening for opening, closing in TAGS}
_HEAD = re.compile(
    r"(?:\s*(?:<s>|<\|begin_of_text\|>|<\|im_start\|>(?:assistant)?|<\|start_header_id\|>(?:\w*<\|end_header_id\|>)?"
    r"|<\|im_assistant\|>\w*<\|im_middle\|>|<start_of_turn>model|<｜Assistant｜>|<\|assistant\|>))*\s*"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A reasoning block: ``span`` with its tags, ``inner`` without them."""

    span: Span
    inner: Span
    complete: bool = True


def content_span(text: str) -> Span:
    """Where the turn's content lies: without role headers before it and end-of-turn tokens after it."""
    head = _HEAD.match(text)
    start = head.end() if head else 0
    end = len(text)
    while end > start:
        if text[end - 1].isspace():
            end -= 1
        elif text.endswith(CONTROL_TOKENS, start, end):
            token = next(token for token in CONTROL_TOKENS if text.endswith(token, start, end))
            while text.endswith(token, start, end):
                end -= len(token)
        else:
            break
    return min(start, end), end


def has_tags(text: str) -> bool:
    """Whether any reasoning tag occurs."""
    return _TAG.search(text) is not None


def begins_with_tag(text: str) -> bool:
    """Whether ``text`` starts with the opening tag of a reasoning block."""
    return text.startswith(tuple(_OPENS))


def split(text: str, content: Span, calls: Sequence[Span] = (), *, opened: bool = False) -> tuple[Block, ...]:
    """The reasoning blocks of ``text[content]``, in order and without overlap.

    ``calls`` are spans in which tags are data; ``opened`` says that the prompt has opened the first block.
    """
    start, end = content
    blocks: list[Block] = []
    begun: tuple[int, int, str] | None = (start, start, "") if opened else None
    inside = iter((*calls, (end, end)))
    call = next(inside)
    for match in _TAG.finditer(text, start, end):
        tag, position = match[0], match.start()
        if begun is not None:
            if tag in _CLOSES and begun[2] in ("", _CLOSES[tag]):
                blocks.append(Block((begun[0], match.end()), (begun[1], position)))
                begun = None
            continue
        while call[1] <= position < end and call[0] < end:
            call = next(inside)
        if call[0] <= position < call[1]:
            continue
        if tag in _OPENS:
            begun = (position, match.end(), tag)
        else:
            blocks = [Block((start, match.end()), (start, position))]
    if begun is not None:
        blocks.append(Block((begun[0], end), (begun[1], end), complete=False))
    if len(blocks) > MAX_BLOCKS:
        first, last = blocks[MAX_BLOCKS - 1], blocks[-1]
        merged = Block((first.span[0], last.span[1]), (first.inner[0], last.inner[1]), last.complete)
        blocks[MAX_BLOCKS - 1 :] = [merged]
    return tuple(blocks)
