"""A model's answer to a BFCL case: in which dialect it is, what the official code makes of it, what we read in it.

An answer can be what a BFCL result file holds, or whatever a model or a server gave::

    [{"math_gcd": '{"a": 12, "b": 18}'}]               bfcl-fc          a function-calling model's result
    "[math.gcd(a=12, b=18)]"                           bfcl-prompt      a prompted model's result
    {"role": "assistant", "tool_calls": […]}           message.openai   stored as the official OpenAI handler stores it
    "<tool_call>{…}</tool_call>"                       hermes           the official checker gets the calls that we read
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starbench.benchmarks.base import is_inference_error
from starbench.benchmarks.bfcl.categories import Place
from starbench.benchmarks.bfcl.decode import DecodeFailure, decode
from starbench.benchmarks.bfcl.source_values import typed
from starbench.dialects import detect_marked, parse
from starbench.dialects.messages import split_openai
from starbench.types import Attempt, Case, Output, Tool

FC = "bfcl-fc"
PROMPT = "bfcl-prompt"
MESSAGE = "message.openai"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model gave, the dialect it is read in, and what BFCL's result file would hold of it."""

    given: Any
    dialect: str
    stored: Any

    @property
    def is_inference_error(self) -> bool:
        """Whether it is the serving side's error message."""
        return is_inference_error(self.stored)

    @property
    def underscores(self) -> bool:
        """Whether dots in names became underscores on the way."""
        return self.dialect in (FC, MESSAGE)


def answer_of(given: Any, dialect: str, place: Place, tools: Sequence[Tool]) -> Answer:
    """``given`` with its dialect: the one asked for, or for ``auto`` the one that its form tells.

    ``bfcl-prompt`` means the form that the case's prompt asks for (Java source, JSON between tags, …). A text is taken
    for that too, after its reasoning, unless it carries the markers of another dialect.
    """
    asked = place.form.dialect(place.base_category.language)
    name = dialect.replace("_", "-")
    if name == MESSAGE:
        return Answer(given, name, _stored(given))
    if name != "auto":
        return Answer(given, asked if name == PROMPT else name, given)
    text = _text(given)
    if text is None:
        name = _structured_form(given)
        return Answer(given, name, given if name == FC else _stored(given))
    prompted = place.category is not place.base_category  # format_sensitivity is for prompted models alone
    marked = None if prompted else detect_marked(text, tools)
    if marked is not None:
        return Answer(given, marked, text)
    return Answer(given, asked, text.rpartition("</think>")[2].lstrip("\n"))


def read(answer: Answer, case: Case) -> Output:
    """The calls of an answer as values, which strict grading and similarity look at."""
    output = parse(answer.given, answer.dialect, case.tools)
    if case.language == "python":
        return output
    schemas = {tool["name"]: tool["parameters"]["properties"] for tool in case.source["function"]}
    return replace(output, attempts=tuple(_typed(attempt, schemas, case) for attempt in output.attempts))


def official_calls(answer: Answer, place: Place, tools: Sequence[Tool]) -> list[Any] | DecodeFailure:
    """What the official code decodes: a list of ``{name: arguments}``, or its failure."""
    try:
        if answer.dialect in (FC, MESSAGE):
            return decode(answer.stored, FC)
        if answer.dialect.startswith(PROMPT):
            language, fmt = _prompted_form(answer.dialect)
            return decode(answer.stored, PROMPT, language=language, fmt=fmt, tagged=place.form.tagged)
    except DecodeFailure as failure:
        return failure
    output = parse(answer.given, answer.dialect, tools)
    if output.failed and not output.calls:
        return DecodeFailure(output.failed[0].problem or "the call cannot be read")
    return [{call.name: dict(call.arguments)} for call in output.calls]


def _prompted_form(dialect: str) -> tuple[str, str]:
    """The language and the format that the name of a prompt dialect says: ``bfcl-prompt-java`` -> java, python's."""
    rest = dialect.removeprefix(PROMPT).lstrip("-").replace("-", "_")
    if rest in ("java", "javascript"):
        return rest, "python"
    return "python", rest or "python"


def _typed(attempt: Attempt, schemas: Mapping[str, Mapping[str, Any]], case: Case) -> Attempt:
    """The attempt with the source text of its arguments read as values."""
    call = attempt.call
    if call is None or call.name not in schemas:
        return attempt
    documented = schemas[call.name]
    arguments = {
        name: typed(value, documented[name], case.language) if name in documented else value
        for name, value in call.arguments.items()
    }
    return replace(attempt, call=replace(call, arguments=arguments))


def _text(given: Any) -> str | None:
    """The text of an answer that is text: a string, or a message without calls."""
    if isinstance(given, str):
        return given
    if not isinstance(given, Mapping) or given.get("tool_calls") or given.get("function_call"):
        return None
    content = given.get("content")
    return content if isinstance(content, str) else None


def _structured_form(given: Any) -> str:
    """``bfcl-fc`` for rows of ``{name: JSON text}`` and anything unknown; ``message.openai`` for servers' forms."""
    if given is None or (isinstance(given, list) and all(_is_row(row) for row in given)):
        return FC
    return MESSAGE if parse(given).dialect == MESSAGE else FC


def _is_row(row: Any) -> bool:
    return isinstance(row, Mapping) and len(row) == 1 and isinstance(next(iter(row.values())), str)


def _stored(message: Any) -> Any:
    """What the official OpenAI handlers store of a message: rows of its calls, else its text, else None."""
    if isinstance(message, Mapping) and message.get("tool_calls") == []:
        return []
    parts = split_openai(message) if not isinstance(message, str) else None
    if parts is None:
        return message
    if not parts.items or not all(isinstance(item.name, str) for item in parts.items):
        return parts.text or None
    return [{item.name: _json_text(item.arguments)} for item in parts.items]


def _json_text(arguments: Any) -> Any:
    """Arguments as the JSON text that servers send; some libraries give them as an object."""
    if not isinstance(arguments, Mapping):
        return arguments
    try:
        return json.dumps(arguments)
    except (TypeError, ValueError, RecursionError):  # no JSON: left as it is, which the official code cannot read
        return arguments
