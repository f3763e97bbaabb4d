"""The leaderboard's files: layout, what is missing, ranks, latencies, prompt formats."""

from __future__ import annotations

from typing import Any

import pytest

from starbench.benchmarks.bfcl.categories import CATEGORIES, CONFIGURATIONS
from starbench.benchmarks.bfcl.official_csv import Leaderboard


def table(board: Leaderboard, file: str) -> list[dict[str, str]]:
    header, *rows = (line.split(",") for line in board.files()[file].split("\n"))
    return [dict(zip(header, row, strict=True)) for row in rows]


def counted(board: Leaderboard, model: str, category: str, right: int, wrong: int = 0) -> Leaderboard:
    for number in range(right + wrong):
        board.count(model, f"{category}_{number}", category, number < right)
    return board


def test_every_file_has_a_header_and_no_final_line_break() -> None:
    files = Leaderboard().files()
    assert list(files) == [
        "data_non_live.csv", "data_live.csv", "data_multi_turn.csv", "data_agentic.csv", "data_format_sensitivity.csv",
        "data_overall.csv",
    ]  # fmt: skip
    assert all(text.startswith("Rank,") and not text.endswith("\n") for text in files.values())
    assert len(files["data_overall.csv"].split(",")) == 36


def test_two_categories_give_the_figures_that_upstream_prints() -> None:
    board = counted(counted(Leaderboard(), "m", "simple_python", 9, 1), "m", "live_simple", 129, 129)
    overall = table(board, "data_overall.csv")[0]
    assert overall["Overall Acc"] == "1.70%"
    assert (overall["Non-Live AST Acc"], overall["Live Acc"], overall["Live Simple AST"]) == ("N/A", "9.55%", "50.00%")
    assert table(board, "data_non_live.csv")[0]["Non-Live Overall Acc"] == "7.50%"
    assert overall["Organization"] == overall["Total Cost ($)"] == "N/A"


def test_a_complete_run_has_no_gaps_in_accuracy() -> None:
    board = Leaderboard()
    for name, category in CATEGORIES.items():
        if category.group != "format_sensitivity":
            counted(board, "m", name, category.size)
    overall = table(board, "data_overall.csv")[0]
    assert {cell for column, cell in overall.items() if "Acc" in column or "AST" in column} == {"100.00%"}


def test_better_models_come_first() -> None:
    board = counted(Leaderboard(), "worse", "multi_turn_base", 1, 3)
    counted(board, "better", "multi_turn_base", 3, 1)
    rows = table(board, "data_multi_turn.csv")
    assert [(row["Rank"], row["Model"], row["Base"]) for row in rows] == [
        ("1", "better", "75.00%"), ("2", "worse", "25.00%"),
    ]  # fmt: skip


def test_a_name_with_a_comma_stays_one_cell() -> None:
    assert table(counted(Leaderboard(), "a,b", "simple_python", 1), "data_live.csv")[0]["Model"] == "a b"


@pytest.mark.parametrize(
    ("latencies", "wanted"),
    [
        ([1.0, 2.0, [[3.0], [4.0, 0]], None, "x", [5.0], 0], ["0.0", "2.5", "1.29", "3.85"]),
        ([7.0], ["N/A"] * 4),
        ([36_000.0, 36_000.0], ["4.78", "36000.0", "0.0", "36000.0"]),
    ],
)
def test_latencies(latencies: list[Any], wanted: list[str]) -> None:
    board = counted(Leaderboard(), "m", "simple_python", 1)
    for value in latencies:
        board.use("m", {"latency": value})
    row = table(board, "data_overall.csv")[0]
    assert [cell for column, cell in row.items() if "Latency" in column or "Cost" in column] == wanted


def test_prompt_formats() -> None:
    board = Leaderboard()
    first, second, *others = CONFIGURATIONS
    for name, right in ((first, 4), (second, 2)):
        for number in range(4):
            board.count(
                "m", f"format_sensitivity_{number}:{name}:simple_python_0", "format_sensitivity", number < right
            )
    row = table(board, "data_format_sensitivity.csv")[0]
    assert row["Format Sensitivity Max Delta"] == "50.0"
    assert row["Format Sensitivity Standard Deviation"] == "35.36"
    assert row[f"Config {first}"] == "100.00%"
    assert {row[f"Config {name}"] for name in others} == {"N/A"}
    assert table(board, "data_overall.csv")[0]["Format Sensitivity Max Delta"] == "50.0"
