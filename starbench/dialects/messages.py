"""Answers that are already structured: chat messages, Responses items, rows of a BFCL result file, lists of calls.

    {"content": "", "tool_calls": [{"function": {"name": "add", "arguments": "{\\"a\\": 1}"}}]}     message.openai
    [{"math_gcd": "{\\"a\\": 12, \\"b\\": 18}"}]                                                    bfcl-fc

Arguments are JSON text by these formats' own rule, so reading it is no repair. Servers that allow only
``[a-zA-Z0-9_-]`` in names turn the dots of a name into underscores: with tools given, the dotted name is restored,
and that is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starbench.dialects.base import Toolbox
from starbench.dialects.calls import ANY_KEYS, CallProblem, looks_like_call, read_arguments_object, unwrapped
from starbench.dialects.json_text import MAX_DEPTH
from starbench.dialects.reading import parse_text
from starbench.dialects.registry import MESSAGE_DIALECTS, load
from starbench.types import Attempt, Call, Output


@dataclass(frozen=True, slots=True)
class Item:
    """One call of a structured answer, not yet judged: ``arguments`` is whatever stood there."""

    source: Any
    name: Any
    arguments: Any = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a structured answer consists of."""

    items: tuple[Item, ...] = ()
    text: str = ""
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class MessageFormat:
    """A structured form: ``split`` takes an answer apart, or gives None if the answer is not of this form."""

    name: str
    models: str
    split: Callable[[Any], Parts | None]
    write: Callable[[Sequence[Call], Toolbox], Any]


def parse_message(source: Any, dialect: str, toolbox: Toolbox, *, repair: bool = False) -> Output:
    """Read a structured answer: the calls it lists, and (if it lists none or a text dialect is asked for) its text."""
    known: MessageFormat | None = load(dialect) if dialect in MESSAGE_DIALECTS else None
    name, parts = _taken_apart(source, [known] if known else [load(name) for name in MESSAGE_DIALECTS])
    attempts = tuple(_attempt(item, toolbox, repair) for item in parts.items)
    if known is not None and not parts.text:
        reason = f"a structured answer with {len(attempts)} calls"
        return Output("", parts.reasoning.strip(), attempts, dialect=known.name, dialect_reason=reason)
    if known is not None:
        name = known.name
        inner = parse_text(parts.text, "plain", toolbox)
    else:
        inner = parse_text(parts.text, "plain" if attempts and dialect == "auto" else dialect, toolbox, repair=repair)
    of_text = inner.dialect if inner.dialect not in ("plain", "unsure") and dialect != "plain" else name
    reason = inner.dialect_reason if of_text != name else f"a structured answer with {len(attempts)} calls"
    return replace(
        inner,
        attempts=(*inner.attempts, *attempts),
        reasoning="\n".join(filter(None, (parts.reasoning.strip(), inner.reasoning))),
        dialect=of_text,
        dialect_reason=reason,
    )


def _taken_apart(source: Any, formats: Sequence[MessageFormat]) -> tuple[str, Parts]:
    """The first format that knows ``source`` and what it consists of; ``unsure`` with all of it as text otherwise."""
    if source is None:
        return "plain", Parts()
    for known in formats:
        parts = known.split(source)
        if parts is not None:
            return known.name, parts
    if len(formats) == 1:
        return _taken_apart(source, [load(name) for name in MESSAGE_DIALECTS])
    return "unsure", Parts(text=dumped(source))


def _attempt(item: Item, toolbox: Toolbox, repair: bool) -> Attempt:
    raw = dumped(item.source)
    if _too_deep(item.arguments):
        return Attempt(raw, None, "malformed", problem=f"nested deeper than {MAX_DEPTH} levels")
    if not isinstance(item.name, str) or not item.name:
        return Attempt(raw, None, "malformed", problem="there is no name")
    try:
        arguments, notes = read_arguments_object(item.arguments, repair=repair, text_arguments=True)
    except CallProblem as problem:
        return Attempt(raw, None, "malformed", problem=str(problem))
    name = toolbox.original(item.name)
    if name != item.name:
        notes = (*notes, f"name {item.name!r} read as {name!r}")
    return Attempt(raw, None, "parsed", Call(name, arguments), repairs=notes)


def _too_deep(value: Any) -> bool:
    """Whether lists and mappings are nested deeper than :data:`MAX_DEPTH`; a value that holds itself is."""
    if isinstance(value, str):
        return False
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inner = [v.values() if isinstance(v, Mapping) else v for v in level if isinstance(v, (Mapping, list, tuple))]
        level = [item for items in inner for item in items]
        if not level:
            return False
    return True


def dumped(value: Any) -> str:
    """``value`` as JSON text, whatever it is."""
    try:
        return _ENCODED(value)
    except (TypeError, ValueError, RecursionError):
        return f"<a {type(value).__name__} that is no JSON>"


