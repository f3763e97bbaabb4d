"""What ACEBench's agents and the user who is played for them are shown, from the published texts.

    texts = AgentPrompts(folder, "en")
    texts.multi_step(entry, "user:I am Eve. I need …\\n")    # two messages: rules, functions with the transcript
    texts.user(entry)                                       # two messages: who the user is, the first question

The files are read for their text constants and never run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starbench.benchmarks.acebench.prompts import text_constants
from starbench.benchmarks.acebench.scenarios import files
from starbench.store import DataFolder

Entry = Mapping[str, Any]
Message = Mapping[str, str]

_RULES = "model_inference/prompt_{language}.py"
_TURN = "model_inference/multi_turn/common_agent.py"
_STEP = "model_inference/multi_step/common_agent_step.py"
_USER = "model_inference/multi_turn/APIModel_user.py"

OPENING: Mapping[str, str] = {"en": "Is there anything you need help with today?", "zh": "今天有什么需要帮助的吗？"}
"""The words with which the agent is taken to have opened; they and the next are part of what is measured."""
UNREADABLE = "Please do not ask me any questions, use the known conditions to solve the problem"
"""What a multi-step agent is told of a message without calls that can be read."""
FINISHED = "finish conversation"
"""The words that end a conversation, whoever says them."""


class AgentPrompts:
    """The texts of one language, each file read when it is first wanted."""

    def __init__(self, folder: DataFolder, language: str) -> None:
        self._folder = folder
        self._language = language
        self._read: dict[str, Mapping[str, str]] = {}

    @property
    def are_known(self) -> bool:
        """Whether the data holds the texts and the simulated APIs."""
        wanted = {_RULES.format(language=self._language), _TURN, _STEP, _USER, *files(self._language)}
        return wanted.isdisjoint(self._folder.absent_extras())

    def multi_step(self, entry: Entry, transcript: str) -> list[Message]:
        """The prompt of an agent that works alone. (Upstream shows its Chinese one to hosted models in English too.)"""
        system = self._text(_STEP, "MULTI_TURN_AGENT_PROMPT_SYSTEM")
        shown = self._text(_STEP, "MULTI_TURN_AGENT_PROMPT_USER")
        return _messages(system, shown.format(functions=entry["function"], history=transcript))

    def multi_turn(self, entry: Entry, transcript: str) -> list[Message]:
        """The prompt of an agent in a dialogue, with the policies of its classes."""
        system, rules = self._text(_TURN, "MULTI_TURN_AGENT_PROMPT_SYSTEM"), _RULES.format(language=self._language)
        for name, policy in (("Travel", "TRAVEL_PROMPT"), ("BaseApi", "BASE_PROMPT")):
            if name in entry["involved_classes"]:
                system += self._text(rules, policy)
        shown = self._text(_TURN, "MULTI_TURN_AGENT_PROMPT_USER")
        return _messages(system, shown.format(functions=entry["function"], history=transcript))

    def user(self, entry: Entry) -> list[Message]:
        """The prompt of whoever plays the user."""
        kind = "BASE" if "BaseApi" in entry["involved_classes"] else "TRAVEL"
        system = self._text(_USER, f"SYSTEM_PROMPT_{kind}").format(instruction=entry["question"])
        return _messages(system, OPENING[self._language])

    def _text(self, file: str, name: str) -> str:
        if file not in self._read:
            self._read[file] = text_constants(self._folder.read(file).decode("utf-8"))
        return self._read[file][f"{name}_{self._language.upper()}"]


def _messages(system: str, user: str) -> list[Message]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]
