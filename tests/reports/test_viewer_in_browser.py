"""The failure viewer used by hand: search, filter, sort, keys, a link, and a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium, seen
from click.testing import CliRunner

from starbench.cli import main


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    chromium()
    folder = tmp_path_factory.mktemp("scores")
    for command in (["score", "--sample", "--out", str(folder)], ["view", str(folder)]):
        assert CliRunner().invoke(main, command).exit_code == 0
    return (folder / "view.html").read_bytes()


def test_search_filter_sort_and_keys(page: bytes, tmp_path: Path) -> None:
    act = """
      const told = [one("#status").textContent];
      const tell = () => told.push(one("#status").textContent);
      await change("#model", "1"); tell();
      await change("#verdict", "1"); tell();
      await change("#band", "0.5,0.9999"); tell();
      await press("#clear"); tell();
      await change("#search", "veloteile", "input"); tell();
      one("#deep").checked = true; await change("#search", "wanted: 2", "input"); tell();
      await change("#search", "br-113", "input"); tell();
      await press("#clear"); await change("#order", "up");
      await key("#list", "Home");
      const first = one("#case h2").textContent;
      await key("#list", "ArrowDown");
      return { told, first, second: one("#case h2").textContent, selected: all(".row[aria-selected=true]").length,
               rows: all(".row").length, focus: one("#list").getAttribute("aria-activedescendant"),
               hash: frame.location.hash };
    """
    found = seen(page, act, tmp_path)
    counts = [line.split(" cases")[0] for line in found["told"]]
    assert counts[:4] == ["130", "65 of 130", "43 of 130", "20 of 130"]
    assert counts[4] == "130"
    assert counts[5].endswith(" of 130")
    assert counts[6] == "0 of 130"
    assert int(counts[7].split()[0]) >= 2
    assert found["first"] != found["second"]
    assert (found["selected"], found["focus"]) == (1, "row1")
    assert found["rows"] < 60, "only what is in sight is drawn"
    assert found["second"] in found["hash"]


def test_a_link_opens_its_case(page: bytes, tmp_path: Path) -> None:
    act = """await pause();
      return { title: one("#case h2").textContent, read: one("#case .arguments").textContent,
               marks: all("#case mark:not(.differs)").length,
               different: all("mark.differs").map((e) => e.textContent),
               tools: all("#case details").length, unnamed: unnamed() };
    """
    found = seen(page, act, tmp_path, link="#98-x")
    assert found["title"] == "sample_nested_0"
    assert "Veloteile" in found["read"]
    assert (found["marks"], found["tools"], found["unnamed"]) == (1, 1, 0)
    assert found["different"] == ["2", "3"], "only what differs between expected and read is marked"


def test_on_a_phone_the_case_takes_the_place_of_the_list(page: bytes, tmp_path: Path) -> None:
    act = """
      const visible = (query) => frame.getComputedStyle(one(query)).display !== "none";
      const before = [visible(".side"), visible("#case")];
      const filters = [visible("#more")]; await press("#more-button"); filters.push(visible("#more"));
      await press(".row"); const open = [visible(".side"), visible("#case")];
      await press("#back"); const after = [visible(".side"), visible("#case")];
      return { before, filters, open, after, wide: page.documentElement.scrollWidth };
    """
    found = seen(page, act, tmp_path, width=390)
    assert (found["before"], found["open"], found["after"]) == ([True, False], [False, True], [True, False])
    assert found["filters"] == [False, True]
    assert found["wide"] <= 390
