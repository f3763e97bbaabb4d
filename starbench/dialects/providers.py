"""Chat messages of providers with a form of their own.

    {"role": "assistant", "content": [{"type": "tool_use", "name": "f", "input": {"a": 1}}]}          message.anthropic
    {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"a": 1}}}]}                  message.gemini
    {"role": "assistant", "content": [{"toolUse": {"name": "f", "input": {"a": 1}}}]}                message.bedrock
    {"role": "assistant", "tool_plan": "…", "tool_calls": [{"name": "f", "parameters": {"a": 1}}]}   message.cohere
    {"message": {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}}  message.ollama

Whole responses are unwrapped. Each of these knows only what is unmistakably its own; everything else is for
``message.openai``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starbench.dialects.base import Toolbox
from starbench.dialects.messages import Item, MessageFormat, Parts, items_of, text_of
from starbench.types import Call


def _inside(source: Any, *path: str | int) -> Any:
    """What lies under ``path`` in nested mappings and lists; None if there is nothing."""
    for step in path:
        if isinstance(step, str):
            source = source.get(step) if isinstance(source, Mapping) else None
        else:
            source = source[step] if isinstance(source, list) and len(source) > step else None
    return source


def _blocks(source: Any, *keys: str) -> list[Mapping[str, Any]]:
    """The blocks under the first of ``keys`` that holds a list, or of ``source`` itself; only the mappings among
    them.
    """
    held = source if isinstance(source, list) else next((_inside(source, k) for k in keys if _inside(source, k)), None)
    return [block for block in held if isinstance(block, Mapping)] if isinstance(held, list) else []


def _gathered(items: Sequence[Item], texts: Sequence[Any], thoughts: Sequence[Any]) -> Parts:
    return Parts(tuple(items), "\n".join(map(text_of, texts)), "\n".join(map(text_of, thoughts)))


def split_anthropic(source: Any) -> Parts | None:
    """A message whose content has blocks of the types ``tool_use`` or ``thinking``, or the list of these blocks."""
    blocks = _blocks(source, "content")
    kinds = {block["type"] for block in blocks if isinstance(block.get("type"), str)}
    if not kinds & {"tool_use", "thinking", "redacted_thinking", "server_tool_use"}:
        return None
    return _gathered(
        [Item(b, b.get("name"), b.get("input")) for b in blocks if b.get("type") == "tool_use"],
        [b.get("text") for b in blocks if b.get("type") == "text"],
        [b.get("thinking") for b in blocks if b.get("type") == "thinking"],
    )


def split_gemini(source: Any) -> Parts | None:
    """A response, a content or a list of parts; parts marked ``thought`` are reasoning."""
    content = _inside(source, "candidates", 0, "content") or source
    parts = _blocks(content, "parts")
    if not parts or (isinstance(source, list) and not any("functionCall" in part for part in parts)):
        return None
    calls = [part for part in parts if isinstance(part.get("functionCall"), Mapping)]
    return _gathered(
        [Item(part, part["functionCall"].get("name"), part["functionCall"].get("args")) for part in calls],
        [part.get("text") for part in parts if "text" in part and not part.get("thought")],
        [part.get("text") for part in parts if part.get("thought")],
    )


def split_bedrock(source: Any) -> Parts | None:
    """A Converse response or its message: content blocks keyed ``toolUse``, ``text`` and ``reasoningContent``."""
    message = _inside(source, "output", "message") or source
    blocks = _blocks(message, "content")
    if not any("toolUse" in block or "reasoningContent" in block for block in blocks):
        return None
    uses = [block["toolUse"] for block in blocks if isinstance(block.get("toolUse"), Mapping)]
    return _gathered(
        [Item(use, use.get("name"), use.get("input")) for use in uses],
        [block.get("text") for block in blocks if "text" in block],
        [
            _inside(block, "reasoningContent", "reasoningText", "text")
            for block in blocks
            if "reasoningContent" in block
        ],
    )


def split_cohere(source: Any) -> Parts | None:
    """A chat response or message with ``tool_plan``, or calls that have ``parameters``."""
    message = _inside(source, "message") or source
    calls = _inside(message, "tool_calls")
    own = isinstance(calls, list) and any(isinstance(call, Mapping) and "parameters" in call for call in calls)
    if not isinstance(message, Mapping) or not ("tool_plan" in message or own):
        return None
    text = text_of(message.get("content")) or text_of(message.get("text"))
    return Parts(items_of(calls), text, text_of(message.get("tool_plan")))


def split_ollama(source: Any) -> Parts | None:
    """A chat response: the message under ``message``, its arguments objects, its reasoning under ``thinking``."""
    message = _inside(source, "message")
    if not isinstance(message, Mapping) or not {"role", "content", "tool_calls"} & set(message):
        return None
    return Parts(items_of(message.get("tool_calls")), text_of(message.get("content")), text_of(message.get("thinking")))


def _write_anthropic(calls: Sequence[Call], toolbox: Toolbox) -> dict[str, Any]:
    uses = [
        {"type": "tool_use", "id": f"toolu_{i}", "name": call.name, "input": dict(call.arguments)}
        for i, call in enumerate(calls)
    ]
    return {"role": "assistant", "content": uses}


def _write_gemini(calls: Sequence[Call], toolbox: Toolbox) -> dict[str, Any]:
    parts = [{"functionCall": {"name": call.name, "args": dict(call.arguments)}} for call in calls]
    return {"role": "model", "parts": parts}


def _write_bedrock(calls: Sequence[Call], toolbox: Toolbox) -> dict[str, Any]:
    uses = [
        {"toolUse": {"toolUseId": f"tooluse_{i}", "name": call.name, "input": dict(call.arguments)}}
        for i, call in enumerate(calls)
    ]
    return {"role": "assistant", "content": uses}


def _write_cohere(calls: Sequence[Call], toolbox: Toolbox) -> dict[str, Any]:
    listed = [{"name": call.name, "parameters": dict(call.arguments)} for call in calls]
    return {"role": "assistant", "tool_plan": "", "tool_calls": listed}


def _write_ollama(calls: Sequence[Call], toolbox: Toolbox) -> dict[str, Any]:
    listed = [{"function": {"name": call.name, "arguments": dict(call.arguments)}} for call in calls]
    return {"message": {"role": "assistant", "content": "", "tool_calls": listed}}


ANTHROPIC = MessageFormat("message.anthropic", "Claude's Messages API", split_anthropic, _write_anthropic)
GEMINI = MessageFormat("message.gemini", "Gemini's API", split_gemini, _write_gemini)
BEDROCK = MessageFormat("message.bedrock", "Bedrock's Converse API", split_bedrock, _write_bedrock)
COHERE = MessageFormat("message.cohere", "Cohere's Chat API", split_cohere, _write_cohere)
OLLAMA = MessageFormat("message.ollama", "Ollama's chat endpoint", split_ollama, _write_ollama)
