"""Whole processes measured from outside: wall and CPU seconds, or peak memory, each with their children.

Time and memory are measured in runs of their own, because adding up the memory of several processes many times a
second takes time from them::

    run_timed(["python", "-c", "pass"], log=Path("log"))        ->  Seconds(wall=0.02, cpu=0.02)
    run_watched(["python", "-c", "pass"], log=Path("log"))      ->  9.1
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

SAMPLE_SECONDS = 0.02


class Seconds(NamedTuple):
    """What one process and its children took."""

    wall: float
    cpu: float


def run_timed(
    command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> Seconds:
    """Run a command to its end; its output goes to ``log``. A failure ends the script with that output."""
    start = time.perf_counter()
    child = _started(command, log, env, folder)
    usage = _ended(child, log)
    return Seconds(time.perf_counter() - start, usage.ru_utime + usage.ru_stime)


def run_watched(
    command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> float:
    """The same, for the largest sum of its processes' memory seen at one moment, in MB."""
    child = _started(command, log, env, folder)
    peak = [0.0]
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(child.pid, peak, done), daemon=True)
    watcher.start()
    usage = _ended(child, log)
    done.set()
    watcher.join()
    return max(peak[0], usage.ru_maxrss / 1024)


def _started(
    command: Sequence[str], log: Path, env: Mapping[str, str] | None, folder: Path | None
) -> subprocess.Popen[bytes]:
    with log.open("wb") as sink:
        return subprocess.Popen(
            command,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=folder,
            start_new_session=True,
        )


def _ended(child: subprocess.Popen[bytes], log: Path) -> os.struct_rusage:  # type: ignore[name-defined]
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        words = " ".join(map(str, child.args))  # type: ignore[arg-type]
        sys.exit(f"{words} ended with code {child.returncode}:\n{log.read_text(errors='replace')[-3000:]}")
    return usage


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


def median(costs: Sequence[Seconds]) -> Seconds:
    """The median of each figure."""
    return Seconds(*(statistics.median(values) for values in zip(*costs, strict=True)))


def machine() -> str:
    """The machine in one line, for the head of a table."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [row for row in cpuinfo.read_text().splitlines() if row.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, load {load:.1f} at the start, Python {sys.version.split()[0]}"
