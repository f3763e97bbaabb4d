from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from starbench.errors import InputError
from starbench_train.curriculum.marks import Mark, write_mark
from starbench_train.report import read_report, write_report
from starbench_train.report.card import card
from starbench_train.report.curves import Chart, Series, charts, smoothed, svg
from starbench_train.report.tables import p_value, said, time_text, verdict

EVIL = "<script>alert(1)</script>|"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that is half done, some of whose texts would like to be markup."""
    recipe = {"stages": ["base", "ckd", "student-simrl", "evaluate"], "seed": 3, "data": {"train": [EVIL]}}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    for name, figures in (("04-ckd", {"loss": [2.5, 0.25], EVIL: 1}), ("06-evaluate", {"base": 0.25})):
        mark = Mark(name[3:], {}, {}, figures=figures, seconds=83.4, versions={"trl": "1.16.0"})
        write_mark(tmp_path / name, mark)
    rows = [{"step": step, "loss": 1 / step, "held_out/accuracy": 0.5} for step in range(1, 40)]
    text = "".join(json.dumps(row) + "\n" for row in rows) + '{"step": 40, "lo'
    (tmp_path / "04-ckd" / "metrics.jsonl").write_text(text, encoding="utf-8")
    one = {
        "before": "base", "after": "student-simrl", "rows": 100, "fixed": 20, "broken": 4, "p": 0.0015,
        "accuracy": [0.16, 0.07, 0.25], "similarity": [0.1, 0.05, 0.15], "similarity_p": 0.00001,
    }  # fmt: skip
    model = {
        "accuracy": 0.25,
        "interval": [0.17, 0.34],
        "similarity": 0.5,
        "format": 1.0,
        "pass@8": 0.75,
        "mean@8": 0.2,
    }
    models = {"base": model, "student-simrl": {**model, "entropy": None, "length": 13.5}}
    (tmp_path / "06-evaluate" / "figures.json").write_text(json.dumps({"models": models, "comparisons": [one]}))
    return tmp_path


def test_a_report_tells_states_figures_and_the_verdict(run: Path) -> None:
    report = read_report(run)
    assert [(s.name, s.state) for s in report.stages] == [
        ("base", "not begun"),
        ("ckd", "finished"),
        ("student-simrl", "not begun"),
        ("evaluate", "finished"),
    ]
    assert verdict(report) == (
        "On 100 held-out rows student-simrl is better than base, +16.0 points (20 fixed, 4 broken, p = 0.0015): "
        "chance is an unlikely explanation."
    )
    markdown, page = write_report(report, run)
    text = markdown.read_text(encoding="utf-8")
    assert (
        "| student-simrl | base | +16.0 (+7.0 to +25.0) | 20 | 4 | 0.0015 | +0.100 (+0.050 to +0.150) | < 0.0001 |"
        in text
    )
    assert "| ckd | distil the student | finished | 1:23 | loss 2.5 → 0.25" in text
    assert "| student-simrl | 25.0 % | 17.0–34.0 | 0.500 | 100.0 % | 20.0 % | 75.0 % | – | 13.5 |" in text
    shown = page.read_text(encoding="utf-8")
    assert "+16.0 points" in shown and "1:23" in shown


def test_texts_from_outside_stay_texts(run: Path) -> None:
    _, page = write_report(read_report(run), run)
    shown = page.read_text(encoding="utf-8")
    assert "<script" not in shown and "&lt;script&gt;" in shown
    assert "\\|" in (run / "report.md").read_text(encoding="utf-8")


def test_the_card_says_how_the_model_was_made(run: Path) -> None:
    text = card(read_report(run), "ckd", "Qwen/Qwen3-0.6B", "mine")
    assert text.startswith("---\nlibrary_name: transformers\nbase_model: Qwen/Qwen3-0.6B\n")
    assert "# mine" in text and "the result of the stage `ckd`" in text and "trl 1.16.0" in text


def test_a_folder_that_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder of a run"):
        read_report(tmp_path)


def test_a_picture_is_valid_and_stays_inside_its_frame() -> None:
    points = [(float(step), value) for step, value in enumerate([0.1, 0.9, float(3), -2.0, 0.5] * 8)]
    drawn = str(svg(Chart("Reward & more", [Series("reward", points), Series("other", points[:2])])))
    root = ElementTree.fromstring(drawn)
    lines = [node for node in root if node.tag == "polyline"]
    assert len(lines) == 3  # measured and mean of the long one, the short one alone
    for line in lines:
        for pair in line.attrib["points"].split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 360 and 0 <= y <= 190
    assert "Reward & more" in root.attrib["aria-label"]


def test_a_constant_and_a_single_step_can_be_drawn() -> None:
    ElementTree.fromstring(str(svg(Chart("flat", [Series("a", [(1.0, 2.0), (1.0, 2.0)])]))))


def test_charts_take_what_is_known_and_leave_out_what_has_no_line() -> None:
    metrics = [
        {"step": 1, "reward": 0.1, "similarity/simple": 0.5, "unknown": 3, "loss": 1.0, "model": "teacher"},
        {"step": 2, "reward": 0.2, "similarity/simple": None, "loss": 0.5, "model": "teacher"},
        {"step": 1, "loss": 2.0, "model": "student"},
        {"step": 2, "loss": 1.5, "model": "student"},
    ]
    found = {chart.title: [one.name for one in chart.series] for chart in charts(metrics)}
    assert found == {"Reward": ["reward (teacher)"], "Loss": ["loss (teacher)", "loss (student)"]}


def test_the_running_mean_keeps_a_constant_and_follows_a_change() -> None:
    assert smoothed([2.0] * 40) == pytest.approx([2.0] * 40)
    step = smoothed([0.0] * 30 + [1.0] * 30)
    assert step[29] == 0.0 and step[-1] == pytest.approx(1.0) and 0 < step[31] < 1
    assert smoothed([1.0, 5.0]) == [1.0, 5.0]


@pytest.mark.parametrize(("seconds", "text"), [(0.0, ""), (5.2, "0:05"), (83.4, "1:23"), (3725.0, "1:02:05")])
def test_times(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_figures_in_words() -> None:
    assert said({"loss": [2.5, 0.25], "rows": 1024, "entropy": None}) == "loss 2.5 → 0.25, rows 1,024, entropy –"
    assert (p_value(0.04), p_value(1e-9)) == ("0.04", "< 0.0001")
