"""The envelopes of tool definitions: who calls the name, the description and the schema what.

Example, OpenAI's Chat form of a tool without arguments::

    {"type": "function", "function": {"name": "now", "description": "The time.", "parameters": {}}}

Others leave the wrapper out (OpenAI Responses, BFCL, xLAM), or keep the schema under another name: Anthropic
(``input_schema``), MCP (``inputSchema``), Bedrock (``toolSpec.inputSchema.json``), some ACEBench entries
(``arguments``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starbench.errors import InputError
from starbench.tools.schema import clean_parameters
from starbench.types import Tool

WRAPPERS = ("function", "toolSpec")
"""Keys that hold the definition itself."""

SCHEMAS = ("parameters", "input_schema", "inputSchema", "arguments", "_arguments", "parametersJsonSchema")
"""Keys that hold the schema of the arguments, in the order in which they are looked for."""

LISTS = ("tools", "functionDeclarations", "function_declarations")
"""Keys that hold a list of definitions (a request, an MCP answer, Gemini)."""


def read_tool(definition: Any) -> Tool:
    """The tool that a definition describes: a dictionary, its JSON text, or a Tool (given back as it is).

    Arguments that have another notation than JSON Schema are read into it; :attr:`Tool.notes` lists what changed.

    Raises:
        InputError: it is no definition, and why.
    """
    return _read(definition, "the tool definition")


def read_tools(definitions: Any) -> tuple[Tool, ...]:
    """The tools of a list of definitions, of its JSON text, of a request that holds such a list, or of one definition.

    Raises:
        InputError: which of them (counted from 0) is no definition, and why.
    """
    if definitions is None:
        return ()
    found = _from_json(definitions, "the list of tools")
    if isinstance(found, (Mapping, Tool)):
        found = [found]
    if not isinstance(found, (list, tuple)):
        raise InputError(f"the list of tools is {_kind(found)}; give a list of tool definitions")
    tools: list[Tool] = []
    for index, definition in enumerate(found):
        inner = _listed(definition)
        if inner is None:
            tools.append(_read(definition, f"tool {index}"))
        else:
            tools.extend(_read(part, f"tool {index}.{place}") for place, part in enumerate(inner))
    return tuple(tools)


def _listed(definition: Any) -> list[Any] | None:
    """The definitions inside a dictionary that holds a list of them and is none itself."""
    if isinstance(definition, Mapping) and "name" not in definition:
        for key in LISTS:
            if isinstance(inner := definition.get(key), list):
                return inner
    return None


def _read(definition: Any, where: str) -> Tool:
    """Read one definition; ``where`` names it in an error."""
    if isinstance(definition, Tool):
        return definition
    found = _from_json(definition, where)
    if not isinstance(found, Mapping):
        raise InputError(f"{where} is {_kind(found)}; give a dictionary with a name and parameters")
    for key in WRAPPERS:
        if isinstance(inner := found.get(key), Mapping):
            found = inner
    name = found.get("name")
    if not isinstance(name, str) or not name.strip():
        keys = ", ".join(sorted(repr(key)[:40] for key in found)[:8])
        said = "has no name" if name is None else f"has {_kind(name)} as its name"
        raise InputError(f"{where} {said} (its keys: {keys or 'none'}); give it a 'name' that is a text")
    notes: list[str] = []
    parameters = clean_parameters(_schema(found, f"{where} ({name[:80]!r})", notes), notes)
    return Tool(name, _description(found, notes), parameters, tuple(notes))


def _schema(definition: Mapping[str, Any], where: str, notes: list[str]) -> Mapping[str, Any]:
    """The schema of the arguments as the definition gives it; empty where it gives none."""
    for key in SCHEMAS:
        if definition.get(key) is None:
            continue
        found = _from_json(definition[key], f"{key} of {where}")
        if key == "inputSchema" and isinstance(found, Mapping) and isinstance(found.get("json"), Mapping):
            found = found["json"]
        if not isinstance(found, Mapping):
            raise InputError(f"{key} of {where} is {_kind(found)}; give a JSON Schema, or a dictionary of arguments")
        if "arguments" in key:
            notes.append(f"{key!r} read as 'parameters'")
        return found
    return {}


def _description(definition: Mapping[str, Any], notes: list[str]) -> str:
    description = definition.get("description")
    if description is None or isinstance(description, str):
        return description or ""
    notes.append(f"description dropped: it is {_kind(description)}")
    return ""


def _from_json(value: Any, where: str) -> Any:
    """The value that a JSON text stands for; what is no text stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is a text that is no JSON ({error})") from None


def _kind(value: Any) -> str:
    """What a value is, in words."""
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a dictionary"}
    return names.get(type(value), f"a {type(value).__name__}")
