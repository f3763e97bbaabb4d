"""Comparisons: what is paired, what is refused, and that no text of a file is markup."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from starbench.errors import InputError, StarbenchError
from starbench.reports.comparison import Comparison, Side, compare_runs
from starbench.reports.comparison_text import comparison_markdown, comparison_record, comparison_report, headline
from starbench.reports.scored_run import cluster_of, read_run
from starbench.statistics import mcnemar

SUMMARY = {"benchmark": "bfcl", "version": "1", "data_sha256": "ab" * 32, "grading": "official", "profile": "robust"}


def scored(id: str, error: str | None = None, similarity: float = 0.5, **more: Any) -> dict[str, Any]:
    row = {"model": "m", "id": id, "benchmark": "bfcl", "category": "simple_python", "valid": error is None}
    return row | {"error": error, "similarity": similarity if error else 1.0} | more


def write(folder: Path, rows: list[dict[str, Any]], **summary: Any) -> Path:
    folder.mkdir()
    (folder / "scores.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    if summary.get("grading") != "none":
        whole = SUMMARY | {"starbench": "0", "models": {row["model"]: {"overall": {}} for row in rows}} | summary
        (folder / "summary.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder


def compared(tmp_path: Path, before: list[dict[str, Any]], after: list[dict[str, Any]], **summary: Any) -> Comparison:
    first, second = write(tmp_path / "a", before), write(tmp_path / "b", after, **summary)
    return compare_runs(Side.of(read_run(first)), Side.of(read_run(second)))


def test_every_change_is_counted_where_it_belongs(tmp_path: Path) -> None:
    before = [scored("a", "x:1"), scored("b"), scored("c"), scored("d", "x:1"), scored("e", "x:2", category="live")]
    after = [scored("a"), scored("b", "x:3", 0.75), scored("c"), scored("d", "x:2"), scored("e", category="live")]
    found = compared(tmp_path, before, after)
    assert (found.total.n, found.total.correct, found.total.fixed, found.total.broken) == (5, (2, 3), 2, 1)
    assert found.total.p == mcnemar(2, 1)
    assert [(group.name, group.n, group.correct) for group in found.categories] == [
        ("simple_python", 4, (2, 2)),
        ("live", 1, (0, 1)),
    ]
    assert [(change.id, change.before, change.after) for change in found.fixed] == [
        ("a", "x:1", None),
        ("e", "x:2", None),
    ]
    assert [(change.id, change.after, change.similarity) for change in found.broken] == [("b", "x:3", (1.0, 0.75))]
    codes = {row.code: (row.before, row.after, row.fixed, row.broken) for row in found.codes}
    assert codes == {"x:1": (2, 0, 1, 0), "x:2": (1, 1, 1, 0), "x:3": (0, 1, 0, 1)}
    assert headline(found).startswith("m (")
    assert "20.00 points up (95 % interval" in headline(found)


def test_only_answers_of_both_are_compared_and_the_rest_is_said(tmp_path: Path) -> None:
    before = [scored("a"), scored("b"), scored("only before"), scored("failed")]
    after = [scored("a"), scored("b"), scored("failed", "infra:error", 0.0)]
    found = compared(tmp_path, before, after, starbench="1")
    assert found.total.n == 2
    assert found.total.accuracy.value == 0.0
    assert found.notes == (
        "1 case answered only by m",
        "1 case left out, as the serving side of a run failed there",
        "scored by different versions of starbench (0 and 1)",
    )


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ({"benchmark": "acebench"}, "different benchmarks (bfcl in "),
        ({"data_sha256": "cd"}, "different versions of the data"),
        ({"grading": "strict"}, "different gradings (official in "),
        ({"profile": "star"}, "different profiles of similarity"),
    ],
)
def test_runs_of_different_kinds_are_refused(tmp_path: Path, summary: dict[str, str], text: str) -> None:
    with pytest.raises(InputError, match="would mean nothing") as refused:
        compared(tmp_path, [scored("a")], [scored("a")], **summary)
    assert text in str(refused.value)


def test_a_run_without_its_summary_is_compared_and_that_is_said(tmp_path: Path) -> None:
    found = compared(tmp_path, [scored("a")], [scored("a")], grading="none")
    assert "has no summary.json beside it" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"id": "a"}', "row 1: it is not a scored row"),
        ("[1, 2]", "row 1: it is not a scored row"),
        ('{"id": ', "row 1: it breaks off"),
        ("", "the file is empty"),
        (json.dumps(scored("a")) + "\n" + json.dumps(scored("a")), "two rows of 'm' for the case 'a'"),
    ],
)
def test_files_that_are_no_scores(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "scores.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"starbench score|score it again") as refused:
        read_run(tmp_path)
    assert sentence in str(refused.value)


def test_what_is_not_there_and_what_is_ambiguous(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no .*scores.jsonl; give a folder"):
        read_run(tmp_path)
    with pytest.raises(InputError, match="no answered case in common"):
        compared(tmp_path, [scored("a")], [scored("b")])
    two = read_run(write(tmp_path / "two", [scored("a"), scored("a", model="n")]))
    with pytest.raises(InputError, match="holds 2 models; say which one: m, n"):
        Side.of(two)
    with pytest.raises(StarbenchError, match=r"no model in .* named 'o'"):
        Side.of(two, "o")
    (tmp_path / "two" / "summary.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="not valid JSON"):
        read_run(tmp_path / "two")


@pytest.mark.parametrize(
    ("benchmark", "id", "cluster"),
    [
        ("acebench", "normal_multi_turn_user_adjust_3_1", "normal_multi_turn_user_adjust_3"),
        ("acebench", "zh:normal_multi_turn_user_adjust_3_1", "zh:normal_multi_turn_user_adjust_3"),
        ("acebench", "normal_atom_bool_3", "normal_atom_bool_3"),
        ("bfcl", "live_simple_19-3-15", "live_simple_19-3-15"),
        ("bfcl", "nonsense", "nonsense"),
        ("custom", "q_1_2", "q_1_2"),
    ],
)
def test_what_stands_or_falls_together(benchmark: str, id: str, cluster: str) -> None:
    assert cluster_of({"benchmark": benchmark, "id": id}) == cluster


def test_dialogues_are_drawn_whole(tmp_path: Path) -> None:
    ids = [f"normal_multi_turn_user_adjust_{i}_{step}" for i in range(6) for step in range(3)]
    kind = {"benchmark": "acebench", "category": "normal_multi_turn_user_adjust"}
    before = [scored(id, "x", 0.0, **kind) for id in ids]
    after = [scored(id, None if i < 9 else "x", 0.0, **kind) for i, id in enumerate(ids)]
    found = compared(tmp_path, before, after)
    assert (found.total.n, found.total.clusters, found.total.accuracy.method) == (18, 6, "cluster bootstrap")
    assert "18 cases in 6 dialogues" in comparison_markdown(found)


def test_hostile_text_is_neither_markup_nor_a_command_to_the_terminal(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>|`x`[a](b)\x1b[2J\n# h"
    found = compared(tmp_path, [scored("a" + evil, evil)], [scored("a" + evil)])
    markdown = comparison_markdown(found)
    assert "<script>" not in markdown
    assert "[a](b)" not in markdown
    assert not any(line.startswith("# h") for line in markdown.split("\n"))
    out = io.StringIO()
    Console(file=out, width=80).print(comparison_report(found, 80))
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_tables_fit_into_the_terminal(tmp_path: Path, width: int) -> None:
    found = compared(tmp_path, [scored("a", "e" * 200), scored("b")], [scored("a"), scored("b", category="x" * 99)])
    out = io.StringIO()
    Console(file=out, width=width).print(comparison_report(found, width))
    assert max(map(len, out.getvalue().split("\n"))) <= width


def test_the_record_is_json_even_where_a_bound_is_unknown(tmp_path: Path) -> None:
    kind = {"benchmark": "acebench", "category": "normal_multi_turn_user_adjust"}
    steps = [f"normal_multi_turn_user_adjust_0_{step}" for step in range(2)]
    found = compared(tmp_path, [scored(id, "x", **kind) for id in steps], [scored(id, **kind) for id in steps])
    record = json.loads(json.dumps(comparison_record(found), allow_nan=False))
    assert (record["total"]["accuracy"]["low"], record["total"]["fixed"]) == (None, 2)
    assert "interval unknown to unknown" in headline(found)
