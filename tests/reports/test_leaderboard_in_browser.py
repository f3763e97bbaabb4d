"""The leaderboard used by hand: sort, filter, follow a link to a model, and a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium, seen

from starbench.reports.leaderboard import read_entries
from starbench.reports.leaderboard_page import leaderboard_page
from starbench.reports.leaderboard_table import Wanted, boards


@pytest.fixture(scope="module")
def page() -> bytes:
    chromium()
    return leaderboard_page(boards(read_entries(), Wanted()))


def test_sort_filter_and_follow_a_link(page: bytes, tmp_path: Path) -> None:
    act = """
      const first = () => one("#bfcl tbody tr:not([hidden]) th").textContent;
      const found = { told: [one("#status").textContent], first: [first()], unnamed: unnamed() };
      await press("#bfcl thead th:nth-child(2) button"); found.first.push(first());
      await press("#bfcl thead th:nth-child(3) button"); found.first.push(first());
      await press("#bfcl thead th:nth-child(3) button"); found.first.push(first());
      found.sorted = one("#bfcl thead th:nth-child(3)").getAttribute("aria-sort");
      await change("#search", "star", "input"); found.told.push(one("#status").textContent);
      await change("#size", "2", "input"); found.told.push(one("#status").textContent);
      await press("#bfcl tbody tr:not([hidden]) a"); await pause();
      found.open = all("details[open] summary").map((e) => e.textContent);
      return found;
    """
    found = seen(page, act, tmp_path)
    assert found["told"] == ["28 entries", "6 of 28 entries", "4 of 28 entries"]
    assert found["first"][:2] == ["Watt-Tool-8B", "Hammer2.1-3B"]
    assert found["first"][2].endswith("8B")
    assert "0.6B" in found["first"][3]
    assert (found["sorted"], found["unnamed"]) == ("ascending", 0)
    assert found["open"] == ["STAR-0.6B on bfcl"]


def test_on_a_phone_only_tables_scroll_sideways(page: bytes, tmp_path: Path) -> None:
    act = """for (const one of all("details")) one.open = true;
      await pause();
      return { wide: page.documentElement.scrollWidth, seen: frame.innerWidth };"""
    found = seen(page, act, tmp_path, width=390)
    assert found["wide"] <= found["seen"]
