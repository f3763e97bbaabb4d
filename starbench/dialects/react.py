"""Calls as lines of a log: the tool's name on one line, its input on the next.

    Thought: I need the weather.
    Action: get_weather
    Action Input: {"city": "Paris"}
    Observation:

What follows the result's label was invented by the model and is no part of the answer. An input that is no object is
the value of the tool's only parameter, if it has one only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starbench.dialects.base import (
    MARKED,
    Reading,
    Sign,
    Toolbox,
    Window,
    malformed,
    parsed,
    pattern_sign,
    too_many,
    truncated,
)
from starbench.dialects.json_text import JsonProblem, read_json
from starbench.dialects.raw_values import typed
from starbench.dialects.reasoning import CONTROL_TOKENS
from starbench.dialects.repair import repair_json
from starbench.types import Attempt, Call


@dataclass(frozen=True, slots=True)
class ActionLines:
    """The grammar as a dialect: the labels of name, input and result, and of other lines that are no reply."""

    name: str
    models: str
    action: str
    given: str
    result: str
    thought: str = ""
    confidence: float = MARKED

    def read(self, window: Window) -> Reading:
        """Find every pair of lines, up to the first result that the model made up."""
        text = window.text
        made_up = re.compile(rf"^[ \t]*{self.result}", re.MULTILINE).search(text, window.start, window.end)
        part = window.part(window.start, made_up.start()) if made_up else window
        pattern = re.compile(rf"^[ \t]*{self.action}[ \t]*([^\n]*)", re.MULTILINE)
        attempts: list[Attempt] = []
        match = pattern.search(text, part.start, part.end)
        while match is not None and not too_many(part, attempts, match.start()):
            following = pattern.search(text, match.end(), part.end)
            attempts.append(self._call(part, match, following.start() if following else part.end, made_up is not None))
            match = following
        markup = [(made_up.start(), window.end)] if made_up else []
        if self.thought:
            labels = re.compile(rf"^[ \t]*{self.thought}", re.MULTILINE).finditer(text, part.start, part.end)
            markup += [label.span() for label in labels]
        return Reading(attempts, sorted(markup))

    def _call(self, window: Window, match: re.Match[str], limit: int, ended: bool) -> Attempt:
        text, start, name = window.text, match.start(), match[1].strip().strip("`*")
        ended = ended or limit < window.end
        given = re.compile(rf"\s*{self.given}[ \t]*").match(text, match.end(), limit)
        if given is None or not name:
            return (malformed if ended or not name else truncated)(text, (start, limit), "there is no input line")
        end = start + len(text[start:limit].rstrip())
        try:
            arguments, end, notes = self._arguments(window, name, given.end(), limit, end)
        except JsonProblem as problem:
            return malformed(text, (start, end), str(problem)) if ended else truncated(text, (start, end))
        return parsed(text, (start, end), Call(name, arguments), notes)

    def _arguments(
        self, window: Window, name: str, position: int, limit: int, end: int
    ) -> tuple[dict[str, Any], int, list[str]]:
        """The arguments, where they end, and the liberties taken. Raises JsonProblem."""
        text = window.text
        fence = re.compile(r"```(?:json)?\s*").match(text, position, limit)
        position = fence.end() if fence else position
        if text.startswith("{", position):
            try:
                value, stop = read_json(text, position)
                if stop > limit:
                    raise JsonProblem("the text ends inside the input", position)
                closing = re.compile(r"\s*```").match(text, stop, limit)
                return value, closing.end() if closing else stop, []
            except JsonProblem:
                repaired = repair_json(text[position:end]) if window.repair else None
                if repaired is None or not isinstance(repaired[0], dict):
                    raise
                return repaired[0], end, [repaired[1]]
        parameters = window.toolbox.properties(name)
        given = text[position:end].strip()
        if limit == window.end and "\n" not in text[end:] and not text.startswith(CONTROL_TOKENS, window.end):
            raise JsonProblem("the input is not ended", position)
        if not given:
            return {}, end, ["an empty input read as no arguments"]
        if len(parameters) != 1:
            raise JsonProblem("the input is no JSON object", position)
        key, schema = next(iter(parameters.items()))
        value, note = typed(given.strip("\"'") if given[:1] in "\"'" else given, schema)
        return {key: value}, end, [f"the input read as {key!r}", *([f"{key}: {note}"] if note else [])]

    def sign(self, window: Window) -> Sign | None:
        """The two labels, one line after the other."""
        lines = re.compile(rf"^[ \t]*{self.action}[ \t]*[^\n]*\n+[ \t]*{self.given}", re.MULTILINE)
        return pattern_sign(window, lines, self.confidence)

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """Two lines a call."""
        action, given = self.action.replace("\\", ""), self.given.replace("\\", "")
        return "\n".join(
            f"{action} {call.name}\n{given} {json.dumps(dict(call.arguments), ensure_ascii=False)}" for call in calls
        )


REACT = ActionLines(
    name="react",
    models="ReAct prompts, LangChain agents, ToolBench",
    action=r"Action:",
    given=r"Action Input:",
    result=r"Observation:",
    thought=r"Thought:",
)
QWEN_AGENT = ActionLines(
    name="qwen-agent",
    models="Qwen 1.5 and 2 with qwen-agent",
    action=r"✿FUNCTION✿:",
    given=r"✿ARGS✿:",
    result=r"✿RESULT✿",
    thought=r"✿RETURN✿:?",
)
