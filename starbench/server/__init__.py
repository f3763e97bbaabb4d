"""The reward over HTTP: ``starbench serve``.

One front process speaks HTTP; several scorer processes score. ``protocols`` knows the bodies of each codebase, ``pool``
hands samples to the scorers and replaces one that dies or hangs, ``scorer`` is the program inside such a process,
``guard`` keeps strangers and oversized requests out, ``metrics`` counts, ``app`` puts the routes together, ``run``
binds the socket and waits for the end.

Example::

    POST /score {"samples": [{"completion": "<tool_call>…</tool_call>", "gold": [{"name": "add", "arguments": {}}]}]}
    200 {"rewards": [{"value": 1.0, "code": null, "parts": {…}}], "reward": "sim", "profile": "robust", …}
"""

from __future__ import annotations

from starbench.server.settings import Settings

__all__ = ["Settings"]
