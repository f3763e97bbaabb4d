"""BFCL's simulated APIs: the benchmark's own source files, run in a namespace of our own.

A class such as ``TicketAPI`` lives in a published file; its methods are what the tool documents of the same name list::

    sources = Sources(folder.read)                        # every byte is checked against the manifest as it is read
    modules = sources.modules()                           # nothing in them stems from an earlier conversation
    modules.of("TicketAPI")                               # the class
    sources.documents("TicketAPI")[0]["name"]             # "close_ticket"

The files never enter ``sys.modules`` and are never taken from an installed package. Their imports of each other are
answered from the same checked files, their other imports from a short list. Only these files are executed, never a
word that a model wrote.
"""

from __future__ import annotations

import copy
import importlib
import json
import marshal
from collections.abc import Callable, Mapping
from types import CodeType, ModuleType
from typing import Any, final

from starbench.benchmarks.published_code import executed

FILES: Mapping[str, str] = {
    "GorillaFileSystem": "gorilla_file_system",
    "MathAPI": "math_api",
    "MessageAPI": "message_api",
    "TwitterAPI": "posting_api",
    "TicketAPI": "ticket_api",
    "TradingBot": "trading_bot",
    "TravelAPI": "travel_booking",
    "VehicleControlAPI": "vehicle_control",
}
"""Class that conversations are graded with -> name of the file that holds it and of its tool document."""

DOCUMENTS: Mapping[str, str] = {
    **FILES,
    "WebSearchAPI": "web_search",
    "MemoryAPI_kv": "memory_kv",
    "MemoryAPI_vector": "memory_vector",
    "MemoryAPI_rec_sum": "memory_rec_sum",
}
"""Class -> name of its tool document, and of the file that holds it. The last four are needed to ask a model only, and
the published web search is not among what is executed (see :mod:`starbench.benchmarks.bfcl.web_search`).
"""

_CODE = "eval_checker/multi_turn_eval/func_source_code"
_DOCUMENTS = "data/multi_turn_func_doc"
_PACKAGE = "bfcl_eval.eval_checker.multi_turn_eval.func_source_code."
_LIBRARIES = frozenset(
    {
        *("_strptime", "abc", "datetime", "decimal", "json", "math", "mpmath", "random", "re", "time", "typing"),
        *("faiss", "numpy", "rank_bm25", "sentence_transformers"),  # what memories search with
    }
)
_KEEPING = frozenset({"posting_api"})
_KEEPING_INFLATED = _KEEPING | {"travel_booking", "long_context"}
"""Files in which a call can change what later ones find, beyond its own instance; more of them in long contexts."""

Offered = tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]


def copied(value: Any) -> Any:
    """A deep copy; of plain data several times as fast as ``copy.deepcopy``, which loading waits for most."""
    try:
        return marshal.loads(marshal.dumps(value))
    except ValueError:  # it holds an object of some class
        return copy.deepcopy(value)


def _module(name: str, **content: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(content)
    return module


def _unused(*_: Any) -> None:
    """Stands for what the published memories keep their files with; here they keep none."""


_REPLACED: Mapping[str, ModuleType] = {
    "copy": _module("copy", deepcopy=copied),
    "overrides": _module("overrides", final=final),
    # imported by the published files, used by none of what is called here
    "subprocess": _module("subprocess"),
    "pathlib": _module("pathlib", Path=object),
    "bfcl_eval.utils": _module(
        "bfcl_eval.utils",
        get_directory_structure_by_id=_unused,
        is_first_memory_prereq_entry=_unused,
        is_memory_prereq=_unused,
    ),
}


class Sources:
    """The files of the simulated APIs, each compiled once; ``read`` gives the checked bytes of a path in the data."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._compiled: dict[str, CodeType] = {}
        self._documents: dict[str, tuple[Mapping[str, Any], ...]] = {}
        self._offered: dict[tuple[str, ...], Offered] = {}
        self._once = Modules(self)

    def modules(self, inflated: bool = False) -> Modules:
        """A set of modules in which nothing stems from an earlier conversation; ``inflated`` for long contexts."""
        return Modules(self, _KEEPING_INFLATED if inflated else _KEEPING, self._once)

    def documents(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """The tool document of class ``name``: the definitions of the functions that models are offered."""
        if name not in self._documents:
            lines = self._read(f"{_DOCUMENTS}/{DOCUMENTS[name]}.json").splitlines()
            self._documents[name] = tuple(json.loads(line) for line in lines if line)
        return self._documents[name]

    def offered(self, names: tuple[str, ...]) -> Offered:
        """What models may call on these classes: documented method -> its class, and -> its parameters in order."""
        if names not in self._offered:
            documents = [(name, document) for name in names for document in self.documents(name)]
            self._offered[names] = (
                {document["name"]: name for name, document in documents},
                {document["name"]: tuple(document["parameters"]["properties"]) for _, document in documents},
            )
        return self._offered[names]

    def compiled(self, file: str) -> CodeType:
        """The code of one published file."""
        if file not in self._compiled:
            self._compiled[file] = compile(self._read(f"{_CODE}/{file}.py"), f"<bfcl {file}>", "exec")
        return self._compiled[file]


class Modules:
    """The simulated APIs for one conversation, or one side of it.

    Files that keep nothing between calls are executed once for all, which also makes their classes comparable: a folder
    equals another only if both are of the same class. The others are executed anew.
    """

    def __init__(self, sources: Sources, anew: frozenset[str] = frozenset(), once: Modules | None = None) -> None:
        self._sources = sources
        self._anew = anew
        self._once = once
        self._loaded: dict[str, ModuleType] = {}

    def of(self, name: str) -> Any:
        """The class ``name``."""
        return getattr(self.module(DOCUMENTS[name]), name)

    def module(self, file: str) -> ModuleType:
        """The module of one published file."""
        if self._once is not None and file not in self._anew:
            return self._once.module(file)
        if file not in self._loaded:
            self._loaded[file] = executed(self._sources.compiled(file), f"<bfcl>.{file}", self._imported)
        return self._loaded[file]

    def keeping(self, file: str) -> ModuleType | None:
        """The module of a file that was executed anew for this conversation, None where it was not."""
        return self._loaded.get(file)

    def _imported(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What an import statement inside the published files gives."""
        if name.startswith(_PACKAGE):
            return self.module(name.removeprefix(_PACKAGE))
        if name in _REPLACED:
            return _REPLACED[name]
        if name in _LIBRARIES and level == 0:
            return importlib.import_module(name)
        raise ImportError(f"BFCL's simulated APIs may not import {name}")
