"""Leaderboards: the schema, what may stand together, ranks under doubt, and every form of output."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import Page
from rich.console import Console

from starbench.errors import InputError, UnknownNameError
from starbench.reports.leaderboard import Entry, Figure, entry_of, read_entries
from starbench.reports.leaderboard_add import add_entry, entry_record
from starbench.reports.leaderboard_names import figure_name
from starbench.reports.leaderboard_page import leaderboard_page
from starbench.reports.leaderboard_plot import size_plot
from starbench.reports.leaderboard_table import Wanted, boards, rank
from starbench.reports.leaderboard_text import (
    board_report,
    boards_csv,
    boards_markdown,
    boards_record,
    rank_text,
    title,
)
from starbench.reports.scored_run import ScoredRun

EVIL = "</script><img src=x onerror=alert(1)>|=1+1\x1b[2J"
MEASURED = {
    "kind": "measured",
    "starbench": "1",
    "data_sha256": "ab" * 32,
    "scores_sha256": "cd" * 32,
    "profile": "robust",
}


def record(model: str = "m", value: float | None = 0.5, **more: Any) -> dict[str, Any]:
    plain = {"format": 1, "model": model, "benchmark": "b", "version": "1", "grading": "official"}
    return plain | {"provenance": MEASURED, "figures": {"overall": {"value": value}}} | more


def entry(*args: Any, **more: Any) -> Entry:
    return entry_of(record(*args, **more), "x.json")


def write(folder: Path, *records: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(records):
        (folder / f"{number}.json").write_text(json.dumps(one), encoding="utf-8")
    return folder


def test_the_reported_results_come_along() -> None:
    shipped = {(entry.benchmark, entry.model): entry for entry in read_entries()}
    assert sum(not entry.is_measured for entry in shipped.values()) == 28
    assert shipped["bfcl", "STAR-0.6B"].figure("v3").value == 0.517
    assert shipped["acebench", "Watt-Tool-8B"].figure("normal").value == 0.756
    assert shipped["bfcl", "Qwen3-8B"].figure("v4") == Figure(None)
    for one in shipped.values():
        if one.is_measured:
            continue
        assert one.coverage is None
        assert "arXiv 2602.03022" in one.source
        assert all(figure.interval is None for figure in one.figures.values())


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"figures": {"v": {"value": 67.8}}}, "figures.v.value: 67.8 is greater than"),
        ({"figures": {}}, "figures: "),
        ({"model": ""}, "model: "),
        ({"extra": 1}, "the entry: "),
        ({"format": 2}, "format: "),
        ({"date": "yesterday"}, "date: "),
        ({"date": "2026-13"}, "date: "),
        ({"size": -1}, "size: "),
        ({"provenance": {"kind": "heard"}}, "provenance: "),
        ({"categories": {"c": {"n": 1}}}, "categories.c: "),
    ],
)
def test_an_entry_that_is_not_as_the_schema_says(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError, match=r"my\.json is not an entry of a leaderboard: ") as refused:
        entry_of(record() | change, "my.json")
    assert place in str(refused.value)


def test_what_cannot_stand_together(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="are both of 'm' on b 1"):
        read_entries(write(tmp_path / "twice", record(), record()))
    other = MEASURED | {"data_sha256": "00" * 32}
    with pytest.raises(InputError, match="measured on different data of b 1"):
        read_entries(write(tmp_path / "data", record(), record("n", provenance=other)))
    write(tmp_path / "broken")
    (tmp_path / "broken" / "a.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.json is not valid JSON"):
        read_entries(tmp_path / "broken")


SHARES = st.floats(0, 1)
FIGURES = st.tuples(SHARES, SHARES, SHARES).map(sorted).map(lambda three: Figure(three[1], (three[0], three[2])))


@given(st.lists(FIGURES, min_size=1, max_size=8))
def test_ranks_follow_from_intervals(figures: list[Figure]) -> None:
    ranks = [rank(figure, figures) for figure in figures]
    assert 1 in ranks
    for one, place in zip(figures, ranks, strict=True):
        assert place is not None
        for other, there in zip(figures, ranks, strict=True):
            assert there is not None
            if other.bounds[0] > one.bounds[1]:
                assert there < place, "better beyond doubt is a better rank"


def test_overlapping_entries_share_a_rank_and_missing_ones_come_last() -> None:
    figures = {"a": (0.9, [0.85, 0.95]), "b": (0.86, [0.8, 0.9]), "c": (0.5, [0.4, 0.6]), "d": (None, None)}
    entries = [
        entry(name, figures={"overall": {"value": value} | ({"interval": bounds} if bounds else {})})
        for name, (value, bounds) in reversed(figures.items())
    ]
    (board,) = boards(entries, Wanted())
    assert [(line.entry.model, rank_text(line)) for line in board.lines] == [
        ("a", "1="),
        ("b", "1="),
        ("c", "3"),
        ("d", "–"),
    ]
    assert not board.has_bare_values


def test_other_versions_and_gradings_have_tables_of_their_own() -> None:
    entries = [entry("a"), entry("b", version="2"), entry("c"), entry("d", grading="strict")]
    found = boards(entries, Wanted())
    assert [[line.entry.model for line in board.lines] for board in found] == [["a", "c"], ["b"], ["d"]]
    assert [title(board) for board in found] == [
        "b 1, ranked by overall",
        "b 2, ranked by overall",
        "b 1, strict grading, ranked by overall",
    ]


@pytest.mark.parametrize(
    ("benchmark", "name", "heading"),
    [
        ("bfcl", "v4", "overall, v4"),
        ("bfcl", "v3_zero_filled", "overall, v3, missing as wrong"),
        ("bfcl", "web_search", "web search"),
        ("acebench", "en_normal", "normal, English"),
        ("acebench", "zh_multi_turn", "multi-turn, Chinese"),
        ("acebench", "overall", "overall, mean"),
        ("acebench", "en_overall_zero_filled", "overall, English, missing as wrong"),
    ],
)
def test_headings_tell_versions_and_languages_apart(benchmark: str, name: str, heading: str) -> None:
    assert figure_name(benchmark, name) == heading


PART = {"cases": 4, "n": 1, "correct": 1, "accuracy": 1.0, "interval": [0.2, 1.0], "similarity": 1.0}


def test_a_partial_run_is_shown_as_one() -> None:
    whole, part = entry("whole"), entry("part", value=None, categories={"c": PART, "d": PART | {"n": 0, "correct": 0}})
    assert (whole.is_partial, part.is_partial, part.coverage) == (False, True, (1, 8))
    (board,) = boards([whole, part], Wanted())
    out = io.StringIO()
    Console(file=out, width=100).print(board_report(board, 100))
    assert "12 %" in out.getvalue()
    assert "1 of 8" in boards_markdown([board])
    assert "answered in part" in Page(leaderboard_page([board])).text


def test_what_is_wanted() -> None:
    entries = [entry("small", size=0.6, date="2026-02"), entry("large", size=70, date="2025-12-24"), entry("plain")]

    def names(**wanted: Any) -> list[str]:
        return sorted(line.entry.model for board in boards(entries, Wanted(**wanted)) for line in board.lines)

    assert names(max_size=4) == ["small"]
    assert names(min_size=4) == ["large"]
    assert names(since="2026-02-10") == ["small"]
    assert names(until="2025") == ["large"]
    assert names(model="LA") == ["large", "plain"]
    assert names(provenance="measured", benchmark="b", version="1") == ["large", "plain", "small"]
    for nothing in ({"provenance": "reported"}, {"benchmark": "c"}, {"version": "2"}):
        with pytest.raises(InputError, match="no entry of the leaderboards is like that"):
            names(**nothing)
    with pytest.raises(UnknownNameError, match="no figure named 'ovrall'; did you mean 'overall'"):
        boards(entries, Wanted(), by="ovrall")


def test_every_form_says_the_same() -> None:
    found = boards(read_entries(), Wanted(benchmark="bfcl", version="v3"))
    table = list(csv.DictReader(io.StringIO(boards_csv(found))))
    assert (table[0]["model"], table[0]["rank"], table[0]["v3"], table[0]["v3_low"]) == (
        "Watt-Tool-8B",
        "1",
        "0.6779",
        "",
    )
    assert "| 1 | Watt-Tool-8B | 8 B | 67.79 % |" in boards_markdown(found)
    first = json.loads(json.dumps(boards_record(found)))[0]["entries"][0]
    assert (first["model"], first["figures"]["v3"]["value"]) == ("Watt-Tool-8B", 0.6779)
    text = Page(leaderboard_page(found)).text
    assert "67.79 %" in text
    assert "arXiv 2602.03022" in text


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_table_fits_into_the_terminal(width: int) -> None:
    out = io.StringIO()
    for board in boards([*read_entries(), entry("x" * 190, version="y" * 190)], Wanted()):
        Console(file=out, width=width).print(board_report(board, width))
    assert max(map(len, out.getvalue().split("\n"))) <= width
    assert "67.79 %" in out.getvalue()


def hostile() -> Entry:
    category = {"cases": 1, "n": 1, "correct": 1, "accuracy": 1.0, "errors": {EVIL: 1}}
    figures = {EVIL: {"value": 0.5, "note": EVIL}}
    said = {"kind": "reported", "by": EVIL, "where": "javascript:alert(1)", "note": EVIL}
    return entry(EVIL, version=EVIL, size=1, categories={EVIL: category}, figures=figures, provenance=said)


def test_no_text_becomes_markup_a_link_or_a_formula() -> None:
    found = boards([hostile(), entry("n", size=2, figures={EVIL: {"value": 0.4}})], Wanted())
    page = Page(leaderboard_page(found))
    assert "img" not in {tag for tag, _ in page.tags}
    assert {a.get("href", "#")[0] for tag, a in page.tags if tag == "a"} == {"#"}  # type: ignore[index]
    assert "onerror=alert(1)" in page.text
    assert "<img" not in boards_markdown(found)
    assert all(
        not cell.startswith("=")
        for row in csv.reader(io.StringIO(boards_csv(boards([entry("=1+1")], Wanted()))))
        for cell in row
    )


def test_the_page_needs_no_network_and_names_everything() -> None:
    page = Page(leaderboard_page(boards(read_entries(), Wanted())))
    assert not [a for _, attributes in page.tags for a in attributes if a in ("src", "onclick")]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(a["href"])[1:] for tag, a in page.tags if tag == "a" and str(a["href"]).startswith("#")]
    assert set(links) <= set(ids)
    assert all(a.get("scope") for tag, a in page.tags if tag == "th" and "data-key" not in a)


def test_the_picture_shows_sizes_and_intervals() -> None:
    known = {"overall": {"value": 0.5, "interval": [0.4, 0.6]}}
    (board,) = boards([entry("a", size=1, figures=known), entry("b", 0.5, size=1), entry("c", size=None)], Wanted())
    plot = size_plot(board, {line.entry.key: line.entry.model for line in board.lines})
    assert plot is not None
    first, second = sorted(plot.points, key=lambda point: point.label)
    assert (first.low is not None, second.low is None, len(plot.points)) == (True, True, 2)
    assert abs(first.label_y - second.label_y) >= 12
    assert all(plot.left <= point.x <= plot.right and plot.top <= point.y <= plot.bottom for point in plot.points)
    (alone,) = boards([entry("a", size=1)], Wanted())
    assert size_plot(alone, {}) is None


# ---- adding a run

CATEGORY = {"cases": 2, "n": 2, "missing": 0, "correct": 1, "accuracy": 0.5, "interval": [0.1, 0.9], "similarity": 0.7}
SUMMARY = {
    "benchmark": "custom", "version": "1", "data_sha256": "ab" * 32, "grading": "strict", "profile": "robust",
    "starbench": "0", "models": {"m": {"categories": {"c": CATEGORY | {"errors": {"x": 1}}, "d": CATEGORY | {"n": 0}},
                                       "overall": {"accuracy": 0.5, "rest": None}}},
}  # fmt: skip


def run(tmp_path: Path, **summary: Any) -> ScoredRun:
    (tmp_path / "scores.jsonl").write_text("{}", encoding="utf-8")
    row = {"model": "m", "id": "a", "benchmark": "custom"}
    return ScoredRun(tmp_path, SUMMARY | summary, {"m": {"a": row}})


def test_a_run_becomes_an_entry(tmp_path: Path) -> None:
    path = add_entry(entry_record(run(tmp_path), "m", name="Mine 1B", size=1, date="2026-03-01"), tmp_path / "own")
    assert path.name == "custom-1-mine-1b-strict.json"
    (added,) = [one for one in read_entries(tmp_path / "own") if one.benchmark == "custom"]
    assert added.figure("accuracy").value == 0.5
    assert added.figure("rest").value is None
    assert list(added.categories) == ["c", "d"]
    assert added.provenance["scores_sha256"].startswith("44136fa355b3")  # sha256 of {}


def test_a_run_that_does_not_agree_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    folder, good = tmp_path / "own", entry_record(run(tmp_path), "m")
    with pytest.raises(InputError, match="score it on the published data"):
        add_entry(good, folder, pinned="00" * 32)
    assert not folder.exists()
    add_entry(good, folder)
    with pytest.raises(InputError, match="is already the entry of 'm'"):
        add_entry(good, folder)
    with pytest.raises(InputError, match="for another model; give another --name"):
        add_entry(good | {"model": "M"}, folder)
    with pytest.raises(InputError, match="on other data of custom 1"):
        add_entry(good | {"model": "n", "provenance": MEASURED | {"data_sha256": "00" * 32}}, folder)
    with pytest.raises(InputError, match="not an entry of a leaderboard"):
        add_entry(good | {"model": "n", "date": "soon"}, folder)
    assert len(list(folder.iterdir())) == 1
    with pytest.raises(InputError, match=r"no complete summary\.json"):
        entry_record(run(tmp_path, grading=None), "m")


def test_acebench_figures_say_their_language(tmp_path: Path) -> None:
    one = run(tmp_path, benchmark="acebench")
    with pytest.raises(InputError, match="add --language en"):
        entry_record(one, "m")
    assert set(entry_record(one, "m", language="zh")["figures"]) == {"zh_accuracy", "zh_rest"}
    said = run(tmp_path, benchmark="acebench", options={"language": "en"})
    assert set(entry_record(said, "m")["figures"]) == {"en_accuracy", "en_rest"}
    with pytest.raises(InputError, match="was scored with --language en, so it cannot be added as zh"):
        entry_record(said, "m", language="zh")
    both = {"m": {"categories": {}, "overall": {"normal": 0.5, "en_normal": 0.6, "zh_normal": 0.4}}}
    figures = entry_record(run(tmp_path, benchmark="acebench", models=both), "m")["figures"]
    assert set(figures) == {"normal", "en_normal", "zh_normal"}
