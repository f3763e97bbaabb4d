"""How far a run is: a bar with rate and time left in a terminal, lines elsewhere; and what it came to.

asking  120/400 ━━━━━━━╸            30 %  4.1/s  0:01:08 left  2 failed
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from starbench.reports.text import percent, safe

LINE_SECONDS = 30.0
"""How often a line is written where there is no terminal."""


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("–/s" if task.speed is None else f"{task.speed:.1f}/s")


class Bar:
    """A bar on standard error."""

    def __init__(self) -> None:
        self._failed = 0
        self._bar = Progress(
            TextColumn("asking {task.completed:.0f}/{task.total:.0f}"),
            BarColumn(),
            TextColumn("{task.percentage:.0f} %"),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("left{task.fields[failed]}"),
            console=Console(stderr=True),
            speed_estimate_period=120.0,
        )

    def begin(self, done: int, total: int) -> None:
        """Show the bar, with what was done before filled in."""
        self._task = self._bar.add_task("", completed=done, total=total, failed="")

    def step(self, failure: str | None) -> None:
        """Move on by one."""
        self._failed += failure is not None
        self._bar.update(self._task, advance=1, failed=f", {self._failed} failed" if self._failed else "")

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class Lines:
    """A line on standard error at the beginning, at the end, and every half minute between."""

    def __enter__(self) -> Lines:
        self._done = self._total = self._before = self._failed = 0
        self._started = self._said = time.monotonic()
        return self

    def begin(self, done: int, total: int) -> None:
        """Say how much there is to do."""
        self._done = self._before = done
        self._total = total
        sys.stderr.write(f"starbench: {done} of {total} answered before\n")

    def step(self, failure: str | None) -> None:
        """Count one; say so when it is time."""
        self._done += 1
        self._failed += failure is not None
        now = time.monotonic()
        if self._done < self._total and now - self._said < LINE_SECONDS:
            return
        self._said = now
        rate = (self._done - self._before) / max(now - self._started, 1e-9)
        left = (self._total - self._done) / rate
        failed = f", {self._failed} failed" if self._failed else ""
        sys.stderr.write(f"starbench: {self._done}/{self._total}, {rate:.1f}/s, {left:.0f} s left{failed}\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stderr.flush()


def print_run(summary: Mapping[str, Any], console: Console) -> None:
    """Print what the run came to beside its scores."""
    for line in _lines(summary):
        console.print(Text(safe(line)), soft_wrap=True)


def _lines(summary: Mapping[str, Any]) -> Iterator[str]:
    run = summary["run"]
    seconds = run["seconds"]
    took = f"; {seconds['mean']:.2f} s an answer on average, 95 % within {seconds['p95']:.2f} s" if seconds else ""
    tokens = f"{run['input_tokens']:,} tokens in, {run['output_tokens']:,} out"
    yield f"{run['answered']} of {run['asked']} answered; {tokens}{took}"
    if run["cut_off"]:
        yield f"{run['cut_off']} answers were cut off at the limit of tokens"
    for message, count in run["failures"].items():
        yield f"{count} failed: {message}"
    for reason, categories in _grouped(run["not_asked"]).items():
        yield f"not asked: {', '.join(categories)}; {reason}"
    if run["withheld"]:
        yield str(run["withheld"])
    if "samples" in summary:
        figures = {name: value for name, value in summary["samples"]["all"].items() if name != "cases"}
        yield "  ".join(f"{name} {percent(value)}" for name, value in figures.items())


def _grouped(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    """Each reason with the categories that it holds for."""
    found: dict[str, list[str]] = {}
    for category, reason in reasons.items():
        found.setdefault(reason, []).append(category)
    return found
