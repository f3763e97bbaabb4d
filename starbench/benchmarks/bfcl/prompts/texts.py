"""The official prompt texts, read out of the published Python file without running it.

The file is a list of assignments of literals, some of which name earlier ones::

    PROMPT_STYLE_TEMPLATES = {"classic": {"persona": "You are …", …}, …}
    PROMPT_TEMPLATE_MAPPING = {"plaintext": _PLAINTEXT_SYSTEM_PROMPT_TEMPLATE, …}
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starbench import store

FILE = "constants/default_prompts.py"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts by use. ``styles`` maps a style to its six parts, ``layouts`` a markup to the template around them.

    ``memory_settings`` maps the scenario of a memory to who the model is; the two others are about memories with two
    parts, and of one text.
    """

    formats: Mapping[str, str]
    type_rules: Mapping[str, str]
    styles: Mapping[str, Mapping[str, str]]
    layouts: Mapping[str, str]
    more_functions: str
    more_functions_prompted: str
    final_answer: str
    default_configuration: str
    step_limit: int
    memory_settings: Mapping[str, str]
    memory_in_parts: str
    memory_as_text: str


def load_texts() -> Texts:
    """The texts of the pinned data, fetched where this machine's copy lacks them.

    Raises DataUnavailableError where that fails.
    """
    folder = store.obtain("bfcl")
    if FILE in folder.absent_extras():
        store.say(f"this copy of {folder.dataset.pin} has no prompts; fetching it again, this once")
        folder = store.pull("bfcl")
    return read_texts(folder.read(FILE))


def read_texts(source: bytes) -> Texts:
    """The texts in the published file."""
    names = _literals(source)
    return Texts(
        formats=names["OUTPUT_FORMAT_MAPPING"],
        type_rules=names["PARAM_TYPE_MAPPING"],
        styles=names["PROMPT_STYLE_TEMPLATES"],
        layouts=names["PROMPT_TEMPLATE_MAPPING"],
        more_functions=names["DEFAULT_USER_PROMPT_FOR_ADDITIONAL_FUNCTION_FC"],
        more_functions_prompted=names["DEFAULT_USER_PROMPT_FOR_ADDITIONAL_FUNCTION_PROMPTING"],
        final_answer=names["ADDITIONAL_SYSTEM_PROMPT_FOR_AGENTIC_RESPONSE_FORMAT"],
        default_configuration=names["DEFAULT_SYSTEM_PROMPT_FORMAT"],
        step_limit=names["MAXIMUM_STEP_LIMIT"],
        memory_settings=names["MEMORY_AGENT_SETTINGS"],
        memory_in_parts=names["MEMORY_BACKEND_INSTRUCTION_CORE_ARCHIVAL"],
        memory_as_text=names["MEMORY_BACKEND_INSTRUCTION_UNIFIED"],
    )


def _literals(source: bytes) -> dict[str, Any]:
    """Each name that the file assigns at its top level, with its value."""
    names: dict[str, Any] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            names[statement.targets[0].id] = _value(statement.value, names)
    return names


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of a literal, of an earlier name, or of the sum of two texts."""
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Dict):
        return {
            _value(key, names): _value(item, names) for key, item in zip(node.keys, node.values, strict=True) if key
        }
    if isinstance(node, ast.BinOp):
        return _value(node.left, names) + _value(node.right, names)
    return ast.literal_eval(node)
