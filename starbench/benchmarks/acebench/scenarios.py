"""ACEBench's simulated APIs: the published files of a phone, a food platform and an airline, in either language.

    scenarios = Scenarios(folder.read, "en")
    scenarios.made("FoodPlatform").merchant_list         # an instance in its initial state

They are what the data holds, with every byte checked, executed in a namespace of our own. Upstream has a second copy of
them for its multi-step agents, which differs in comments only.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from starbench.benchmarks.published_code import executed

FILES: Mapping[str, str] = {
    "BaseApi": "phone_platform/base_api",
    "MessageApi": "phone_platform/message",
    "ReminderApi": "phone_platform/reminder",
    "FoodPlatform": "phone_platform/food_services",
    "Travel": "travel",
}
"""Class -> the file that holds it."""

_FOLDER = "model_inference/multi_turn/scenarios{language}"
_LIBRARIES = frozenset({"_strptime", "datetime", "time", "typing"})


def files(language: str) -> list[str]:
    """The paths in the data of all that the simulated APIs of a language are made of."""
    return [_path(file, language) for file in FILES.values()]


def _path(file: str, language: str) -> str:
    return f"{_FOLDER.format(language=language)}/{file}.py"


class Scenarios:
    """The classes of a language, each file executed once: they keep nothing beside their instances."""

    def __init__(self, read: Callable[[str], bytes], language: str) -> None:
        self._read = read
        self._language = language
        self._package = _FOLDER.format(language=language).replace("/", ".") + "."
        self._loaded: dict[str, ModuleType] = {}

    def made(self, name: str) -> Any:
        """A new instance of a class."""
        return getattr(self._module(FILES[name]), name)()

    def _module(self, file: str) -> ModuleType:
        if file not in self._loaded:
            code = compile(self._read(_path(file, self._language)), f"<acebench {file}>", "exec")
            self._loaded[file] = executed(code, f"<acebench>.{file}", self._imported)
        return self._loaded[file]

    def _imported(self, name: str, *_: Any, **__: Any) -> ModuleType:
        """What an import statement inside the published files gives."""
        if name.startswith(self._package):
            return self._module(name.removeprefix(self._package).replace(".", "/"))
        if name in _LIBRARIES:
            return importlib.import_module(name)
        raise ImportError(f"ACEBench's simulated APIs may not import {name}")
