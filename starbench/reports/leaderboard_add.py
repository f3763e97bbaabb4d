"""A scored run becomes an entry of a leaderboard.

Example::

    record = entry_record(read_run(Path("scores")), "mine", size=0.6, date="2026-03-01")
    add_entry(record, Path("leaderboards"))        # leaderboards/bfcl-2026.3.23-mine.json
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starbench.benchmarks.bfcl.aggregate import FIGURES
from starbench.benchmarks.figures import category_weights
from starbench.errors import InputError
from starbench.reports.leaderboard import entry_of, read_entries
from starbench.reports.scored_run import ScoredRun
from starbench.scoring import written_whole
from starbench.statistics import weighted_wilson

KEPT = ("cases", "n", "correct", "accuracy", "interval", "similarity", "errors")
"""What an entry keeps of a category."""


def entry_record(
    run: ScoredRun,
    model: str,
    *,
    name: str | None = None,
    size: float | None = None,
    date: str | None = None,
    language: str | None = None,
    answers: str | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """The entry of one model of a run, as JSON; ``name`` is what the leaderboard calls it.

    ``answers`` says whose answers were scored, where others made them; ``note`` what a reader must know besides.
    ``language`` is that of an ACEBench run in one language whose summary does not say it. Raises InputError where the
    run lacks what an entry says, or says another language.
    """
    meaning = run.meaning
    if any(value is None for value in meaning.values()) or model not in run.summary.get("models", {}):
        raise InputError(f"{run.path} has no complete summary.json beside its rows; score the run again")
    summary = run.summary["models"][model]
    figures = {figure: _figure(figure, share, summary, meaning) for figure, share in summary["overall"].items()}
    if meaning["benchmark"] == "acebench":
        figures = _with_language(figures, language, run)
    return {
        "format": 1,
        "model": name or model,
        "size": size,
        "date": date,
        "benchmark": meaning["benchmark"],
        "version": meaning["version"],
        "grading": meaning["grading"],
        "provenance": {
            "kind": "measured",
            "starbench": meaning["starbench"],
            "data_sha256": meaning["data_sha256"],
            "scores_sha256": _hash(run.path),
            "profile": meaning["profile"],
            **({"answers": answers} if answers else {}),
            **({"note": note} if note else {}),
        },
        "figures": figures,
        "categories": {
            category: {field: row[field] for field in KEPT if field in row}
            for category, row in summary["categories"].items()
            if row["n"] or _counts(category, meaning["benchmark"])
        },
    }


def add_entry(record: Mapping[str, Any], folder: Path, pinned: str | None = None) -> Path:
    """Check the entry against the schema, the other entries and the ``pinned`` hash of its data; then write it.

    Raises InputError, with nothing written, where something does not agree.
    """
    slug = re.sub(r"[^a-z0-9.]+", "-", f"{record['benchmark']} {record['version'][:16]} {record['model']}".lower())
    suffix = "" if record["grading"] == "official" else f"-{record['grading']}"
    path = folder / f"{slug.strip('-.')[:120]}{suffix}.json"
    entry = entry_of(record, str(path))
    data = record["provenance"]["data_sha256"]
    if pinned is not None and data != pinned:
        raise InputError(
            f"the run was scored on data {data[:12]}, and {entry.benchmark} {entry.version} has {pinned[:12]}; "
            "score it on the published data"
        )
    known = read_entries(folder if folder.is_dir() else None)
    for other in known:
        if other.key == entry.key:
            raise InputError(f"{other.file} is already the entry of {entry.model!r}; remove it, or give another --name")
        same = (other.benchmark, other.version) == (entry.benchmark, entry.version)
        if same and other.is_measured and other.provenance["data_sha256"] != data:
            raise InputError(
                f"{other.file} was measured on other data of {entry.benchmark} {entry.version} than this run; "
                "they cannot stand in one table"
            )
    if path.exists():
        raise InputError(f"{path} is there already, for another model; give another --name")
    with written_whole(path) as file:
        file.write(json.dumps(record, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    return path


def _figure(
    name: str, share: float | None, summary: Mapping[str, Any], meaning: Mapping[str, str | None]
) -> dict[str, Any]:
    """A figure with its interval: the summary's, or for BFCL the one that its categories give."""
    interval = summary.get("intervals", {}).get(name)
    weights = _BFCL_WEIGHTS.get(name) if meaning["benchmark"] == "bfcl" else None
    if interval is None and weights and share is not None:
        rows = summary["categories"]
        parts = [(weight, rows[part]["correct"], rows[part]["n"]) for part, weight in weights.items()]
        interval = list(weighted_wilson(parts))
    return {"value": share} | ({"interval": interval} if interval and share is not None else {})


_BFCL_WEIGHTS = category_weights(FIGURES)


def _counts(category: str, benchmark: str | None) -> bool:
    """Whether a category without answers is missing: of BFCL's, those that no figure is made of are left out."""
    return benchmark != "bfcl" or any(category in parts for parts in _BFCL_WEIGHTS.values())


def _with_language(figures: Mapping[str, Any], language: str | None, run: ScoredRun) -> dict[str, Any]:
    """ACEBench's figures under names that say their language; bare names are means of both."""
    said = run.summary.get("options", {}).get("language")
    if any(name.startswith(("en_", "zh_")) for name in figures):
        said = "both"
    if said is not None and language not in (None, said):
        raise InputError(f"{run.path} was scored with --language {said}, so it cannot be added as {language}")
    if said == "both":
        return dict(figures)
    chosen = said or language
    if chosen is None:
        raise InputError(f"{run.path} does not say the language of its cases; add --language en or --language zh")
    return {f"{chosen}_{name}": figure for name, figure in figures.items()}


def _hash(path: Path) -> str:
    """The sha256 of the scored rows, by which the entry names its run."""
    file = path / "scores.jsonl" if path.is_dir() else path
    return hashlib.sha256(file.read_bytes()).hexdigest()
