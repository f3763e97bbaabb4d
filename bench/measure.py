"""Whole processes measured from outside: wall seconds, CPU seconds, peak memory, each with its children.

Example: ``run_measured(["python", "-c", "pass"])`` gives ``Cost(wall=0.02, cpu=0.02, peak_mb=9.1)``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

SAMPLE_SECONDS = 0.05


class Cost(NamedTuple):
    """What one process and its children took; ``peak_mb`` is the largest sum of their memory seen at one moment."""

    wall: float
    cpu: float
    peak_mb: float


def run_measured(command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end; its output goes to ``log``. A failure ends the script with that output."""
    with log.open("wb") as sink:
        start = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}, start_new_session=True
        )
        peak = [0.0]
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(child.pid, peak, done), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        done.set()
        watcher.join()
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code
    if code:
        sys.exit(f"{' '.join(command)} ended with code {code}:\n{log.read_text(errors='replace')[-3000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, max(peak[0], usage.ru_maxrss / 1024))


def _watch(session: int, peak: list[float], done: threading.Event) -> None:
    """Keep the largest sum of proportional memory over all processes of a session (Linux)."""
    while not done.wait(SAMPLE_SECONDS):
        total = sum(_memory_mb(folder) for folder in Path("/proc").glob("[0-9]*") if _session(folder) == session)
        peak[0] = max(peak[0], total)


def _session(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[3])
    except (OSError, ValueError, IndexError):
        return -1


def _memory_mb(folder: Path) -> float:
    try:
        rows = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(row.split()[1]) / 1024 for row in rows if row.startswith("Pss:")), 0.0)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def machine() -> str:
    """The machine in one line, for the head of a table."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [row for row in cpuinfo.read_text().splitlines() if row.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, load {load:.1f} at the start, Python {sys.version.split()[0]}"
