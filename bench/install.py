"""Install starbench into a fresh virtual environment and say what that cost: seconds, MB, distributions, import time.

python bench/install.py [--python python3.12] [--keep]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from environments import HOME, ROOT
from measure import machine, run_timed

IMPORT_RUNS = 15


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--python", default=sys.executable)
    arguments.add_argument("--keep", action="store_true", help="leave the environment in .bench/install")
    given = arguments.parse_args()
    place = HOME / "install"
    shutil.rmtree(place, ignore_errors=True)
    HOME.mkdir(exist_ok=True)
    print(machine())
    start = time.perf_counter()
    subprocess.run([given.python, "-m", "venv", str(place)], check=True)
    made = time.perf_counter() - start
    bare = megabytes(place)
    python = str(place / "bin" / "python")
    cost = run_timed([python, "-m", "pip", "install", "--quiet", str(ROOT)], log=HOME / "install.log")
    listed = subprocess.run([python, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True)
    names = sorted(row["name"] for row in json.loads(listed.stdout) if row["name"] not in ("pip", "setuptools"))
    print(f"virtual environment   {made:.1f} s, {bare:.0f} MB")
    print(f"pip install .         {cost.wall:.1f} s wall, {cost.cpu:.1f} s CPU, {megabytes(place) - bare:.0f} MB")
    print(f"distributions         {len(names)}: {', '.join(names)}")
    print(f"import starbench      {cpu_of(python, 'import starbench') * 1000:.0f} ms CPU, interpreter included")
    print(f"bare interpreter      {cpu_of(python, 'pass') * 1000:.0f} ms CPU")
    if not given.keep:
        shutil.rmtree(place)


def megabytes(folder: Path) -> float:
    """The size of the files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()) / 1e6


def cpu_of(python: str, code: str) -> float:
    """The median CPU seconds of a process that runs ``code``."""
    log = HOME / "install.log"
    return statistics.median(run_timed([python, "-c", code], log=log).cpu for _ in range(IMPORT_RUNS))


if __name__ == "__main__":
    main()
