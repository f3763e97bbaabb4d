"""More dialects with a tag a call and a tag an argument, whose tags are special tokens or carry attributes.

    <|tool_call:start|>f
    <|tool_arg:start|>a<|tool_arg:value|>1<|tool_arg:end|><|tool_call:end|>

One table entry each; :mod:`starbench.dialects.tag_reader` reads them.
"""

from __future__ import annotations

import html
import re
from typing import Any

from starbench.dialects.raw_values import Typed, typed
from starbench.dialects.tag_dialects import TaggedValues, by_type_tag, kind_of
from starbench.dialects.tag_reader import Tags

_SUFFIX = r"(?::[\w-]+)?"


def _cdata(tag: re.Match[str], raw: str, schema: Any) -> Typed:
    """The content of a CDATA section, or the text with its entities replaced."""
    inner = re.fullmatch(r"\s*<!\[CDATA\[(.*?)\]\]>\s*", raw, re.DOTALL)
    return typed(inner[1] if inner else html.unescape(raw), schema)


HUNYUAN_HY3 = TaggedValues(
    name="hunyuan-hy3",
    models="Tencent Hy3 and Hy4",
    tags=Tags(
        call=rf"<tool_call{_SUFFIX}>\s*(?P<name>[^\s<>{{}}]+)\s*(?:<tool_sep{_SUFFIX}>|(?=<arg_key:[\w-]+>|</tool_call:))\s*",
        call_end=rf"</tool_call{_SUFFIX}>",
        argument=rf"<arg_key{_SUFFIX}>(?P<key>[^<]+)</arg_key{_SUFFIX}>\s*<arg_value{_SUFFIX}>",
        argument_end=rf"</arg_value{_SUFFIX}>",
        wrappers=(("<tool_calls>", "</tool_calls>"), ("<tool_call>", "</tool_call>")),
        patterns=True,
    ),
    call=lambda name, arguments: f"<tool_call>{name}<tool_sep>\n{arguments}</tool_call>",
    argument=lambda key, text, value: f"<arg_key>{key}</arg_key>\n<arg_value>{text}</arg_value>\n",
    before="<tool_calls>\n",
    after="\n</tool_calls>",
)
STEP3 = TaggedValues(
    name="step3",
    models="Step-3",
    tags=Tags(
        call=r"""<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke\s+name="(?P<name>[^"<>]+)">""",
        call_end="</steptml:invoke><｜tool_call_end｜>",
        argument=r"""<steptml:parameter\s+name="(?P<key>[^"<>]+)">""",
        argument_end="</steptml:parameter>",
        wrappers=(("<｜tool_calls_begin｜>", "<｜tool_calls_end｜>"),),
    ),
    call=lambda name, arguments: (
        f'<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="{name}">{arguments}'
        "</steptml:invoke><｜tool_call_end｜>"
    ),
    argument=lambda key, text, value: f'<steptml:parameter name="{key}">{text}</steptml:parameter>',
    before="<｜tool_calls_begin｜>",
    joint="",
    after="<｜tool_calls_end｜>",
)
KIMI_K3 = TaggedValues(
    name="kimi-k3",
    models="Kimi K3",
    tags=Tags(
        call=r"""<\|open\|>\s*call\s+tool="(?P<name>[^"<>]+)"[^<>]*<\|sep\|>""",
        call_end="<|close|>call<|sep|>",
        argument=r"""<\|open\|>\s*argument\s+key="(?P<key>[^"<>]+)"(?:\s+type="(?P<type>[^"]*)")?[^<>]*<\|sep\|>""",
        argument_end="<|close|>argument<|sep|>",
        wrappers=(("<|open|>tools<|sep|>", "<|close|>tools<|sep|>"),),
        convert=by_type_tag,
    ),
    call=lambda name, arguments: f'<|open|>call tool="{name}" index="1"<|sep|>{arguments}<|close|>call<|sep|>',
    argument=lambda key, text, value: (
        f'<|open|>argument key="{key}" type="{kind_of(value)}"<|sep|>'
        f"{value if isinstance(value, str) else text}<|close|>argument<|sep|>"
    ),
    before="<|open|>tools<|sep|>",
    joint="",
    after="<|close|>tools<|sep|>",
)
SOLAR_OPEN2 = TaggedValues(
    name="solar-open2",
    models="Solar Open 2",
    tags=Tags(
        call=r"<\|tool_call:start\|>\s*(?P<name>[^\s<>]+)\s*",
        call_end="<|tool_call:end|>",
        argument=r"<\|tool_arg:start\|>(?P<key>[^<]+)<\|tool_arg:value\|>",
        argument_end="<|tool_arg:end|>",
    ),
    call=lambda name, arguments: f"<|tool_call:start|>{name}\n{arguments}<|tool_call:end|>",
    argument=lambda key, text, value: f"<|tool_arg:start|>{key}<|tool_arg:value|>{text}<|tool_arg:end|>",
    joint="",
)
K2_HORIZON = TaggedValues(
    name="k2-horizon",
    models="K2 Horizon",
    tags=Tags(
        call=r"<ifm\|tool_call>\s*(?P<name>[^\s<>{}]+)\s*(?=<ifm\|arg_key>|</ifm\|tool_call>)",
        call_end="</ifm|tool_call>",
        argument=(
            r"<ifm\|arg_key>(?P<key>[^<]+)</ifm\|arg_key>\s*"
            r"(?:<ifm\|arg_type>(?P<type>[^<]*)</ifm\|arg_type>\s*)?<ifm\|arg_value>"
        ),
        argument_end="</ifm|arg_value>",
        wrappers=(("<ifm|tool_calls>", "</ifm|tool_calls>"), ("<ifm|tool_call>", "</ifm|tool_call>")),
        convert=by_type_tag,
    ),
    call=lambda name, arguments: f"<ifm|tool_call>{name}\n{arguments}</ifm|tool_call>",
    argument=lambda key, text, value: (
        f"<ifm|arg_key>{key}</ifm|arg_key>\n<ifm|arg_type>{kind_of(value)}</ifm|arg_type>\n"
        f"<ifm|arg_value>{value if isinstance(value, str) else text}</ifm|arg_value>\n"
    ),
    before="<ifm|tool_calls>\n",
    after="\n</ifm|tool_calls>",
)
MINICPM5 = TaggedValues(
    name="minicpm5",
    models="MiniCPM 5",
    tags=Tags(
        call=r"""<function\s*name=["'](?P<name>[^"'<>]+)["'][^<>]*>""",
        call_end="</function>",
        argument=r"""<param\s*name=["'](?P<key>[^"'<>]+)["']\s*>""",
        argument_end="</param>",
        convert=_cdata,
    ),
    call=lambda name, arguments: f'<function name="{name}">{arguments}</function>',
    argument=lambda key, text, value: f'<param name="{key}">{_as_cdata(text)}</param>',
    sign_pattern=r"""(?<!<functions>)<function\s*name=["'][^"'<>]+["'][^<>]*>\s*(?:</function>|<param\s*name=["'][^"'<>]+["']\s*>)""",
)


def _as_cdata(text: str) -> str:
    """A CDATA section where the text has characters that mean something in XML, entities where it holds such a
    section.
    """
    if "]]>" in text:
        return html.escape(text, quote=False)
    return f"<![CDATA[{text}]]>" if any(sign in text for sign in "<&") or text != text.strip() else text
