"""How far a stage is: a bar in a terminal, a line now and then elsewhere, nothing where nobody looks.

student-simrl: training  120/400 ━━━━━━━╸      30 %  0:01:08 left  reward 0.61
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Protocol

LINE_SECONDS = 20.0
"""How often a line is written where there is no terminal."""


class Progress(Protocol):
    """Who is told how far a stage is."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Say that something begins, of which ``done`` of ``total`` were done before."""

    def step(self, count: int = 1, note: str = "") -> None:
        """Say that more of it is done; ``note`` is the latest figure."""

    def note(self, sentence: str) -> None:
        """Say a sentence."""


class Silent:
    """Says nothing."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Nothing."""

    def step(self, count: int = 1, note: str = "") -> None:
        """Nothing."""

    def note(self, sentence: str) -> None:
        """Nothing."""


class Bar:
    """A bar on standard error; a context manager."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}  {task.completed:.0f}/{task.total:.0f}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:.0f} %"),
            TimeRemainingColumn(),
            TextColumn("left  {task.fields[note]}", markup=False),
            console=Console(stderr=True),
            speed_estimate_period=120.0,
            transient=True,
        )
        self._task: int | None = None

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Show a fresh bar."""
        if self._task is not None:
            self._bar.remove_task(self._task)  # type: ignore[arg-type]
        self._task = self._bar.add_task(what, total=total, completed=done, note="")

    def step(self, count: int = 1, note: str = "") -> None:
        """Move it on."""
        if self._task is not None:
            self._bar.update(self._task, advance=count, **({"note": note} if note else {}))  # type: ignore[arg-type]

    def note(self, sentence: str) -> None:
        """Write a line above it."""
        from rich.text import Text

        self._bar.console.print(Text(sentence), soft_wrap=True)


class Lines:
    """A line on standard error at the beginning and end of each thing, and now and then between; a context manager."""

    def __enter__(self) -> Lines:
        self._what, self._total, self._done, self._before, self._said = "", 0, 0, 0, 0.0
        self._started = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stderr.flush()

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Say what begins."""
        self._what, self._total, self._done, self._before = what, total, done, done
        self._started = self._said = time.monotonic()
        self.note(f"{what}: {done} of {total} done before" if done else f"{what}: {total} to do")

    def step(self, count: int = 1, note: str = "") -> None:
        """Count; say so when it is time."""
        self._done += count
        now = time.monotonic()
        if self._done < self._total and now - self._said < LINE_SECONDS:
            return
        self._said = now
        rate = (self._done - self._before) / max(now - self._started, 1e-9)
        left = f", {max(self._total - self._done, 0) / rate:.0f} s left" if rate else ""
        self.note(f"{self._what}: {self._done}/{self._total}{left}" + (f", {note}" if note else ""))

    def note(self, sentence: str) -> None:
        """Write a line."""
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()
