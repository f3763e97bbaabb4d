"""What the page of one model shows: its figures, its categories, its error codes, and what they rest on.

Example, cut::

    {"model": "mine", "facts": [("Benchmark", "BFCL 2026.3.23"), ("Size", "0.6 B"), …],
     "figures": [("overall, v4", "41.20 %", "39.8–42.6", "")], "categories": [{"name": "simple_python", …}],
     "errors": [("value_error:string", 171, 100.0, "97 simple_python, 40 live_simple and 2 more")]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starbench.reports.leaderboard import Entry
from starbench.reports.leaderboard_names import benchmark_name
from starbench.reports.leaderboard_table import Board, Line
from starbench.reports.leaderboard_text import coverage_text, heading, interval_text, rank_text, size_text
from starbench.reports.text import interval, percent, safe, shortened

ERRORS = 16
"""How many error codes are named."""


def model_page(board: Board, line: Line) -> dict[str, Any]:
    """All that the template shows of an entry."""
    entry = line.entry
    ranked = f"{rank_text(line)} of {len(board.lines)} by {heading(board, board.by)}" if line.rank else ""
    return {
        "model": safe(entry.model),
        "kind": entry.provenance["kind"],
        "partial": entry.is_partial,
        "facts": [(name, safe(value)) for name, value in _facts(entry, ranked)],
        "where": safe(entry.provenance.get("where", "")),
        "note": safe(entry.provenance.get("note", "")),
        "figures": [
            (safe(heading(board, name)), percent(figure.value), interval_text(entry, name), safe(figure.note))
            for name, figure in entry.figures.items()
        ],
        "categories": [_category(name, row) for name, row in entry.categories.items()],
        "errors": _errors(entry),
    }


def _facts(entry: Entry, ranked: str) -> Iterator[tuple[str, str]]:
    """Names and values of what the figures are figures of."""
    yield "Benchmark", f"{benchmark_name(entry.benchmark)} {entry.version}"
    yield "Grading", entry.grading
    if ranked:
        yield "Rank", ranked
    if entry.size:
        yield "Size", f"{size_text(entry)} parameters"
    if entry.date:
        yield "Date", entry.date
    if entry.coverage:
        yield "Answered", f"{coverage_text(entry)} cases"
    said = entry.provenance
    if not entry.is_measured:
        yield "Reported by", said["by"]
        return
    yield "Scored by", f"starbench {said['starbench']}, profile {said['profile']}"
    yield "Answers", said.get("answers", "made by a run of starbench")
    yield "Data", f"sha256 {said['data_sha256'][:16]}"
    yield "Scored rows", f"sha256 {said['scores_sha256'][:16]}"


def _category(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    low, high = row.get("interval") or (0.0, 0.0)
    return {
        "name": safe(name),
        "answered": f"{row['n']:,}" if row["n"] == row["cases"] else f"{row['n']:,} of {row['cases']:,}",
        "share": percent(row["accuracy"]),
        "interval": interval(row.get("interval")) if row["n"] else "–",
        "similarity": "–" if row.get("similarity") is None else f"{row['similarity']:.4f}",
        "bar": None if row["accuracy"] is None else [round(100 * end, 2) for end in (row["accuracy"], low, high)],
    }


def _errors(entry: Entry) -> list[tuple[str, int, float, str]]:
    """Error codes, the most frequent first: how often, how wide its bar is, and in which categories."""
    places: dict[str, dict[str, int]] = {}
    for category, row in entry.categories.items():
        for code, count in row.get("errors", {}).items():
            places.setdefault(code, {})[category] = count
    counts = sorted(
        ((sum(found.values()), code) for code, found in places.items()), key=lambda pair: (-pair[0], pair[1])
    )
    most = counts[0][0] if counts else 1
    found = []
    for count, code in counts[:ERRORS]:
        by_count = sorted(places[code].items(), key=lambda item: -item[1])
        where = shortened([f"{name.replace('_', ' ')} {number}" for name, number in by_count], 3)
        found.append((safe(code), count, round(100 * count / most, 1), safe(where)))
    return found
