"""Cases that fail a right answer as published: what is wrong with each, in data files (``errata.toml``) of a benchmark.

    [live_multiple_964-207-0]
    effect = "unsatisfiable"
    reason = "the answer calls the required argument statement 'question', …"
    mend = { question = "=statement" }

Official grading is not touched by any of it: such a case keeps its official verdict, whose message names the erratum.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Literal

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Effect = Literal["unsatisfiable", "misjudged", "harmless"]


@dataclass(frozen=True, slots=True)
class Erratum:
    """What is wrong with a case: whether no answer passes official grading, or just the right one does not, and why.

    ``dialect`` limits it to answers in that dialect, ``grading`` to verdicts of that grading (empty: all).
    ``mend`` says how strict grading reads the answer.
    """

    effect: Effect
    reason: str
    dialect: str = ""
    grading: str = ""
    mend: Mapping[str, str | list[Any]] = field(default_factory=dict)

    def fails_right_answers(self, dialect: str, grading: str) -> bool:
        """Whether a right answer in ``dialect`` fails because of it, officially; ``strict`` asks for any grading."""
        mine = not self.grading or grading in (self.grading, "strict")
        return self.effect != "harmless" and dialect.startswith(self.dialect) and mine

    @property
    def remark(self) -> str:
        """What is said behind an official verdict that may be the case's fault."""
        return f" (the case is known to be {self.effect}: {self.reason})"


def read_table(package: str) -> Mapping[str, Any]:
    """The content of the package's ``errata.toml``."""
    text = resources.files(package).joinpath("errata.toml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = tomllib.loads(text)
    return table
