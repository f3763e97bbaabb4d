"""No page has a serious or critical fault by axe-core: every kind of page, light and dark, wide and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from accessibility import axe_source, faults
from browser import chromium
from click.testing import CliRunner

from starbench.cli import main
from starbench.reports.leaderboard import read_entries
from starbench.reports.leaderboard_page import leaderboard_page
from starbench.reports.leaderboard_table import Wanted, boards

WIDTHS = (1280, 390)
OTHER_LIGHT = 'await press("#theme")'


@pytest.fixture(scope="module")
def leaderboard() -> bytes:
    chromium()
    axe_source()
    entries = read_entries()
    some = [entry for entry in entries if entry.is_measured] + [entry for entry in entries if not entry.is_measured][
        ::4
    ]
    return leaderboard_page(boards(some, Wanted()))


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    chromium()
    axe_source()
    folder = tmp_path_factory.mktemp("scores")
    for command in (["score", "--sample", "--out", str(folder)], ["view", str(folder)]):
        assert CliRunner().invoke(main, command).exit_code == 0
    return (folder / "view.html").read_bytes()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_leaderboard(leaderboard: bytes, tmp_path: Path, width: int) -> None:
    steps = {
        "tables": "",
        "tables in the dark": OTHER_LIGHT,
        "model in the dark": 'one(".entries tr[data-kind=measured] a").click(); await pause()',
        "model": OTHER_LIGHT,
    }
    assert not faults(leaderboard, tmp_path, steps, width=width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_viewer(viewer: bytes, tmp_path: Path, width: int) -> None:
    steps = {
        "list": "",
        "list in the dark": OTHER_LIGHT,
        "case in the dark": 'frame.location.hash = "#98-x"; await pause()',
        "all of it": 'all("details").forEach((e) => e.open = true)',
        "case": OTHER_LIGHT,
    }
    assert not faults(viewer, tmp_path, steps, width=width)


def test_a_fault_would_be_found(viewer: bytes, tmp_path: Path) -> None:
    steps = {"nameless": 'one("#theme").textContent = ""; one("#theme").removeAttribute("aria-label")'}
    assert [fault["rule"] for fault in faults(viewer, tmp_path, steps)] == ["button-name"]
