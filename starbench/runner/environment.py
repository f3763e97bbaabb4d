"""What a run's figures rest on beside its settings: versions, data, machine.

{"starbench": "0.1.0", "python": "3.11.7", "system": "Linux-6.1-x86_64", "benchmark": {"name": "bfcl", …},
 "backend": {"torch": "2.13.0", "device": "cpu", …}}
"""

from __future__ import annotations

import os
import platform
from typing import Any

import starbench
from starbench.backends import Backend
from starbench.benchmarks import Benchmark


def environment(benchmark: Benchmark, backend: Backend) -> dict[str, Any]:
    """What is worth knowing about where a run took place; no names of people or machines."""
    return {
        "starbench": starbench.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()}-{platform.release()}-{platform.machine()}",
        "processors": os.cpu_count(),
        "benchmark": {
            "name": benchmark.name,
            "version": benchmark.version,
            "data_sha256": benchmark.data_sha256,
        },
        "backend": backend.described(),
    }
