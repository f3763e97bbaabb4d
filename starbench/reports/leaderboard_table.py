"""Entries in order: a table for each version of a benchmark, ranks that say which places cannot be told apart.

Example::

    (board,) = boards(read_entries(), Wanted(benchmark="bfcl", version="v3"))
    board.figures                                       # ("v3", "v3_non_live", …): those that some entry has
    board.lines[0].rank, board.lines[0].entry.model     # 1, "Watt-Tool-8B"

An entry's rank is one more than the number of entries that are better beyond doubt: whose whole interval lies above its
own. Entries of one rank are tied. A figure without an interval is taken at its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from starbench.errors import InputError, UnknownNameError
from starbench.reports.leaderboard import Entry, Figure

HEADLINES: Mapping[str, tuple[str, ...]] = {
    "bfcl": (
        "v4", "v3", "non_live", "live", "irrelevance_detection", "multi_turn", "agentic", "v3_non_live", "v3_live",
    ),
    "acebench": (
        "overall", "en_overall", "zh_overall", "normal", "en_normal", "zh_normal", "special", "en_special",
        "zh_special", "agent", "en_agent", "zh_agent",
    ),
}  # fmt: skip
"""The figures of a table, the first ones first; of another benchmark all that its entries have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to show; None means any. Sizes are billions of parameters, dates begin as 2026-02-28 does."""

    benchmark: str | None = None
    version: str | None = None
    model: str | None = None
    provenance: str | None = None
    min_size: float | None = None
    max_size: float | None = None
    since: str | None = None
    until: str | None = None

    def holds(self, entry: Entry) -> bool:
        """Whether an entry is wanted; one of unknown size or date is not, where that is asked for."""
        wanted = ((self.benchmark, entry.benchmark), (self.version, entry.version))
        if any(asked not in (None, there) for asked, there in wanted):
            return False
        if self.provenance not in (None, entry.provenance["kind"]):
            return False
        if self.model is not None and self.model.lower() not in entry.model.lower():
            return False
        return self._sized(entry.size) and self._dated(entry.date)

    def _sized(self, size: float | None) -> bool:
        if self.min_size is None and self.max_size is None:
            return True
        return size is not None and (self.min_size or 0) <= size <= (self.max_size or float("inf"))

    def _dated(self, date: str | None) -> bool:
        if self.since is None and self.until is None:
            return True
        # "2026-02" is before "2026-02-01" as text, and its end is after every day in it
        return date is not None and f"{date}~" >= (self.since or "") and date <= f"{self.until or '~'}~"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with its rank by the table's figure; None where that figure is missing. ``tied``: others share it."""

    rank: int | None
    entry: Entry
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A table: ``by`` is the figure that ranks, ``figures`` are the columns."""

    benchmark: str
    version: str
    grading: str
    by: str
    figures: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def has_bare_values(self) -> bool:
        """Whether some ranked figure has no interval."""
        return any(line.rank and line.entry.figure(self.by).interval is None for line in self.lines)

    @property
    def has_partial(self) -> bool:
        """Whether some entry has not answered every case."""
        return any(line.entry.is_partial for line in self.lines)

    @property
    def columns(self) -> tuple[str, ...]:
        """The figures, the ranking one first."""
        return (self.by, *(name for name in self.figures if name != self.by))

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category that some entry tells of."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.entry.categories))


def boards(entries: Iterable[Entry], wanted: Wanted, by: str | None = None) -> list[Board]:
    """The tables of the wanted entries, ranked ``by`` a figure or by the first headline that most of them have.

    Raises InputError where nothing is left, UnknownNameError for a figure that no entry has.
    """
    groups: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        if wanted.holds(entry):
            groups.setdefault((entry.benchmark, entry.version, entry.grading), []).append(entry)
    if not groups:
        raise InputError("no entry of the leaderboards is like that; ask for less, or add a run")
    known = {name for group in groups.values() for entry in group for name in entry.figures}
    if by is not None and by not in known:
        raise UnknownNameError.of("figure", by, known)
    order = sorted(groups, key=lambda key: (key[0] != "bfcl", key[0], -len(groups[key])))
    return [_board(*key, groups[key], by) for key in order]


def rank(figure: Figure, others: Sequence[Figure]) -> int | None:
    """One more than the number of figures that are better beyond doubt; None where the figure is missing."""
    if figure.value is None:
        return None
    top = figure.bounds[1]
    return 1 + sum(other.value is not None and other.bounds[0] > top for other in others)


def _board(benchmark: str, version: str, grading: str, entries: Sequence[Entry], by: str | None) -> Board:
    there = dict.fromkeys(
        name for entry in entries for name, figure in entry.figures.items() if figure.value is not None
    )
    columns = [name for name in HEADLINES.get(benchmark, tuple(there)) if name in there]
    if by is not None and by in there and by not in columns:
        columns.insert(0, by)
    counts = {name: sum(entry.figure(name).value is not None for entry in entries) for name in columns}
    chosen = by if by in counts else max(columns, key=lambda name: counts[name], default=next(iter(entries[0].figures)))
    figures = [entry.figure(chosen) for entry in entries]
    ranks = [rank(figure, figures) for figure in figures]
    lines = [
        Line(place, entry, place is not None and ranks.count(place) > 1)
        for place, entry in zip(ranks, entries, strict=True)
    ]
    lines.sort(key=lambda line: (line.rank is None, -(line.entry.figure(chosen).value or 0.0), line.entry.model))
    return Board(benchmark, version, grading, chosen, tuple(columns), tuple(lines))
