"""The failure viewer as one HTML file: a list of all cases at once, and each case's content packed until it is opened.

What stands in the page, for 5,000 cases::

    index    columns of the list as plain JSON (ids, codes, similarities, …)     read when the page opens
    chunks   64 cases each, compressed                                           unpacked when one of them is opened
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starbench.reports.page import packed, render_page
from starbench.reports.viewer import CaseRecord, models_of, tool_record
from starbench.types import Tool

CHUNK = 64
"""Cases a chunk: opening one unpacks so many; fewer would compress worse."""
COLUMNS = ("model", "category", "code", "verdict")
"""Columns of few different values: each is kept as a table of values and a number a case."""


def viewer_page(records: Sequence[CaseRecord], meaning: Mapping[str, str | None], notes: Sequence[str] = ()) -> bytes:
    """The whole page."""
    models = models_of(records)
    title = f"{', '.join(models[:3])}{' …' if len(models) > 3 else ''} on {meaning['benchmark']}"
    return render_page(
        "viewer",
        title=title,
        index=_index(records),
        chunks=[_chunk(records[start : start + CHUNK]) for start in range(0, len(records), CHUNK)],
        meaning=meaning_line(meaning),
        notes=notes,
        chunk_size=CHUNK,
    )


def meaning_line(meaning: Mapping[str, str | None]) -> str:
    """What the figures are figures of, in one line."""
    known = {name: value or "unknown" for name, value in meaning.items()}
    return (
        f"{known['benchmark']} {known['version']} · data {known['data_sha256'][:12]} · grading {known['grading']} · "
        f"profile {known['profile']} · starbench {known['starbench']}"
    )


def _index(records: Sequence[CaseRecord]) -> dict[str, Any]:
    index: dict[str, Any] = {
        name: [record.line[name] for record in records] for name in ("id", "similarity", "snippet")
    }
    for name in COLUMNS:
        values = list(dict.fromkeys(record.line[name] for record in records))
        place = {value: number for number, value in enumerate(values)}
        index[name] = {"values": values, "of": [place[record.line[name]] for record in records]}
    return index


def _chunk(records: Sequence[CaseRecord]) -> str:
    """Some cases with a table of the tools that they share."""
    places: dict[int, int] = {}
    tools: list[Tool] = []
    cases = []
    for record in records:
        for tool in record.tools:
            if places.setdefault(id(tool), len(tools)) == len(tools):
                tools.append(tool)
        cases.append({**record.detail, "tools": [places[id(tool)] for tool in record.tools]})
    return packed({"tools": [tool_record(tool) for tool in tools], "cases": cases})
