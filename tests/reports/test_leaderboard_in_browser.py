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
      const first = () => one("#bfcl-v3 tbody tr:not([hidden]) th").textContent;
      const head = (n) => `#bfcl-v3 thead th:nth-child(${n})`;
      const told = () => found.told.push(one("#status").textContent);
      const found = { told: [], first: [first()], unnamed: unnamed() }; told();
      await press(head(2) + " button"); found.first.push(first());
      await press(head(4) + " button"); found.first.push(first());
      await press(head(4) + " button"); found.first.push(first());
      found.sorted = one(head(4)).getAttribute("aria-sort");
      await change("#search", "star", "input"); told();
      await change("#size", "2", "input"); told();
      await change("#least", "1", "input"); told();
      await press("#clear"); told();
      await change("#since", "2026-03", "input"); told();
      found.plot = all("#bfcl-v3 svg a:not([hidden])").length;
      await press("#clear"); await change("#kind", "measured", "input"); told();
      found.boards = all(".board:not([hidden])").map((e) => e.id);
      found.heat = all(".heat tbody tr:not([hidden])").length;
      await press("#clear"); await change("#version", "bfcl-v3", "input"); told();
      await press("#clear"); await change("#search", "nobody", "input"); told();
      await press("#clear"); await change("#search", "star-0.6b", "input");
      one("#bfcl-v3 tbody tr:not([hidden]) a").click(); await pause();
      const shown = (e) => frame.getComputedStyle(e).display !== "none";
      found.open = all(".model").filter(shown).map((e) => e.querySelector("h2").textContent);
      found.tables = shown(one(".boards")); found.focus = page.activeElement.className;
      one(".model:target .facts a[href^='#m-']").click(); await pause();
      found.other = all(".model").filter(shown).map((e) => e.textContent.includes("ACEBench"));
      one(".model:target .back").click(); await pause();
      found.back = shown(one(".boards"));
      return found;
    """
    found = seen(page, act, tmp_path)
    assert found["told"] == [
        "32 entries", "6 of 32 entries", "4 of 32 entries", "2 of 32 entries", "32 entries", "4 of 32 entries",
        "4 of 32 entries", "15 of 32 entries", "No entry is like that",
    ]  # fmt: skip
    assert found["first"][:2] == ["Watt-Tool-8B", "Hammer2.1-3B"]
    assert found["first"][2].endswith("8B")
    assert "0.6B" in found["first"][3]
    assert (found["sorted"], found["unnamed"], found["plot"]) == ("ascending", 0, 0)
    assert (found["boards"], found["heat"]) == (["bfcl-2026-3-23"], 4)
    assert (found["open"], found["tables"], found["focus"]) == (["STAR-0.6B"], False, "model")
    assert (found["other"], found["back"]) == ([True], True)


def test_a_link_from_elsewhere_opens_a_model(page: bytes, tmp_path: Path) -> None:
    act = """const [model] = all(".model").filter((e) => frame.getComputedStyle(e).display !== "none");
      return [model.querySelector("h2").textContent, model.querySelectorAll("tbody tr").length > 30,
              model.textContent.includes("value_error:string")];"""
    link = "#m-bfcl-2026-3-23-gpt-oss-120b-fc-vllm-official"
    assert seen(page, act, tmp_path, link=link) == ["gpt-oss-120b (FC, vLLM)", True, True]


def test_on_a_phone_only_tables_scroll_sideways(page: bytes, tmp_path: Path) -> None:
    act = """const wide = [page.documentElement.scrollWidth];
      one(".entries tr[data-kind=measured] a").click(); await pause();
      wide.push(page.documentElement.scrollWidth);
      return wide;"""
    assert max(seen(page, act, tmp_path, width=390)) <= 390
