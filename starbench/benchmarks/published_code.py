"""Files that a benchmark publishes, executed in a namespace of our own: simulated APIs, and nothing that a model wrote.

    module = executed(compile(checked_bytes, "<bfcl ticket_api>", "exec"), "<bfcl>.ticket_api", imported)
    module.TicketAPI()

They never enter ``sys.modules`` and are never taken from an installed package. What they import is answered by
``imported``, which knows a short list; what could read files or run text is not there at all.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import CodeType, ModuleType

_WITHHELD = frozenset({"breakpoint", "compile", "eval", "exec", "input", "open", "print"})  # print alone is used
_BUILTINS = {name: thing for name, thing in vars(builtins).items() if name not in _WITHHELD}

Imported = Callable[..., ModuleType]
"""Takes the place of ``__import__``."""


def executed(code: CodeType, name: str, imported: Imported) -> ModuleType:
    """The module that a published file makes, whose hash was checked before it was compiled."""
    module = ModuleType(name)
    vars(module)["__builtins__"] = {**_BUILTINS, "__import__": imported, "print": _silent}
    exec(code, vars(module))  # noqa: S102  # never a word that a model wrote
    return module


def _silent(*_: object, **__: object) -> None:
    """What printing comes to: what simulated APIs print is for nobody."""
