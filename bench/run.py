"""What a run costs beside the model: requests in flight, and our CPU time a request.

Run by hand:  python bench/run.py [--cases 880]

A stub server in another process answers every request after 50 ms; runs ask it single-turn cases of BFCL. The figure
is that of the asking alone: a second command on a finished folder, which asks nothing, costs the rest (data, scoring)
and is subtracted, and so is what a run of a tenth of the cases costs (starting the backend).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from stub_model_server import said, stub_server
with stub_server(lambda body, number: said("none"), delay=0.05) as stub:
    print(stub.url, flush=True)
    sys.stdin.readline()
    print(stub.most, len(stub.bodies), flush=True)
"""


def cpu_seconds(command: list[str]) -> float:
    """Processor time of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def asking_seconds(url: str, cases: int) -> float:
    """Processor time of asking that many cases."""
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, "-m", "starbench", "run", "--url", url, "--model", "m", "--out", f"{folder}/r"]
        run += ["--category", "live_irrelevance", "--limit", str(cases)]
        return cpu_seconds(run) - cpu_seconds(run)


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=880, help="of live_irrelevance, at most 884")
    cases = parser.parse_args().cases
    command = [sys.executable, "-c", SERVER, str(ROOT / "tests")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        url = server.stdout.readline().strip()
        many, few = asking_seconds(url, cases), asking_seconds(url, cases // 10)
        server.stdin.write("\n")
        server.stdin.flush()
        most, asked = map(int, server.stdout.readline().split())
    each = (many - few) / (cases - cases // 10) * 1000
    print(f"{asked} requests, at most {most} in flight, {each:.2f} ms of CPU a request")


if __name__ == "__main__":
    main()
