"""Two scored runs on the same cases: what got fixed, what broke, and whether chance could have done it.

Example::

    found = compare_runs(Side.of(read_run(Path("base"))), Side.of(read_run(Path("tuned"))))
    found.total.fixed, found.total.broken, found.total.p      # 31, 12, 0.0054
    found.total.accuracy.value                                # 0.0475: 4.75 points up
    found.broken[0].id, found.broken[0].after                 # "simple_python_7", "value_error:others"

Only cases that both runs answered are compared; what one of them lacks is counted and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from starbench.errors import InputError
from starbench.reports.scored_run import Row, ScoredRun, cluster_of, counted
from starbench.statistics import Difference, cohens_h, difference, mcnemar, odds_ratio, paired_permutation

MUST_AGREE: Mapping[str, str] = {
    "benchmark": "benchmarks",
    "data_sha256": "versions of the data",
    "grading": "gradings",
    "profile": "profiles of similarity",
}
"""What two runs need to have in common, and what it is called."""

Pair = tuple[Row, Row]


@dataclass(frozen=True, slots=True)
class Side:
    """One model of a scored run, under the name that tables give it."""

    run: ScoredRun
    model: str
    label: str

    @classmethod
    def of(cls, run: ScoredRun, model: str | None = None) -> Side:
        """The model asked for, or the only one of the run."""
        chosen = run.model(model)
        return cls(run, chosen, chosen)

    @property
    def rows(self) -> Mapping[str, Row]:
        """The scored rows by case id."""
        return self.run.models[self.model]


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose verdict changed: its error code before and after (None where right), and both similarities."""

    id: str
    category: str
    before: str | None
    after: str | None
    similarity: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Group:
    """All compared cases, or those of one category. ``correct`` counts before and after; ``p`` is McNemar's."""

    name: str
    n: int
    clusters: int
    correct: tuple[int, int]
    fixed: int
    broken: int
    p: float
    accuracy: Difference
    similarity: Difference

    @property
    def shares(self) -> tuple[float, float]:
        """The accuracy before and after."""
        return (self.correct[0] / self.n, self.correct[1] / self.n)


@dataclass(frozen=True, slots=True)
class CodeChange:
    """One error code: on how many compared cases before and after, how many lost it by being fixed or got it newly."""

    code: str
    before: int
    after: int
    fixed: int
    broken: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything found; ``figures`` are the overall figures that both runs have, ``notes`` sentences about limits."""

    labels: tuple[str, str]
    meaning: Mapping[str, str | None]
    notes: tuple[str, ...]
    total: Group
    categories: tuple[Group, ...]
    codes: tuple[CodeChange, ...]
    fixed: tuple[Change, ...]
    broken: tuple[Change, ...]
    figures: Mapping[str, tuple[float, float]]
    similarity_p: float
    cohens_h: float
    odds_ratio: float | None


def compare_runs(before: Side, after: Side) -> Comparison:
    """Compare two sides case by case.

    Raises InputError where they are not comparable: another benchmark, data, grading or profile, or no case in common.
    """
    _refuse_strangers(before, after)
    pairs = [(row, after.rows[id]) for id, row in before.rows.items() if id in after.rows]
    compared = [pair for pair in pairs if counted(pair[0]) and counted(pair[1])]
    if not compared:
        raise InputError(f"{before.run.path} and {after.run.path} have no answered case in common")
    total = _group("all cases", compared)
    gains = [new["similarity"] - old["similarity"] for old, new in compared]
    return Comparison(
        labels=_labels(before, after),
        meaning=before.run.meaning,
        notes=tuple(_notes(before, after, len(pairs), len(compared))),
        total=total,
        categories=tuple(_group(name, members) for name, members in _by_category(compared).items()),
        codes=_codes(compared),
        fixed=_changes(compared, to=True),
        broken=_changes(compared, to=False),
        figures=_figures(before, after),
        similarity_p=paired_permutation(gains, [cluster_of(old) for old, _ in compared]),
        cohens_h=cohens_h(*total.shares),
        odds_ratio=odds_ratio(total.fixed, total.broken),
    )


def _refuse_strangers(before: Side, after: Side) -> None:
    first, second = before.run.meaning, after.run.meaning
    for name, what in MUST_AGREE.items():
        old, new = first[name], second[name]
        if old is not None and new is not None and old != new:
            raise InputError(
                f"the runs have different {what} ({old} in {before.run.path}, {new} in {after.run.path}), so a "
                "difference between their figures would mean nothing; score both in the same way"
            )


def _labels(before: Side, after: Side) -> tuple[str, str]:
    """The models' names, with their paths where the names alone would not tell them apart."""
    if before.label != after.label:
        return (before.label, after.label)
    return (f"{before.label} ({before.run.path})", f"{after.label} ({after.run.path})")


