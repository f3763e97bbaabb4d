"""The failure viewer: what each record shows, and that nothing a model wrote can act in the page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from pages import Page

from starbench.benchmarks import load_benchmark
from starbench.cli import main
from starbench.errors import InputError
from starbench.reports.page import embedded
from starbench.reports.page_server import page_server
from starbench.reports.scored_run import read_run
from starbench.reports.viewer import CaseRecord, accepted, case_records, tool_record
from starbench.reports.viewer_page import CHUNK, viewer_page
from starbench.scoring.rows import accepted_record
from starbench.types import Accepted, Fields

MEANING = dict.fromkeys(("benchmark", "version", "data_sha256", "grading", "profile", "starbench"), "x")
EVIL = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>&\"'\u2028\u202e\x1b[2J\ud800"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CaseRecord]:
    folder = tmp_path_factory.mktemp("scores")
    assert CliRunner().invoke(main, ["score", "--sample", "--out", str(folder)]).exit_code == 0
    run = read_run(folder)
    found = case_records(run.models["bad"].values(), load_benchmark("sample"))
    return {record.line["id"]: record for record in found}


def row(**more: Any) -> dict[str, Any]:
    plain = {"model": "m", "id": "a", "benchmark": "custom", "category": "c", "valid": False, "error": "x:1"}
    return plain | {"similarity": 0.5, "dialect": "json", "message": "no"} | more


def test_a_wrong_argument_stands_beside_the_accepted_one(records: dict[str, CaseRecord]) -> None:
    record = records["sample_nested_0"]
    assert record.line["snippet"] == "Order 4 of CH-9 and 2 of BR-113 from Veloteile, express."
    assert (record.line["code"], record.line["verdict"], record.line["similarity"]) == (
        "argument:value",
        "wrong",
        0.9167,
    )
    (part,) = record.detail["parts"]
    assert part["arguments"][0] == ["supplier", '"Veloteile"', 0, '"Veloteile"', 1.0, "equal"]
    assert part["arguments"][1][3:] == [
        '[{"part": "CH-9", "pieces": 4}, {"part": "BR-113", "pieces": 3}]',
        0.75,
        "partial",
    ]
    assert record.detail["differences"] == ["order_parts.lines[1].pieces: wanted 2, got 3"]
    assert record.detail["prompt"] == [["user", "Order 4 of CH-9 and 2 of BR-113 from Veloteile, express."]]
    assert [tool_record(tool)[0] for tool in record.tools] == ["order_parts(supplier, lines, [express])"]


def test_attempts_are_marked_in_the_text(records: dict[str, CaseRecord]) -> None:
    detail = records["sample_parallel_4"].detail
    assert "".join(text for text, _ in detail["answer"]).count("<tool_call>") == 2
    assert [number for _, number in detail["answer"] if number] == [1, 2]
    assert [attempt[0] for attempt in detail["attempts"]] == ["parsed", "malformed"]
    assert records["sample_optional_6"].detail["unclosed"] is True


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("sample_abstain_1", "no call"),
        ("sample_any_call_2", "some call of an offered tool"),
        ("sample_reply_1", 'the reply "7" or "seven", and no call'),
        ("sample_parallel_4", "2 calls"),
    ],
)
def test_what_was_expected_is_said(records: dict[str, CaseRecord], id: str, text: str) -> None:
    assert records[id].detail["expects"] == text


def test_a_call_without_partner_shows_the_side_that_is_there() -> None:
    place = {"alternatives": [1, 2], "optional": False}
    parts = [
        {"name": "f", "predicted": None, "expected": 0, "similarity": 0.0, "reason": "missing", "arguments": []},
        {"name": "g", "predicted": 0, "expected": None, "similarity": 0.0, "reason": "unexpected", "arguments": []},
    ]
    expected = {"kind": "calls", "calls": [{"name": "f", "arguments": {"a": place}}]}
    calls = [{"name": "g", "arguments": {"b": 10**30}}]
    (record,) = case_records([row(parts=parts, expected=expected, calls=calls)], None)
    assert record.detail["parts"][0]["arguments"] == [["a", "1", 1, None, None, ""]]
    assert record.detail["parts"][1]["arguments"] == [["b", None, 0, "1000000000000000000000000000000", None, ""]]


def test_accepted_values_come_back_from_their_records() -> None:
    value = Accepted(
        ({"plain": 1}, Fields({"x": Accepted((1, 2)), "y": Accepted(("a",), optional=True)})), optional=True
    )
    assert accepted(json.loads(json.dumps(accepted_record(value)))) == value


def test_characters_beyond_the_basic_plane_are_cut_right() -> None:
    text = "😀😀 f()"
    answer = {"text": text, "attempts": [{"status": "parsed", "problem": None, "repairs": [], "span": [3, 6]}]}
    (record,) = case_records([row(answer=answer)], None)
    assert record.detail["answer"] == [["😀😀 ", 0], ["f()", 1]]


def test_a_runaway_answer_is_cut() -> None:
    attempts = [{"status": "parsed", "problem": None, "repairs": [], "span": [i, i + 1]} for i in range(9999)]
    (record,) = case_records([row(answer={"text": "x" * 10**6, "attempts": attempts}, message="m")], None)
    assert len(json.dumps(record.detail)) < 40_000
    assert "more characters" in record.detail["answer"][-1][0]
    assert len(record.detail["attempts"]) == 200


def test_failures_around_the_model_and_unknown_cases(bfcl: Any) -> None:
    (record,) = case_records([row(error="infra:error", similarity=0.0)], bfcl)
    assert (record.line["verdict"], record.detail["prompt"], record.tools) == ("not counted", [], ())


def hostile_page() -> bytes:
    answer = {
        "text": EVIL,
        "reasoning": EVIL,
        "attempts": [{"status": "malformed", "problem": EVIL, "repairs": [EVIL], "raw": EVIL}],
    }
    part = {"name": EVIL, "predicted": 0, "expected": 0, "similarity": 0.5, "reason": EVIL}
    part["arguments"] = [{"name": EVIL, "similarity": 0.5, "reason": EVIL, "got": {EVIL: EVIL}, "wanted": [EVIL]}]
    fields = dict.fromkeys(("model", "id", "category", "error", "message", "dialect"), EVIL)
    rows = [
        row(**fields, answer=answer, parts=[part], explanation=[{"call": EVIL, "argument": EVIL, "difference": [EVIL]}])
    ]
    return viewer_page(list(case_records(rows, None)), MEANING | {"version": EVIL}, [EVIL])


def test_no_text_becomes_markup() -> None:
    hostile, harmless = Page(hostile_page()), Page(viewer_page(list(case_records([row()], None)), MEANING, ["note"]))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in harmless.tags]
    assert "alert(1)" in hostile.text
    assert "alert(1)" in hostile.index["id"][0]
    assert "alert(1)" in hostile.chunk()["cases"][0]["message"]
    assert not re.search("[\x1b\u202e\u2028]", json.dumps(hostile.chunk(), ensure_ascii=False).replace("\u2028", ""))


def test_the_page_asks_for_nothing_and_allows_only_its_own_script() -> None:
    page = hostile_page().decode()
    parsed = Page(page.encode())
    assert not [a for _, attributes in parsed.tags for a in attributes if a in ("src", "onclick", "onerror")]
    assert not re.search(r"https?://|@import|url\(", page.replace(EVIL, ""))
    policy = next(a["content"] for tag, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy")
    script = next(text for attributes, text in parsed.scripts if not attributes)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy is not None
    assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_data_cannot_end_its_element() -> None:
    assert not set("<>&\u2028") & set(embedded({EVIL: [EVIL]}))
    assert json.loads(embedded({"a": "</script>&"})) == {"a": "</script>&"}


def test_every_control_has_a_name_and_every_id_is_there_once() -> None:
    page = Page(hostile_page())
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    tags = [tag for tag, _ in page.tags]
    labelled = [i for i, tag in enumerate(tags) if tag in ("select", "input")]
    assert labelled
    assert all("label" in tags[i - 2 : i] for i in labelled)
    assert {"main", "header", "h1", "article", "noscript"} <= set(tags)
    assert ("html", {"lang": "en"}) in page.tags


def test_cases_are_packed_by_chunks_with_shared_tools() -> None:
    sample = load_benchmark("sample")
    rows = [row(id=case.id) for case in [*sample.cases()] * 2]
    page = Page(viewer_page(list(case_records(rows, sample)), MEANING))
    assert len(page.index["id"]) == len(rows) > 2 * CHUNK - 1
    first, second = page.chunk(0), page.chunk(1)
    assert len(first["cases"]) == len(second["cases"]) == CHUNK
    assert all(place < len(first["tools"]) for case in first["cases"] for place in case["tools"])
    assert [of for of in page.index["verdict"]["of"] if of] == []


def test_the_server_knows_one_page_on_this_machine_only() -> None:
    with page_server(b"<p>here", 0) as server:
        assert server.server_address[0] == "127.0.0.1"
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with urllib.request.urlopen(address + "/") as answer:
            assert answer.read() == b"<p>here"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address + "/../etc/passwd")
        refused.value.close()
        assert refused.value.code == 404
        with pytest.raises(InputError, match="take another with --port"):
            page_server(b"", server.server_port)
        server.shutdown()


def test_the_templates_are_files_of_the_package() -> None:
    folder = Path(__file__).parents[2] / "starbench" / "reports" / "templates"
    assert {"page.css", "page.js", "viewer.html.j2", "viewer.css", "viewer.js"} <= {p.name for p in folder.iterdir()}
