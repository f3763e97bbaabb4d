"""A BFCL case's own answer, written as a model would write it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from starbench.dialects import render
from starbench.types import Call, Case, Fields


def gold_calls(case: Case) -> list[Call]:
    """The expected calls with the first accepted value of every documented argument."""
    documented = {tool["name"]: tool["parameters"]["properties"] for tool in case.source["function"]}
    return [
        Call(
            call.name,
            {
                name: plain(accepted.alternatives[0])
                for name, accepted in call.arguments.items()
                if name in documented[call.name] and accepted.alternatives
            },
        )
        for call in case.expected.calls
    ]


def plain(value: Any) -> Any:
    """A value with Fields resolved to the first accepted one of each field."""
    if isinstance(value, Fields):
        return {name: plain(field.alternatives[0]) for name, field in value.fields.items() if field.alternatives}
    return [plain(item) for item in value] if isinstance(value, list) else value


def with_source(case: Case, calls: list[Call]) -> list[Call]:
    """The calls with every argument as honest Java or JavaScript source text, where the case asks for that."""
    if case.language == "python":
        return calls
    schemas = case.source["function"][0]["parameters"]["properties"]
    write = java if case.language == "java" else script
    return [Call(c.name, {name: write(value, schemas[name]) for name, value in c.arguments.items()}) for c in calls]


def java(value: Any, schema: Mapping[str, Any]) -> str:
    """Java 8 source of a value; text of a documented text type and variables stay as they are."""
    kind, item = schema["type"], schema.get("items", {}).get("type", "any")
    if isinstance(value, list) and kind == "Array":
        return f"new {item}[]{{{', '.join(_java_literal(v, item) for v in value)}}}"
    if isinstance(value, list):
        return f"new ArrayList<>(Arrays.asList({', '.join(_java_literal(v, item) for v in value)}))"
    if isinstance(value, dict):
        puts = " ".join(f"put({json.dumps(k)}, {_java_literal(v, 'any')});" for k, v in value.items())
        return f"new HashMap<String, Object>() {{{{ {puts} }}}}"
    return value if isinstance(value, str) else _java_literal(value, kind)


def _java_literal(value: Any, kind: str) -> str:
    suffix = {"long": "L", "float": "f"}.get(kind, "") if not isinstance(value, bool) else ""
    return json.dumps(float(value) if kind in ("float", "double") else value) + suffix


def script(value: Any, schema: Mapping[str, Any]) -> str:
    """JavaScript source of a value; text of a documented text type and variables stay as they are."""
    return value if isinstance(value, str) else json.dumps(value)


def fc_row(calls: list[Call]) -> list[dict[str, str]]:
    """The calls as a function-calling model's result file holds them: dots in names became underscores."""
    return [{call.name.replace(".", "_"): json.dumps(call.arguments)} for call in calls]


def prompted(case: Case, calls: list[Call], fmt: str = "python", tagged: bool = False) -> str:
    """The calls as a prompted model writes them in the form that the case asks for."""
    if case.language != "python":
        (call,) = calls
        schemas = case.source["function"][0]["parameters"]["properties"]
        arguments = (f"{name}={_quoted(text, schemas[name]['type'])}" for name, text in call.arguments.items())
        return f"[{call.name}({', '.join(arguments)})]"
    dialect = "pythonic" if fmt == "python" else f"bfcl-prompt-{fmt}"
    text = str(render(calls, dialect))
    return f"<TOOLCALL>{text}</TOOLCALL>" if tagged else text


_NO_EXPRESSION = re.compile(r"[^(]*(?:\s|[^:]:[^:]|\d\.\d+\.)[^(]*")
"""Text such as ``John Doe``, ``employee:1234`` or ``1.2.3``, which source code can only hold in quotes."""


def _quoted(source: str, kind: str) -> str:
    is_text = kind in ("String", "char") or (kind == "any" and _NO_EXPRESSION.fullmatch(source))
    return f'"{source}"' if is_text else source