def _notes(before: Side, after: Side, shared: int, compared: int) -> Iterable[str]:
    for side in (before, after):
        if not side.run.summary:
            yield f"{side.run.path} has no summary.json beside it: its data, grading and profile are not known"
        if alone := len(side.rows) - shared:
            yield f"{_cases(alone)} answered only by {side.label}"
    if failed := shared - compared:
        yield f"{_cases(failed)} left out, as the serving side of a run failed there"
    versions = [side.run.meaning["starbench"] for side in (before, after)]
    if versions[0] != versions[1]:
        yield f"scored by different versions of starbench ({versions[0]} and {versions[1]})"


def _cases(number: int) -> str:
    return f"{number:,} case{'s' if number > 1 else ''}"


def _by_category(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[0]["category"], []).append(pair)
    return groups


def _group(name: str, pairs: Sequence[Pair]) -> Group:
    clusters = [cluster_of(old) for old, _ in pairs]
    old_valid, new_valid = ([float(pair[side]["valid"]) for pair in pairs] for side in (0, 1))
    old_similarity, new_similarity = ([pair[side]["similarity"] for pair in pairs] for side in (0, 1))
    fixed = sum(new["valid"] and not old["valid"] for old, new in pairs)
    broken = sum(old["valid"] and not new["valid"] for old, new in pairs)
    return Group(
        name=name,
        n=len(pairs),
        clusters=len(set(clusters)),
        correct=(int(sum(old_valid)), int(sum(new_valid))),
        fixed=fixed,
        broken=broken,
        p=mcnemar(fixed, broken),
        accuracy=difference(old_valid, new_valid, clusters),
        similarity=difference(old_similarity, new_similarity, clusters),
    )


def _changes(pairs: Sequence[Pair], *, to: bool) -> tuple[Change, ...]:
    """The cases whose verdict became ``to``, in the order of the first run."""
    return tuple(
        Change(old["id"], old["category"], old["error"], new["error"], (old["similarity"], new["similarity"]))
        for old, new in pairs
        if new["valid"] is to and old["valid"] is not to
    )


def _codes(pairs: Sequence[Pair]) -> tuple[CodeChange, ...]:
    """Every error code of either run, the one that changed most first."""
    before = Counter(old["error"] for old, _ in pairs if old["error"])
    after = Counter(new["error"] for _, new in pairs if new["error"])
    fixed = Counter(old["error"] for old, new in pairs if new["valid"] and old["error"])
    broken = Counter(new["error"] for old, new in pairs if old["valid"] and new["error"])
    rows = [CodeChange(code, before[code], after[code], fixed[code], broken[code]) for code in before | after]
    return tuple(sorted(rows, key=lambda row: (-abs(row.after - row.before), -row.before, row.code)))


def _figures(before: Side, after: Side) -> dict[str, tuple[float, float]]:
    old, new = (side.run.summary.get("models", {}).get(side.model, {}).get("overall", {}) for side in (before, after))
    shared = {name: (share, new.get(name)) for name, share in old.items() if not name.endswith("_zero_filled")}
    return {name: (a, b) for name, (a, b) in shared.items() if a is not None and b is not None}
