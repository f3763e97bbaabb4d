"""Dialects with a tag a call and a tag an argument: one table entry each.

    QWEN3_CODER.read(window)      # see starbench.dialects.tag_reader for how the tags are read

A new dialect of this kind is an entry here, a line in the registry, and a page under ``tests/dialects``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.dialects.base import Reading, Sign, Toolbox, Window, pattern_sign
from starbench.dialects.raw_values import Typed, named_type, typed, types_of
from starbench.dialects.tag_reader import Tags, read_tags
from starbench.types import Call

_XML_NAME = r"""\s+name\s*=\s*["']?(?P<name>[^"'<>]+)["']?\s*>"""
_XML_KEY = r"""\s+name\s*=\s*["']?(?P<key>[^"'<>\s]+)["']?[^<>]*>"""
_ARG_KEY = r"<arg_key>(?P<key>[^<]+)</arg_key>(?:\s|\\n)*<arg_value>"


@dataclass(frozen=True, slots=True)
class TaggedValues:
    """The grammar as a dialect: ``call`` writes a call, given its name and its written arguments; ``argument`` one of
    these.
    """

    name: str
    models: str
    tags: Tags
    call: Callable[[str, str], str]
    argument: Callable[[str, str, Any], str]
    before: str = ""
    joint: str = "\n"
    after: str = ""
    sign_pattern: str = ""

    def read(self, window: Window) -> Reading:
        """Find every call's tag."""
        return read_tags(window, self.tags)

    def sign(self, window: Window) -> Sign | None:
        """A call's opening tag (with what must follow it, where other dialects write the same tag)."""
        return pattern_sign(window, re.compile(self.sign_pattern or self.tags.call))

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """The calls as tags."""
        written = (self._written(call, toolbox.properties(call.name)) for call in calls)
        return f"{self.before}{self.joint.join(written)}{self.after}"

    def _written(self, call: Call, properties: Mapping[str, Any]) -> str:
        arguments = (self.argument(key, as_text(v, properties.get(key)), v) for key, v in call.arguments.items())
        return self.call(call.name, "".join(arguments))


def as_text(value: Any, schema: Any) -> str:
    """A value as a tag's content: text as it is, everything else as JSON; text too, where the schema would misread
    it.
    """
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return value if types_of(schema) <= {"string"} or typed(value, schema)[0] == value else json.dumps(value)


def by_string_flag(tag: re.Match[str], raw: str, schema: Any) -> Typed:
    """DeepSeek's ``string="true"`` says that the value is text, ``"false"`` that it is JSON; without it the schema
    decides.
    """
    flag = re.search(r'\bstring\s*=\s*"(true|false)"', tag[0])
    if flag is None:
        return typed(raw, schema)
    if flag[1] == "true":
        return raw, None
    return typed(
        raw, schema if types_of(schema) - {"string"} else {"type": ["null", "boolean", "number", "object", "array"]}
    )


def by_type_tag(tag: re.Match[str], raw: str, schema: Any) -> Typed:
    """A type named in the argument's tag; without one the schema decides."""
    stated = tag.groupdict().get("type")
    return named_type(raw, stated) if stated else typed(raw, schema)