_ENCODED = json.JSONEncoder(ensure_ascii=False, default=str).encode


def text_of(content: Any) -> str:
    """The text of a message's content: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return ""
    texts = (part.get("text") if isinstance(part, Mapping) else part for part in content)
    return "\n".join(text for text in texts if isinstance(text, str))


def items_of(calls: Any) -> tuple[Item, ...]:
    """The calls of a list such as ``tool_calls``, wrapped in ``function`` or not."""
    if not isinstance(calls, Sequence) or isinstance(calls, str):
        return () if calls is None else (Item(calls, None),)
    return tuple(_item(call) for call in calls)


def _item(call: Any) -> Item:
    inner = unwrapped(call)
    if not isinstance(inner, Mapping):
        return Item(call, None)
    name = next((inner[key] for key in ANY_KEYS.name if key in inner), None)
    return Item(call, name, next((inner[key] for key in ANY_KEYS.arguments if key in inner), None))


def split_openai(source: Any) -> Parts | None:
    """A chat message (also legacy ``function_call``), a list of messages, Responses items, or a list of calls."""
    if isinstance(source, Mapping):
        output, choices = source.get("output"), source.get("choices")
        if isinstance(choices, Sequence) and choices and isinstance(choices[0], Mapping):
            return split_openai(choices[0].get("message"))
        if isinstance(output, Sequence) and not isinstance(output, str):
            return split_openai(output)
        return _chat_message(source)
    if not isinstance(source, Sequence) or isinstance(source, (str, bytes)):
        return None
    if not source:
        return Parts()
    if all(isinstance(entry, Mapping) and ("role" in entry or "type" in entry) for entry in source):
        return _joined([_entry(entry) for entry in source])
    if any(looks_like_call(entry) for entry in source):
        return Parts(items_of(source))
    return None


def _chat_message(message: Mapping[str, Any]) -> Parts | None:
    if not {"content", "tool_calls", "function_call", "role"} & set(message):
        return Parts(items_of([message])) if looks_like_call(message) else None
    legacy = message.get("function_call")
    items = items_of(message.get("tool_calls")) + (items_of([legacy]) if legacy is not None else ())
    thought = next((message[k] for k in ("reasoning_content", "reasoning", "thinking") if message.get(k)), "")
    return Parts(items, text_of(message.get("content") or message.get("refusal")), text_of(thought))


def _entry(entry: Mapping[str, Any]) -> Parts:
    """One message, or one item of a Responses answer; what others said (users, tools) is no part of the answer."""
    kind = entry.get("type")
    if kind in ("function_call", "function", "custom_tool_call"):
        return Parts(items_of([entry]))
    if kind == "reasoning":
        return Parts(reasoning=text_of(entry.get("summary")) or text_of(entry.get("content")))
    if entry.get("role", "assistant") != "assistant" or kind == "function_call_output":
        return Parts()
    return _chat_message(entry) or Parts()


def _joined(parts: Sequence[Parts]) -> Parts:
    return Parts(
        tuple(item for part in parts for item in part.items),
        "\n".join(part.text for part in parts if part.text),
        "\n".join(part.reasoning for part in parts if part.reasoning),
    )


def split_bfcl_rows(source: Any) -> Parts | None:
    """Rows of ``{name: arguments}``, as BFCL stores function-calling results."""
    if not isinstance(source, Sequence) or isinstance(source, (str, bytes)):
        return None
    rows = [row if isinstance(row, Mapping) and len(row) == 1 else None for row in source]
    if rows and not any(rows):
        return None
    return Parts(
        tuple(
            Item(source[i], None) if row is None else Item(row, *next(iter(row.items()))) for i, row in enumerate(rows)
        )
    )


def write_openai(calls: Sequence[Call], toolbox: Toolbox) -> dict[str, Any]:
    """An assistant message with ``tool_calls``."""
    functions = [{"name": c.name, "arguments": json.dumps(dict(c.arguments), ensure_ascii=False)} for c in calls]
    listed = [{"id": f"call_{i}", "type": "function", "function": f} for i, f in enumerate(functions)]
    return {"role": "assistant", "content": None, "tool_calls": listed}


def write_bfcl_rows(calls: Sequence[Call], toolbox: Toolbox) -> list[dict[str, str]]:
    """BFCL's rows; dots in names become underscores."""
    return [{c.name.replace(".", "_"): json.dumps(dict(c.arguments), ensure_ascii=False)} for c in calls]


OPENAI = MessageFormat("message.openai", "OpenAI-compatible servers: chat and Responses", split_openai, write_openai)
BFCL_FC = MessageFormat("bfcl-fc", "BFCL's function-calling results", split_bfcl_rows, write_bfcl_rows)
