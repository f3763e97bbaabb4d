"""Which dialects there are: a name, and where its object lives.

    load("hermes")        # starbench.dialects.json_tags:HERMES
    load("bfcl_prompt")   # the difference of - and _ is ignored

Packages of others add dialects of texts through the entry point group ``starbench.dialects``.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from starbench.errors import UnknownNameError

TEXT_DIALECTS: dict[str, str] = {
    "hermes": "starbench.dialects.json_tags:HERMES",
    "qwen3-coder": "starbench.dialects.tag_dialects:QWEN3_CODER",
    "glm": "starbench.dialects.tag_dialects:GLM",
    "llama3-json": "starbench.dialects.llama:LLAMA3_JSON",
    "llama3-custom": "starbench.dialects.named_json:LLAMA3_CUSTOM",
    "llama4": "starbench.dialects.code_dialects:LLAMA4",
    "mistral": "starbench.dialects.mistral:MISTRAL",
    "deepseek": "starbench.dialects.named_json:DEEPSEEK",
    "deepseek-dsml": "starbench.dialects.tag_dialects:DEEPSEEK_DSML",
    "deepseek-dsml-spaced": "starbench.dialects.tag_dialects:DEEPSEEK_DSML_SPACED",
    "kimi-k2": "starbench.dialects.named_json:KIMI_K2",
    "kimi-k3": "starbench.dialects.tag_tokens:KIMI_K3",
    "gptoss": "starbench.dialects.channels:GPTOSS",
    "gemma4": "starbench.dialects.gemma_calls:GEMMA4",
    "function-gemma": "starbench.dialects.gemma_calls:FUNCTION_GEMMA",
    "phi4": "starbench.dialects.marked_json:PHI4",
    "granite": "starbench.dialects.marked_json:GRANITE",
    "cohere": "starbench.dialects.marked_json:COHERE",
    "internlm": "starbench.dialects.json_tags:INTERNLM",
    "nemotron-toolcall": "starbench.dialects.marked_json:NEMOTRON",
    "olmo3": "starbench.dialects.code_dialects:OLMO3",
    "lfm2": "starbench.dialects.marked_json:LFM2",
    "minimax-m2": "starbench.dialects.tag_dialects:MINIMAX_M2",
    "minimax-m3": "starbench.dialects.nested_tags:MINIMAX_M3",
    "hunyuan-hy3": "starbench.dialects.tag_tokens:HUNYUAN_HY3",
    "seed-oss": "starbench.dialects.tag_dialects:SEED_OSS",
    "react": "starbench.dialects.react:REACT",
    "qwen-agent": "starbench.dialects.react:QWEN_AGENT",
    "longcat": "starbench.dialects.json_tags:LONGCAT",
    "minimax-m1": "starbench.dialects.json_tags:MINIMAX_M1",
    "jamba": "starbench.dialects.json_tags:JAMBA",
    "apertus": "starbench.dialects.marked_json:APERTUS",
    "gigachat": "starbench.dialects.marked_json:GIGACHAT",
    "anthropic-xml": "starbench.dialects.tag_dialects:ANTHROPIC_XML",
    "dots": "starbench.dialects.tag_dialects:DOTS",
    "muse": "starbench.dialects.channels:MUSE",
    "inkling": "starbench.dialects.channels:INKLING",
    "step3": "starbench.dialects.tag_tokens:STEP3",
    "solar-open2": "starbench.dialects.tag_tokens:SOLAR_OPEN2",
    "k2-horizon": "starbench.dialects.tag_tokens:K2_HORIZON",
    "minicpm5": "starbench.dialects.tag_tokens:MINICPM5",
    "iquest": "starbench.dialects.tag_dialects:IQUEST",
    "plamo3": "starbench.dialects.named_json:PLAMO3",
    "tool-code": "starbench.dialects.code_dialects:TOOL_CODE",
    "nexus": "starbench.dialects.code_dialects:NEXUS",
    "bfcl-prompt-verbose-xml": "starbench.dialects.bfcl_xml:VERBOSE",
    "bfcl-prompt-concise-xml": "starbench.dialects.bfcl_xml:CONCISE",
    "chatglm4": "starbench.dialects.named_json:CHATGLM4",
    "json": "starbench.dialects.json_bare:JSON",
    "pythonic": "starbench.dialects.code_dialects:PYTHONIC",
    "acebench": "starbench.dialects.code_dialects:ACEBENCH",
    "bfcl-prompt": "starbench.dialects.code_dialects:BFCL_PROMPT",
    "bfcl-prompt-java": "starbench.dialects.java_calls:JAVA",
    "bfcl-prompt-javascript": "starbench.dialects.java_calls:JAVASCRIPT",
    "bfcl-prompt-json": "starbench.dialects.json_bare:BFCL_PROMPT_JSON",
}
"""Dialects of texts: name -> ``module:object``, in the order in which equal candidates of detection are preferred."""

MESSAGE_DIALECTS: dict[str, str] = {
    "message.anthropic": "starbench.dialects.providers:ANTHROPIC",
    "message.gemini": "starbench.dialects.providers:GEMINI",
    "message.bedrock": "starbench.dialects.providers:BEDROCK",
    "message.cohere": "starbench.dialects.providers:COHERE",
    "message.ollama": "starbench.dialects.providers:OLLAMA",
    "message.openai": "starbench.dialects.messages:OPENAI",
    "bfcl-fc": "starbench.dialects.messages:BFCL_FC",
}
"""Structured dialects: name -> ``module:object``, in the order in which they are tried."""

NOT_DETECTED = frozenset({"acebench", "bfcl-prompt", "bfcl-prompt-json", "bfcl-prompt-java", "bfcl-prompt-javascript"})
"""Dialects whose texts other dialects read as well, used only when asked for by name."""

WITHOUT_MARKER = frozenset({"json", "pythonic"})
"""Dialects that have no marker and must read a text to recognise it."""

NEEDLES: dict[str, tuple[str, ...]] = {
    "hermes": ("<tool_call>",),
    "qwen3-coder": ("<function=",),
    "glm": ("<tool_call>",),
    "llama3-json": ("<|python_tag|>", '"parameters"'),
    "llama3-custom": ("<function=",),
    "llama4": ("<|python_start|>",),
    "mistral": ("[TOOL_CALLS]", "[ARGS]"),
    "deepseek": ("<｜tool▁call▁begin｜>",),
    "deepseek-dsml": ("<｜DSML｜",),
    "deepseek-dsml-spaced": ("<｜DSML｜",),
    "kimi-k2": ("<|tool_call_begin|>",),
    "kimi-k3": ("<|open|>",),
    "gptoss": ("<|channel|>",),
    "gemma4": ("<|tool_call>",),
    "function-gemma": ("<start_function_call>",),
    "phi4": ("functools", "<|/tool_call|>"),
    "granite": ("<|tool_call|>", "<function_call>"),
    "cohere": ("<|START_ACTION|>", "Action:"),
    "internlm": ("<|plugin|>",),
    "nemotron-toolcall": ("<TOOLCALL>",),
    "olmo3": ("<function_calls>",),
    "lfm2": ("<|tool_call_start|>",),
    "minimax-m2": ("<invoke",),
    "minimax-m3": ("]<]minimax[>[",),
    "hunyuan-hy3": ("<tool_sep", "<arg_key:", "</tool_call:"),
    "seed-oss": ("<seed:tool_call>",),
    "react": ("Action:",),
    "qwen-agent": ("✿FUNCTION✿",),
    "longcat": ("<longcat_tool_call>",),
    "minimax-m1": ("<tool_calls>",),
    "jamba": ("<tool_calls>",),
    "apertus": ("<|tools_prefix|>",),
    "gigachat": ("<|role_sep|>",),
    "anthropic-xml": ("<invoke",),
    "dots": ("<invoke",),
    "muse": ("<atem:",),
    "inkling": ("<|content_",),
    "step3": ("<steptml:",),
    "solar-open2": ("<|tool_call:start|>",),
    "k2-horizon": ("<ifm|",),
    "minicpm5": ("<function",),
    "iquest": ("<iquest_tool_call>",),
    "plamo3": ("<|plamo:",),
    "tool-code": ("```tool_code",),
    "nexus": ("Call:",),
    "bfcl-prompt-verbose-xml": ("<function",),
    "bfcl-prompt-concise-xml": ("<function",),
    "chatglm4": ("\n{",),
    "json": ("{",),
    "pythonic": ("(",),
}
"""Texts of which one must occur where a dialect is to be detected; a dialect without an entry is always asked."""

DIALECTS: dict[str, str] = {**TEXT_DIALECTS, **MESSAGE_DIALECTS}


def canonical(name: str) -> str:
    """The registered name that ``name`` means; the difference of - and _ does not matter."""
    if name in DIALECTS:
        return name
    wanted = name.replace("_", "-")
    return next((known for known in DIALECTS if known.replace("_", "-") == wanted), name)


@cache
def load(name: str) -> Any:
    """The object of a registered name. Raises :class:`~starbench.errors.UnknownNameError`."""
    if name not in DIALECTS:
        return _from_other_packages(name)
    module, _, attribute = DIALECTS[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def _from_other_packages(name: str) -> Any:
    from importlib.metadata import entry_points

    found = {entry.name: entry for entry in entry_points(group="starbench.dialects")}
    if name not in found:
        raise UnknownNameError.of("dialect", name, [*DIALECTS, *found, "auto", "plain"])
    return found[name].load()
