"""Every page of this folder is true: its outputs are read as it says, whole and cut off anywhere."""

from __future__ import annotations

import re

import pytest
from dialect_pages import KINDS, TOOLS, PageCase, cases, pages

import starbench
from starbench.dialects import describe, dialect_names
from starbench.types import Output

CASES = [case for page in pages() for case in cases(page)]
TEXTS = [case for case in CASES if isinstance(case.source, str)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_output_is_read_as_the_page_says(case: PageCase) -> None:
    output = starbench.parse(case.source, case.dialect, TOOLS)
    expected = case.expected
    assert [{"name": c.name, "arguments": dict(c.arguments)} for c in output.calls] == expected["calls"]
    assert [attempt.status for attempt in output.failed] == expected.get("failed", [])
    for field in ("reply", "reasoning"):
        if field in expected:
            assert getattr(output, field) == expected[field]
    if "in_reasoning" in expected:
        assert sum(a.status == "in_reasoning" for a in output.attempts) == expected["in_reasoning"]
    if "repairs" in expected:
        assert [repair for a in output.attempts for repair in a.repairs] == expected["repairs"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_dialect_is_found(case: PageCase) -> None:
    output = starbench.parse(case.source, tools=TOOLS)
    assert output.dialect == case.expected.get("dialect", case.dialect), output.dialect_reason


@pytest.mark.parametrize("case", TEXTS, ids=str)
def test_spans_are_exact_ordered_and_apart(case: PageCase) -> None:
    check_spans(starbench.parse(case.source, case.dialect, TOOLS))
    check_spans(starbench.parse(case.source, "auto", TOOLS, repair=True))


@pytest.mark.parametrize("case", TEXTS, ids=str)
def test_cut_off_anywhere_no_call_is_invented(case: PageCase) -> None:
    whole = starbench.parse(case.source, case.dialect, TOOLS)
    known = [a.call for a in whole.attempts if a.call is not None]
    for end in range(len(case.source)):
        output = starbench.parse(case.source[:end], case.dialect, TOOLS)
        calls = list(output.calls)
        assert calls == [call for call in known if call in calls][: len(calls)], case.source[:end]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_page_is_complete(page) -> None:  # type: ignore[no-untyped-def]
    text = page.read_text(encoding="utf-8")
    titles = [case.title for case in cases(page)]
    assert len(titles) == len(re.findall(r"^## ", text, re.MULTILINE)), "a section without output and expectation"
    assert text.startswith(f"# {page.stem}\n")
    assert describe(page.stem) in text.replace("\n", " ")
    if not page.stem.startswith("message.") and page.stem != "bfcl-fc":
        assert not set(KINDS) - set(titles)


def test_every_dialect_has_a_page() -> None:
    assert {page.stem for page in pages()} == set(dialect_names())


def check_spans(output: Output) -> None:
    """Every attempt's span cuts out its raw text, and attempts stand in order without overlap."""
    end = 0
    for attempt in output.attempts:
        assert attempt.span is not None
        start, stop = attempt.span
        assert output.text[start:stop] == attempt.raw
        assert start >= end
        end = stop
        assert (attempt.call is not None) == (attempt.status == "parsed") or attempt.status == "in_reasoning"
