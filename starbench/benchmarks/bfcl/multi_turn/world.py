"""One side of a conversation: instances of the simulated classes, and the methods that may be called on them.

    >>> world = World(sources.modules(), entry)                 # entry["involved_classes"] == ["TicketAPI"]
    >>> world.perform(Call("get_ticket", {"ticket_id": 7}))
    '{"error": "Ticket with ID 7 not found."}'

The result of a call is a text, made as upstream makes it: a dict becomes JSON, everything else ``str``; an exception
becomes the text "Error during execution: …". Methods are looked up in a table of the names in the tool documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from starbench.benchmarks.bfcl.multi_turn import limits
from starbench.benchmarks.bfcl.multi_turn.limits import Refused
from starbench.benchmarks.bfcl.multi_turn.sources import Modules, Sources, copied
from starbench.types import Call

FAILED = "Error during execution: "
"""How the result of a call that raised begins."""

_STATELESS = frozenset({"MathAPI"})


def is_inflated(entry: Mapping[str, Any]) -> bool:
    """Whether an entry's scenarios are to be filled up with long texts and lists."""
    return "long_context" in entry["id"].rsplit("_", 1)[0]


class World:
    """The simulated classes of one entry, in its initial state unless ``instances`` are given.

    ``instances`` maps class to instance in the entry's order; ``methods`` the name of each documented method to its
    class (names are unique across classes), ``parameters`` to the names of its parameters in order.
    """

    def __init__(
        self,
        sources: Sources,
        modules: Modules,
        entry: Mapping[str, Any],
        instances: Mapping[str, Any] | None = None,
    ) -> None:
        self.methods, self.parameters = sources.offered(tuple(entry["involved_classes"]))
        self.instances: dict[str, Any] = dict(_initial(modules, entry) if instances is None else instances)
        self._calls_left = limits.CALLS
        self._characters_left = limits.CHARACTERS
        self._entangled = False

    def perform(self, call: Call) -> str:
        """The result text of one call; its arguments stay as they are, though the simulated APIs keep what they get."""
        arguments = call.arguments
        if any(isinstance(value, (list, dict)) for value in arguments.values()):
            arguments = copied(arguments)
        return self.attempt(lambda: self.call(call.name, (), arguments))

    def attempt(self, run: Callable[[], Any]) -> str:
        """The result text of ``run()``, whatever it raises."""
        try:
            if self._calls_left <= 0 or self._characters_left <= 0:
                raise Refused("the conversation made more calls than are run")
            self._calls_left -= 1
            text = self._written(run())
        except Exception as error:  # the simulated APIs may raise anything, and that is the result
            text = FAILED + _said(error)
        self._characters_left -= len(text)
        return text

    def call(self, name: str, positional: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """The value that a documented method returns; raises what it raises, NameError where there is none."""
        owner = self.methods.get(name)
        if owner is None:
            raise NameError(f"name '{name}' is not defined")
        receiver = self.instances[owner]
        limits.guard(name, receiver, positional, named)
        return getattr(receiver, name)(*positional, **named)

    def passed_on(self, value: Any) -> Any:
        """``value`` as an argument of a further call; from now on results may share parts, so they are weighed."""
        self._entangled = True
        limits.weigh(value)
        return value

    def _written(self, value: Any) -> str:
        if self._entangled:
            limits.weigh(value)
        if type(value) is str:
            return value
        if type(value) is dict:
            try:
                return json.dumps(value)
            except Exception:  # numbers of mpmath and decimal, among others
                return str(value)
        return str(value)


def _initial(modules: Modules, entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each class of the entry with an instance of it that has its scenario."""
    for name in entry["involved_classes"]:
        instance = modules.of(name)()
        if name not in _STATELESS:
            scenario = copied(entry["initial_config"].get(name, {}))
            instance._load_scenario(scenario, long_context=is_inflated(entry))
        yield name, instance


def _said(error: Exception) -> str:
    """The text of an exception; making it can fail too, for a RecursionError's sake or a number's length."""
    try:
        return str(error)
    except Exception:
        return type(error).__name__
