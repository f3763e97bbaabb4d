"""The simulated world of one ACEBench agent: its calls are run, and it is told what came of them.

    world = AgentWorld(Scenarios(folder.read, "en"), entry)     # entry["involved_classes"] == ["BaseApi", …]
    world.perform_steps(agent_calls("[turn_on_wifi()]"))        # [{"status": True, "message": "Wi-Fi has been …"}]
    world.end_state()                                           # [{"BaseApi": {"wifi": True, "logged_in": True}}, …]

Only public methods of these classes are called, looked up in a table; a few published answers use one that the case
does not offer. The oddities of how upstream runs them decide what an agent sees, so they are kept, each under its name
in :data:`ODDITIES`.
"""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any

from starbench.benchmarks.acebench.agent_calls import AgentCall
from starbench.benchmarks.acebench.scenarios import Scenarios

ODDITIES: Mapping[str, str] = {
    "every_instance": "What all classes inherit from BaseApi is called on every one of them; the last result counts.",
    "unknown_repeats": "A function that does not exist gives the result of the call before it in the same message.",
    "error_in_letters": "In a dialogue an error ends the message, and the agent sees a fixed text letter by letter.",
    "written_at_the_end": "Results are written out once all calls of a message are done, and show what later ones did.",
    "read_as_json": "Results become texts, and are read again where they are JSON; a list is seen as Python writes it.",
}
"""Name -> what upstream does."""

SAVED: Mapping[str, tuple[str, ...]] = {
    "BaseApi": ("wifi", "logged_in"),
    "MessageApi": ("inbox",),
    "ReminderApi": ("reminder_list",),
    "FoodPlatform": ("users", "logged_in_users", "orders"),
    "Travel": ("users", "reservations"),
}
"""Class -> its attributes that are judged in the end."""

_NOTHING_BEFORE = "cannot access local variable 'func_call_result' where it is not associated with a value"
_ERROR_TEXT = "Error during execution: {str(e)}"  # upstream forgot to format it
_MISSING = object()


class AgentWorld:
    """The instances of one case; ``was_touched`` says that some message was run to its end."""

    def __init__(self, scenarios: Scenarios, entry: Mapping[str, Any]) -> None:
        config = entry["initial_config"]
        self.was_touched = False
        self._instances: dict[str, Any] = {}
        for name in entry["involved_classes"]:
            instance = scenarios.made(name)
            for part in (name, "BaseApi"):
                instance._load_scenario(copy.deepcopy(config.get(part, {})), long_context=False)
            self._instances[name] = instance
        self._receivers: dict[str, list[Any]] = {}
        for instance in self._instances.values():
            for method, _ in inspect.getmembers(instance, inspect.ismethod):
                if not method.startswith("_"):
                    self._receivers.setdefault(method, []).append(instance)

    def perform_steps(self, calls: Sequence[AgentCall]) -> list[Any]:
        """What a multi-step agent sees of its calls: a result or an error for each."""
        self.was_touched = True
        results: list[Any] = []
        last: Any = _MISSING
        for call in calls:
            try:
                last = self._called(call, last)
            except Exception as error:  # the simulated APIs may raise anything, and that is the result
                results.append(f"Error during execution: {error}")
            else:
                results.append(last)
        return list(map(_seen, results))

    def perform_turn(self, calls: Sequence[AgentCall]) -> list[Any]:
        """What an agent in a dialogue sees of its calls; see ``error_in_letters``."""
        results: list[Any] = []
        last: Any = _MISSING
        for call in calls:
            try:
                last = self._called(call, last)
            except Exception:  # as above
                return list(_ERROR_TEXT)
            results.append(last)
        self.was_touched = True
        return list(map(_seen, results))

    def end_state(self) -> list[dict[str, Any]]:
        """The judged attributes of every class, as JSON; empty where nothing was run."""
        if not self.was_touched:
            return []
        state = [
            {name: {key: value for key, value in vars(instance).items() if key in SAVED[name]}}
            for name, instance in self._instances.items()
        ]
        kept: list[dict[str, Any]] = json.loads(json.dumps(state, default=str))
        return kept

    def _called(self, call: AgentCall, last: Any) -> Any:
        """The value that a call gives; ``last`` is that of the one before it."""
        owner, _, method = call.name.rpartition(".")
        if method in self._receivers and (owner or call.nested is not None):
            raise NameError(f"name '{owner.split('.')[0] or call.nested}' is not defined")
        for instance in self._receivers.get(call.name, ()):
            last = getattr(instance, call.name)(**copy.deepcopy(dict(call.arguments)))
        if last is _MISSING:
            raise UnboundLocalError(_NOTHING_BEFORE)
        return last


def _seen(value: Any) -> Any:
    """A result as the agent sees it; see ``read_as_json``."""
    text = value if isinstance(value, str) else _text(value)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _text(value: Any) -> str:
    if isinstance(value, dict):
        try:
            return json.dumps(value)
        except (TypeError, ValueError):
            pass
    return str(value)
