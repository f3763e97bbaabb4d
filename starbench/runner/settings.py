"""What a run is made of. As a file, with everything that is not the default::

out = "runs/smollm2"
mode = "prompt"                                  # or "tools", "raw-tools"

[model]
backend = "transformers"                         # or "openai", "vllm", "replay"
name = "HuggingFaceTB/SmolLM2-135M-Instruct"
options = { batch = 16 }                         # the backend's own

[cases]
benchmark = "bfcl"
categories = ["simple_python", "irrelevance"]
limit = 50                                       # of each category

[sampling]
max_tokens = 256

[user]                                           # who plays the user for ACEBench's dialogues with agents
name = "gpt-4o"

[web]                                            # where BFCL's web search asks
key_env = "SERPAPI_API_KEY"
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from starbench.backends import Sampling, backend_class
from starbench.errors import InputError
from starbench.runner.tables import filled, put

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model: its ``name`` for the ``backend``, and the ``label`` it has in tables (the name by default)."""

    name: str
    backend: str = "openai"
    label: str | None = None
    thinking: bool | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def checked_options(self, where: str) -> Any:
        """The options of the backend as its dataclass; ``where`` is the table's name in messages."""
        options: Any = filled(backend_class(self.backend).Options, self.options, f"{where}.options")
        return options


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """Which cases: a benchmark, or a ``file`` of own ones; at most ``limit`` of each category, or exactly ``ids``.

    ``language`` is for benchmarks in several: "en", "zh" or "both".
    """

    benchmark: str = "bfcl"
    file: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ScoringSettings:
    """How answers are judged; overall figures are withheld where more than ``max_failures`` of all requests failed."""

    grading: str | None = None
    profile: str = "robust"
    dialect: str | None = None
    max_failures: float = 0.02


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How BFCL's web search is answered; it is off where the environment variable ``key_env`` is empty.

    ``url`` is a search engine that speaks SerpApi's protocol. ``timeout`` is in seconds, of a page or a search;
    ``pause`` the pause before a search is tried a second time. Pages are fetched from public addresses only, unless
    ``private`` allows others.
    """

    url: str = "https://serpapi.com/search.json"
    key_env: str = "SERPAPI_API_KEY"
    concurrency: int = 8
    timeout: float = 20.0
    tries: int = 6
    pause: float = 2.0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole run; ``user`` is the model that plays the user where a benchmark wants one."""

    out: str
    model: ModelSettings
    cases: CaseSettings = CaseSettings()
    mode: Literal["tools", "prompt", "raw-tools"] = "tools"
    sampling: Sampling = field(default_factory=Sampling)
    samples: int = 1
    cache: str | None = None
    user: ModelSettings | None = None
    web: WebSettings = WebSettings()
    scoring: ScoringSettings = ScoringSettings()

    @property
    def label(self) -> str:
        """What the model is called in tables: its label, else the last part of its name."""
        return self.model.label or Path(self.model.name).name or self.model.name

    def options(self) -> Any:
        """The options of the backend, checked."""
        return self.model.checked_options("model")

    def record(self) -> dict[str, Any]:
        """Everything, resolved, as JSON."""
        user = {} if self.user is None else {"user": _record(self.user, "user")}
        return {**asdict(self), "model": _record(self.model, "model"), **user}

    def identity(self) -> dict[str, Any]:
        """The settings that decide an answer: one folder holds answers of one identity.

        How many cases, how fast and how they are judged may change from one command to the next.
        """
        identity = {
            "model": _named(self.model),
            "options": _decisive(self.options()),
            "label": self.label,
            "mode": self.mode,
            "sampling": asdict(self.sampling),
            "cases": {name: getattr(self.cases, name) for name in ("benchmark", "file", "language")},
        }
        if self.user is not None:
            identity["user"] = {**_named(self.user), "options": _decisive(self.user.checked_options("user"))}
        return identity


def _record(model: ModelSettings, where: str) -> dict[str, Any]:
    return {**asdict(model), "options": asdict(model.checked_options(where))}


def _named(model: ModelSettings) -> dict[str, Any]:
    return {"name": model.name, "backend": model.backend, "thinking": model.thinking}


def _decisive(options: Any) -> dict[str, Any]:
    """The options that decide what answers are, and not only how fast they come."""
    return {f.name: getattr(options, f.name) for f in fields(options) if not f.metadata.get("speed")}


def read_settings(path: Path | None, overrides: Sequence[tuple[str, Any]] = ()) -> Settings:
    """The settings of a TOML file with ``overrides`` (dotted name, value) on top of it.

    Raises InputError for a file that cannot be read and for every setting that does not exist or fit.
    """
    table: dict[str, Any] = {}
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as problem:
            raise InputError(f"{path} cannot be read ({problem.strerror})") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise InputError(f"{path} is not TOML: {problem}") from None
    for name, value in overrides:
        put(table, name, value)
    settings = filled(Settings, table)
    for name, number in (("samples", settings.samples), ("cases.limit", settings.cases.limit)):
        if number is not None and number < 1:
            raise InputError(f"the setting {name} is at least 1, not {number}")
    settings.record()  # which checks the options of the backends
    return settings
