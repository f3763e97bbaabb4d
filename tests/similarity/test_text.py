"""Texts: soft equality in every script, ROUGE-L, bounds on long input."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.similarity.text import LONGEST, common_subsequence, rouge_f1, soft, text_similarity

EQUAL = [
    ("PARIS", "paris"),
    ("New-York", "new york"),
    ("New York, NY", "new york ny"),
    ("it's", 'it"s'),
    ("1,000", "1000"),
    ("12,345,678.90", "12345678.90"),
    ("ＦＵＬＬ　ｗｉｄｔｈ １２", "full width 12"),
    ("Straße", "STRASSE"),
    ("−5", "-5"),
    ("10–20", "10-20"),
    ("zero\u200bwidth", "zero width"),
    ("", "  "),
    ("❤️", "❤"),
]
DIFFERENT = [
    ("-5", "5", 0.0),
    (".5", "5", 0.0),
    ("3.14", "314", 0.0),
    ("5 6", "56", 0.0),
    ("1.2", "1.3", 0.0),
    (">5", "<5", 1 / 2),
    ("$5", "€5", 1 / 2),
    ("==", "!=", 1 / 2),
    ("-", "/", 0.0),
    ("", "-", 0.0),
    ("!!!", "???", 0.0),
    ("2024-01-05", "2024-01-06", 2 / 3),
    ("192.168.0.1", "192.168.0.2", 3 / 4),
    ("New York", "New Jersey", 1 / 2),
    ("Oslo", "Paris", 0.0),
]
SCRIPTS = [
    ("北京市", "北京", 4 / 5),
    ("今天股票大跌", "你好，请问您想查询哪个城市？", 0.0),
    ("東京タワー", "東京駅", 1 / 2),
    ("서울시", "서울", 4 / 5),
    ("กรุงเทพ", "กรุงเทพฯ", 12 / 13),
    ("Москва сегодня", "Москва завтра", 1 / 2),
    ("Москва", "МОСКВА", 1.0),
    ("Москве", "Москва", 0.0),
    ("مرحبا بالعالم", "مرحبا", 2 / 3),
    ("नमस्ते दुनिया", "नमस्ते", 2 / 3),
    ("café", "cafe\u0301", 1.0),
    ("café", "cafe", 0.0),
    ("😀😀", "😀", 2 / 3),
    ("😀", "😢", 0.0),
    ("👍 ok", "ok 👍", 1 / 2),
]


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_equal_in_soft_form(a: str, b: str) -> None:
    assert text_similarity(a, b) == text_similarity(b, a) == 1.0


@pytest.mark.parametrize(("a", "b", "expected"), DIFFERENT + SCRIPTS)
def test_partial_credit(a: str, b: str, expected: float) -> None:
    assert text_similarity(a, b) == text_similarity(b, a) == pytest.approx(expected)


def test_tokens() -> None:
    assert soft("In 1,000.5 v2.0 x-5 -7 .5").tokens == ("in", "1000.5", "v", "2.0", "x", "5", "-7", "0.5")
    assert soft("1.2.3").tokens == ("1", "2", "3")
    assert soft("1,000,00").tokens == ("1", "000", "00")


@given(st.text(), st.text())
def test_bounds_and_symmetry(a: str, b: str) -> None:
    assert 0.0 <= text_similarity(a, b) == text_similarity(b, a) <= 1.0
    assert text_similarity(a, a) == 1.0


@given(st.text(alphabet="aB1 -.,*'é東", max_size=12), st.text(alphabet="aB1 -.,*'é東", max_size=12))
def test_one_means_equal_in_soft_form(a: str, b: str) -> None:
    assert (text_similarity(a, b) == 1.0) == (soft(a).key == soft(b).key)
    assert (0.0 <= rouge_f1(a, b) <= 1.0) and rouge_f1(a, a) == 1.0


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_ascii_is_read_like_every_other_script(text: str) -> None:
    assert soft(f"{text} é").tokens == (*soft(text).tokens, "é")


@pytest.mark.parametrize("unit", ["word ", "!?", "東京", "1,000,", "1.", "-1", "\u0301", "\ufdfa", "\ud800"])
def test_long_texts(unit: str) -> None:
    text = unit * (64_000 // len(unit))
    assert text_similarity(text, text) == 1.0
    assert text_similarity(text.upper(), text.lower()) == 1.0
    assert 0.0 <= text_similarity(f"{text}x", text) < 1.0


def test_long_common_ends_count_in_full() -> None:
    words = [str(i) for i in range(3 * LONGEST)]
    assert common_subsequence(words, words[:-1]) == len(words) - 1
    assert common_subsequence([*words, "x"], ["y", *words]) >= LONGEST - 1


def test_star_equals_rouge_score() -> None:
    scorer = pytest.importorskip("rouge_score.rouge_scorer", reason="rouge_score is not installed to compare with")
    reference = scorer.RougeScorer(["rougeL"], use_stemmer=True)
    words = [
        "running",
        "runs",
        "run",
        "shoe",
        "shoes",
        "cities",
        "happily",
        "of",
        "12",
        "3.5",
        "New-York",
        "café",
        "北京",
    ]
    chance = random.Random(0)
    for _ in range(3000):
        a, b = (" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(2))
        assert rouge_f1(a, b) == (1.0 if a == b else reference.score(b, a)["rougeL"].fmeasure)
