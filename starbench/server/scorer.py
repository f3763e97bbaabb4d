"""The program of a scorer process: lines of samples in, a line for each sample out, until its input ends.

Example of its input and output (after a first line that says it is ready and which parts its rewards have)::

    [["<tool_call>…</tool_call>", [{"name": "add", "arguments": {}}], null, null], …]
    {"value": 1.0, "code": null, "parts": {…}}

It writes one line a sample and at once, so the front always knows which sample is being scored. A gold or tools that
cannot be used give ``{"problem": "…"}``. It ends when the front closes its input, also when the front was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from typing import Any, BinaryIO

from starbench.adapters.base import Sample, configured, score
from starbench.errors import StarbenchError
from starbench.reward import RewardFunction


def answer(reward: RewardFunction, sample: Sample) -> dict[str, Any]:
    """The line for one sample. An unforeseen failure is ours, not the model's: it is logged and told apart."""
    try:
        (result,) = score([sample], reward)
    except StarbenchError as error:
        return {"problem": str(error)}
    except Exception:
        traceback.print_exc()
        return {"value": None, "code": "infra:error"}
    return {"value": result.value, "code": result.code, "parts": result.parts}


def serve(reward: RewardFunction, requests: BinaryIO, replies: int) -> None:
    """Answer every line of ``requests`` on the file descriptor ``replies``."""
    parts = [*answer(reward, Sample("", []))["parts"]]
    os.write(replies, json.dumps({"ready": parts}).encode() + b"\n")
    for line in requests:
        for row in json.loads(line):
            os.write(replies, json.dumps(answer(reward, Sample(*row))).encode() + b"\n")


def main(name: str, profile: str) -> None:
    """Serve standard input. Standard output is moved to standard error first, so that no stray print breaks a line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.dup(1)
    os.dup2(2, 1)
    serve(configured(name, profile), sys.stdin.buffer, replies)


if __name__ == "__main__":
    main(*sys.argv[1:])