def kind_of(value: Any) -> str:
    """The JSON type's name of a value."""
    kinds = {bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return kinds.get(type(value), "number")


def _invoke(prefix: str, wrapper: str, models: str, name: str, *, others: tuple[str, ...] = ()) -> TaggedValues:
    """A dialect with ``<invoke name="f">`` and ``<parameter name="a">`` under a namespace, and its outer tag."""
    p = re.escape(prefix)
    return TaggedValues(
        name=name,
        models=models,
        tags=Tags(
            call=rf"<{p}invoke{_XML_NAME}",
            call_end=f"</{prefix}invoke>",
            argument=rf"<{p}parameter{_XML_KEY}",
            argument_end=f"</{prefix}parameter>",
            wrappers=tuple((f"<{tag}>", f"</{tag}>") for tag in (wrapper, *others)),
        ),
        call=lambda name, arguments: f'<{prefix}invoke name="{name}">\n{arguments}</{prefix}invoke>\n',
        argument=lambda key, text, value: f'<{prefix}parameter name="{key}">{text}</{prefix}parameter>\n',
        before=f"<{wrapper}>\n",
        joint="",
        after=f"</{wrapper}>",
        sign_pattern=rf"<{re.escape(wrapper)}>\s*<{p}invoke\b" if not prefix else "",
    )


def _qwen(name: str, models: str, wrapper: str) -> TaggedValues:
    """A dialect with ``<function=f>`` and ``<parameter=a>``, and its outer tag."""
    return TaggedValues(
        name=name,
        models=models,
        tags=Tags(
            call=r"<function=(?P<name>[^<>\n]+)>",
            call_end="</function>",
            argument=r"<parameter=(?P<key>[^<>\n]+)>",
            argument_end="</parameter>",
            wrappers=((f"<{wrapper}>", f"</{wrapper}>"),),
            lines=True,
        ),
        call=lambda name, arguments: f"<{wrapper}>\n<function={name}>\n{arguments}</function>\n</{wrapper}>",
        argument=lambda key, text, value: f"<parameter={key}>\n{text}\n</parameter>\n",
        sign_pattern=(
            r"<tool_call>\s*<function=|(?<!seed:tool_call>)(?<!seed:tool_call>\n)<function=[^<>\n]+>\s*(?:<parameter=|</function>|\Z)"
            if wrapper == "tool_call"
            else rf"<{re.escape(wrapper)}>"
        ),
    )


def _glm(name: str, models: str, wrapper: str = "tool_call") -> TaggedValues:
    """A dialect with the name as text after the outer tag, and ``<arg_key>`` / ``<arg_value>`` pairs."""
    tag = re.escape(wrapper)
    return TaggedValues(
        name=name,
        models=models,
        tags=Tags(
            call=rf"<{tag}>\s*(?P<name>[^\s<>{{}}\[\]\\]+)(?:\s|\\n)*(?=<arg_key>|</{tag}>|\Z)",
            call_end=f"</{wrapper}>",
            argument=_ARG_KEY,
            argument_end="</arg_value>",
            wrappers=((f"<{wrapper}>", f"</{wrapper}>"),),
            around=r"(?:\s|\\n)*",
        ),
        call=lambda name, arguments: f"<{wrapper}>{name}\n{arguments}</{wrapper}>",
        argument=lambda key, text, value: f"<arg_key>{key}</arg_key>\n<arg_value>{text}</arg_value>\n",
    )


def _dsml(name: str, models: str, space: str, wrapper: str) -> TaggedValues:
    """DeepSeek's markup: ``<｜DSML｜invoke name="f">``, ``<｜DSML｜parameter name="a" string="true">``."""
    prefix = f"｜DSML｜{space}"
    return TaggedValues(
        name=name,
        models=models,
        tags=Tags(
            call=rf"<{prefix}invoke{_XML_NAME}",
            call_end=f"</{prefix}invoke>",
            argument=rf"<{prefix}parameter{_XML_KEY}",
            argument_end=f"</{prefix}parameter>",
            wrappers=tuple(
                (f"<{prefix}{tag}>", f"</{prefix}{tag}>") for tag in ("function_calls", "tool_calls", "calls")
            ),
            convert=by_string_flag,
        ),
        call=lambda name, arguments: f'<{prefix}invoke name="{name}">\n{arguments}</{prefix}invoke>\n',
        argument=lambda key, text, value: (
            f'<{prefix}parameter name="{key}" string="{str(isinstance(value, str)).lower()}">'
            f"{value if isinstance(value, str) else text}</{prefix}parameter>\n"
        ),
        before=f"<{prefix}{wrapper}>\n",
        joint="",
        after=f"</{prefix}{wrapper}>",
    )


QWEN3_CODER = _qwen("qwen3-coder", "Qwen3-Coder, Qwen 3.5 to 3.8, Nemotron 3, MiMo, Step-3.5", "tool_call")
SEED_OSS = _qwen("seed-oss", "Seed-OSS", "seed:tool_call")
GLM = _glm("glm", "GLM-4.5, 4.6, 4.7 and 5, Ling 3, Poolside Laguna, Spark 2.5")
IQUEST = _glm("iquest", "IQuest", "iquest_tool_call")
DEEPSEEK_DSML = _dsml("deepseek-dsml", "DeepSeek V3.2 and V4", "", "function_calls")
DEEPSEEK_DSML_SPACED = _dsml("deepseek-dsml-spaced", "DeepSeek V4.1", " ", "calls")
MINIMAX_M2 = _invoke("", "minimax:tool_call", "MiniMax M2", "minimax-m2")
ANTHROPIC_XML = _invoke("", "function_calls", "Claude 2, prompted models", "anthropic-xml")
DOTS = _invoke("", "dots_function_call", "dots", "dots")
ATEM = _invoke("atem:", "atem:function_calls", "Muse", "muse")
