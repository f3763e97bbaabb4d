"""Runs for tests: started with settings by name, and what their folders hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stub_model_server import Stub

from starbench.runner import Finished, read_settings, run


class Silent:
    """Counts steps and shows nothing."""

    def __init__(self) -> None:
        self.steps: list[str | None] = []
        self.before = -1

    def begin(self, done: int, total: int) -> None:
        self.before = done

    def step(self, failure: str | None) -> None:
        self.steps.append(failure)


def started(out: Path, stub: Stub | None = None, **changes: Any) -> Finished:
    names = {"out": str(out), "model.name": "m", "cases.benchmark": "sample", "web.key_env": "NO_SUCH_KEY"}
    if stub is not None:
        names |= {"model.options.url": stub.url, "model.options.pause": 0.01, "model.options.timeout": 2.0}  # type: ignore[dict-item]
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    fresh, layout = changes.pop("fresh", False), changes.pop("layout", False)
    settings = read_settings(None, list({**names, **changes}.items()))
    return run(settings, changes.pop("progress", Silent()), fresh=fresh, bfcl_layout=layout)


def rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "outputs.jsonl").read_text(encoding="utf-8").splitlines()]
