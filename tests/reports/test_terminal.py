"""What stands in a terminal: safe text, and lines that say what the figures mean."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from starbench.reports.terminal import print_summary
from starbench.reports.text import as_json, interval, percent, safe, shortened

ROW: dict[str, Any] = {
    "cases": 400, "n": 400, "missing": 0, "correct": 345, "accuracy": 0.8625, "interval": [0.8253, 0.8929],
    "similarity": 0.9412, "infrastructure": 0, "errors": {"value_error:others": 30, "type_error:simple": 20, "x": 5},
}  # fmt: skip
NONE = ROW | {
    "n": 0,
    "missing": 200,
    "cases": 200,
    "accuracy": None,
    "interval": None,
    "similarity": None,
    "errors": {},
}


def printed(model: dict[str, Any], width: int = 120) -> str:
    out = io.StringIO()
    summary = {"benchmark": "bfcl", "version": "1", "data_sha256": "ab" * 32, "grading": "official"}
    summary |= {"profile": "robust", "starbench": "0", "models": {"mine": model}}
    print_summary(summary, Console(file=out, width=width))
    return out.getvalue()


@pytest.fixture
def model() -> dict[str, Any]:
    overall = {"v4": None, "v3": 0.5, "v4_zero_filled": 0.0913, "v3_zero_filled": 0.5, "live": 0.25, "memory": None}
    return {
        "categories": {"simple_python": ROW, "multiple": NONE},
        "total": ROW | {"infrastructure": 3},
        "overall": overall,
        "dialects": {"hermes": 400},
        "errata": {"simple_python_7": "misjudged: …"},
    }


def test_every_line_of_a_model(model: dict[str, Any]) -> None:
    text = printed(model)
    row = "simple_python 400 86.25 % 82.5–89.3 0.9412 30 value_error:others, 20 type_error:simple"
    assert row in " ".join(text.split())
    for line in (
        "overall v4: –, as answers are missing (9.13 % if missing counts as wrong)",
        "overall v3: 50.00 %",
        "made of: live 25.00 %",
        "without: memory",
        "missing: multiple 200",
        "3 answers are error messages of the serving side",
        "errata: 1 of these cases fail a right answer as published (simple_python_7)",
        "dialects: hermes 400",
        "bfcl 1 · data abababababab · grading official · profile robust · starbench 0",
    ):
        assert line in text
    assert "multiple  " not in text.replace("missing: multiple 200", "")


def test_in_a_narrow_terminal_errors_stand_below_the_table(model: dict[str, Any]) -> None:
    text = printed(model, width=80)
    assert "most frequent errors: value_error:others 30, type_error:simple 20, x 5" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("width", [110, 111, 120, 200])
def test_only_the_errors_are_shortened(model: dict[str, Any], width: int) -> None:
    errors = {"parallel_function_checker_no_order:wrong_count": 200, "multiple_function_checker:wrong_count": 64}
    model["categories"] = {"live_parallel_multiple": ROW | {"errors": errors}, "live_multiple": ROW | {"cases": 1053}}
    text = printed(model, width)
    assert max(map(len, text.splitlines())) <= width
    assert " ".join(text.split()).count("400 86.25 % 82.5–89.3 0.9412") == 2
    assert "400/1053   86.25 %" in text
    assert "parallel_function_checker" in text
    assert ("…" in text) == (width < 150)


@given(st.text())
def test_text_is_made_safe(text: str) -> None:
    shown = safe(text)
    assert len(shown) == len(text)
    assert not any(c < " " and c not in "\t\n" for c in shown)
    assert not set("\x1b\x7f\x9b\u202e") & set(shown)
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (safe("\x1b[2J\ud800é\n"), "␛[2J?é\n"),
        (percent(0.86254), "86.25 %"),
        (percent(None), "–"),
        (interval([0.0, 1.0]), "0.0–100.0"),
        (interval(None), "–"),
        (shortened(["a", "b", "c"], 2), "a, b and 1 more"),
        (shortened(["a"], 2), "a"),
        (as_json({"ä": "\x07"}), '{"ä": "\\u0007"}'),
        (as_json({1, 2}), "{1, 2}"),
    ],
)
def test_small_pieces(shown: str, text: str) -> None:
    assert shown == text
