"""A small world in ACEBench's form, written for tests: two classes, an entry, texts, and a folder that holds them."""

from __future__ import annotations

from typing import Any

BASE = """
class BaseApi:
    def __init__(self):
        self.wifi = False
        self.logged_in = True

    def _load_scenario(self, scenario, long_context=False):
        self.wifi = scenario.get("wifi", False)
        self.logged_in = scenario.get("logged_in", True)

    def turn_on_wifi(self):
        self.wifi = True
        return {"status": True}
"""
MESSAGES = """
from typing import Dict
from datetime import datetime
from model_inference.multi_turn.scenariosen.phone_platform.base_api import BaseApi


class MessageApi(BaseApi):
    def __init__(self):
        super().__init__()
        self.inbox: Dict[int, str] = {1: "old"}

    def send(self, text, when=None):
        print("never seen")
        if not self.wifi:
            return {"status": False, "message": "no wifi"}
        if when:
            datetime.strptime(when, "%Y-%m-%d")
        self.inbox[len(self.inbox) + 1] = text
        return {"status": True, "inbox": self.inbox}

    def count(self):
        return len(self.inbox)

    def names(self):
        return ["a", "b"]
"""
TEXTS = {
    "model_inference/prompt_en.py": 'TRAVEL_PROMPT_EN = "travel policy"\nBASE_PROMPT_EN = "phone policy"\n',
    "model_inference/multi_turn/common_agent.py": (
        'MULTI_TURN_AGENT_PROMPT_SYSTEM_EN = "You serve.\\n"\n'
        'MULTI_TURN_AGENT_PROMPT_USER_EN = "APIs {functions}\\nSo far:\\n{history}"\n'
    ),
    "model_inference/multi_step/common_agent_step.py": (
        'MULTI_TURN_AGENT_PROMPT_SYSTEM_EN = "You work alone [f(a={})]."\n'
        'MULTI_TURN_AGENT_PROMPT_USER_EN = "APIs {functions}\\nSo far:\\n{history}"\n'
    ),
    "model_inference/multi_turn/APIModel_user.py": (
        'SYSTEM_PROMPT_BASE_EN = "You play: {instruction}"\nSYSTEM_PROMPT_TRAVEL_EN = "You travel: {instruction}"\n'
    ),
}
_CODE = "model_inference/multi_turn/scenariosen/"
FILES = {
    **TEXTS,
    f"{_CODE}phone_platform/base_api.py": BASE,
    f"{_CODE}phone_platform/message.py": MESSAGES,
}
ENTRY: dict[str, Any] = {
    "id": "agent_multi_turn_0",
    "question": "I am Eve. Write to Frank.",
    "initial_config": {"BaseApi": {"wifi": False, "logged_in": True}},
    "involved_classes": ["BaseApi", "MessageApi"],
    "function": [{"name": name, "parameters": {}} for name in ("turn_on_wifi", "send", "count", "names")],
}


class Folder:
    """What a data folder offers; ``absent`` are files that it lacks."""

    def __init__(self, *absent: str) -> None:
        self.absent = absent

    def absent_extras(self) -> list[str]:
        """The files that it lacks."""
        return list(self.absent)

    def read(self, file: str) -> bytes:
        """One file."""
        return FILES[file].encode()
