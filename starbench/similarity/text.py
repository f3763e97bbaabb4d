"""How alike two texts are: equal in soft form, else ROUGE-L F1 over tokens.

    soft("New-York, 3.14 km")  ->  Soft(key="newyork3.14km", tokens=("new", "york", "3.14", "km"))
    soft("-5").key  ->  "-5"        soft("2024-01-05").tokens  ->  ("2024", "01", "05")
    soft("東京都").tokens  ->  ("東", "京", "都")

The soft form follows the rule of BFCL's checker (spaces and ``, . / - _ * ^`` do not count, nor does case, nor the
kind of quote) with four repairs: the sign and the decimal point of a number count, two numbers never run together,
text in every script is read (NFKC, case folding, scripts without spaces one character a token), and a text that
consists of soft punctuation alone is compared as it stands. Every other symbol is a token of its own, so ">5" is not
"<5".

:func:`rouge_tokens` and :func:`rouge_f1` are the tokenisation and the arithmetic of rouge_score 0.1.2, to the last
bit, for the ``star`` profile; only they need nltk.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

READ = 8_192
"""Characters of a text that are read for partial credit; what lies beyond lowers the credit by its share."""
LONGEST = 4_096
"""Tokens a side that enter the longest common subsequence, after equal ends are cut off."""
_REMEMBERED, _LONG = 256, 4096
"""Many texts up to the first number of characters have their tokens remembered, and some up to the second."""


class Soft(NamedTuple):
    """A text in soft form: ``key`` decides equality, ``tokens`` partial credit, ``share`` of the text was read."""

    key: str
    tokens: tuple[str, ...]
    share: float = 1.0


_FOLDED = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-"),
    **dict.fromkeys(map(ord, "'‘’‚‛“”„‟`´"), '"'),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), None),
    **dict.fromkeys(range(0xFE00, 0xFE10), None),  # variation selectors: text or emoji style of the same character
}
_UNSPACED = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # 々 〆 〇
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul syllables: spaced, but particles are written onto the word
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts read one character a token, because a word has no visible end in them."""
_NUMERIC = {".": ".", ",": ",", "-": "-"}
_SOFT = frozenset("/_*^。、・·")
_CLASS = {"L": "a", "M": "m", "N": "a", "Z": " ", "C": " "}


class _Classes(dict[int, str]):
    """Code point -> one letter: a word, 0 digit, c character token, m mark, s symbol, space, or one of ``.,-``."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _classify(chr(code))
        return found


def _classify(char: str) -> str:
    if char in _NUMERIC:
        return char
    if char in _SOFT or char.isspace():
        return " "
    category = unicodedata.category(char)
    if category == "Nd":
        return "0"
    if category in ("Cs", "Co", "Cn"):  # lone surrogates and unknown characters still tell texts apart
        return "s"
    kind = _CLASS.get(category[0], "s")
    if kind == "a" and any(low <= ord(char) <= high for low, high in _UNSPACED):
        return "c"
    return kind


_CLASSES = _Classes()
_TOKEN = re.compile(
    r"(?:(?<![a0mc])-)?(?:0{1,3}(?:,000){1,6}(?!,?0)|0+|(?<![a0mc])\.0+)(?:\.0+)*"  # a number, perhaps several
    r"|a[am]*|cm*|m+|s"
)
"""Tokens over the string of classes. A minus is a sign unless it follows a letter or digit; 1,000 is one number."""
_DIGIT = re.compile(r"\d")
_ASCII_TOKEN = re.compile(
    r"(?:(?<![a-z0-9])-)?(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}(?!,?[0-9])|[0-9]+|(?<![a-z0-9])\.[0-9]+)(?:\.[0-9]+)*"
    r"|[a-z]+|[^\x00-\x20\x7f,./_*^-]"
)
"""The same over folded ASCII text itself."""


def soft(text: str) -> Soft:
    """The soft form of a text; linear in its length."""
    if len(text) > _LONG:
        return _soft(text)
    return _soft_of_short(text) if len(text) <= _REMEMBERED else _soft_of_long(text)


def _soft(text: str) -> Soft:
    folded = _fold(text)
    if len(folded) > READ:  # equality of long texts asks for the whole, only case, width and white space aside
        tokens, _ = _tokens(folded[:READ].translate(_FOLDED))
        return Soft(" ".join(folded.split()), tokens, READ / len(folded))
    folded = folded.translate(_FOLDED)
    tokens, key = _tokens(folded)
    return Soft(key or f" {folded.strip()}", tokens)


_soft_of_short = lru_cache(maxsize=8192)(_soft)
_soft_of_long = lru_cache(maxsize=256)(_soft)


def _fold(text: str) -> str:
    """NFKC without regard to case; full-width and other compatibility forms become ordinary ones."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _tokens(folded: str) -> tuple[tuple[str, ...], str]:
    """Tokens of a folded text, and the key: tokens joined, with a space only between two numbers."""
    if folded.isascii():
        pieces = _ASCII_TOKEN.findall(folded)
    else:
        pieces = [folded[slice(*match.span())] for match in _TOKEN.finditer(folded.translate(_CLASSES))]
    if not _DIGIT.search(folded):  # only numbers need the closer look
        return tuple(pieces), "".join(pieces)
    tokens: list[str] = []
    key: list[str] = []
    after_number = False
    for piece in pieces:
        if not piece[-1].isdecimal():
            after_number = False
            tokens.append(piece)
            key.append(piece)
            continue
        for number in _numbers(piece) if "." in piece or "," in piece else (piece,):
            if after_number and number[0] != "-":
                key.append(" ")
            after_number = True
            tokens.append(number)
            key.append(number)
    return tuple(tokens), "".join(key)


def _numbers(piece: str) -> list[str]:
    """A run of digits and points as numbers: "1,000.5" is one, "192.168.0.1" and "1.2.3" are several."""
    piece = piece.replace(",", "")
    if piece.count(".") > 1:
        return [part for part in piece.split(".") if part and part != "-"]
    return [re.sub(r"^(-?)\.", r"\g<1>0.", piece)]


def text_similarity(got: str, wanted: str) -> float:
    """1.0 where the soft forms are equal, else ROUGE-L F1 over their tokens, below 1; quasi-linear time."""
    if got == wanted:
        return 1.0
    if len(got) + len(wanted) > _REMEMBERED:
        return _text_similarity(got, wanted)
    return _remembered_similarity(got, wanted)


@lru_cache(maxsize=16_384)
def _remembered_similarity(got: str, wanted: str) -> float:
    return _text_similarity(got, wanted)


def _text_similarity(got: str, wanted: str) -> float:
    a, b = soft(got), soft(wanted)
    if a.key == b.key:
        return 1.0
    if not a.tokens or not b.tokens:
        return 0.0
    return _f1(a.tokens, b.tokens) * min(a.share, b.share)


def _f1(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """ROUGE-L F1 = 2 LCS / (len a + len b), below 1 for texts that are not equal."""
    if len(a) == 1 or len(b) == 1:
        common = int(a[0] in b) if len(a) == 1 else int(b[0] in a)
    else:
        common = common_subsequence(a, b)
    both = len(a) + len(b)
    return min(2 * common, both - 1) / both


def common_subsequence(a: Sequence[Any], b: Sequence[Any]) -> int:
    """Length of the longest common subsequence; bit-parallel over at most :data:`LONGEST` tokens a side."""
    if len(a) <= LONGEST and len(b) <= LONGEST:
        return int(_lcs()(a, b))
    shorter = min(len(a), len(b))
    head = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    rest = shorter - head
    tail = next((i for i in range(rest) if a[-1 - i] != b[-1 - i]), rest)
    return head + tail + int(_lcs()(a[head : len(a) - tail][:LONGEST], b[head : len(b) - tail][:LONGEST]))


@lru_cache(maxsize=1)
def _lcs() -> Callable[[Sequence[Any], Sequence[Any]], int]:
    from rapidfuzz.distance import LCSseq  # only where texts differ: importing the package stays free

    return LCSseq.similarity


# ---- rouge_score 0.1.2, for the star profile ----

_ROUGE_TOKEN = re.compile(r"[a-z0-9]+")


class _Stems(dict[str, str]):
    """Word -> what rouge_score makes of it: its Porter stem, if it has more than three letters."""

    def __missing__(self, word: str) -> str:
        stem = str(_stemmer().stem(word)) if len(word) > 3 else word
        if len(self) < 200_000:
            self[word] = stem
        return stem


_STEMS = _Stems()


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from nltk.stem.porter import PorterStemmer

    return PorterStemmer()


def rouge_tokens(text: str) -> list[str]:
    """Tokens as rouge_score 0.1.2 makes them with its stemmer: runs of a-z0-9, those of four or more stemmed."""
    if len(text) > _LONG:
        return _rouge_tokens(text)
    return _rouge_tokens_of_short(text) if len(text) <= _REMEMBERED else _rouge_tokens_of_long(text)


def _rouge_tokens(text: str) -> list[str]:
    return list(map(_STEMS.__getitem__, _ROUGE_TOKEN.findall(text.lower())))


_rouge_tokens_of_short = lru_cache(maxsize=8192)(_rouge_tokens)
_rouge_tokens_of_long = lru_cache(maxsize=256)(_rouge_tokens)


def rouge_f1(got: str, wanted: str) -> float:
    """ROUGE-L F1 as the released reward takes it: 1 for identical texts, 0 where one is blank, else rouge_score's.

    The order of operations is that of rouge_score, so that every bit agrees; the whole of both texts is compared.
    """
    if got == wanted:
        return 1.0
    if len(got) + len(wanted) > _REMEMBERED:
        return _rouge_f1(got, wanted)
    return _remembered_rouge_f1(got, wanted)


@lru_cache(maxsize=16_384)
def _remembered_rouge_f1(got: str, wanted: str) -> float:
    return _rouge_f1(got, wanted)


def _rouge_f1(got: str, wanted: str) -> float:
    a, b = rouge_tokens(got), rouge_tokens(wanted)
    if len(a) <= 1 or len(b) <= 1:  # most arguments are one word, which needs no matrix
        common = int(b[0] in a if len(b) == 1 else bool(a) and a[0] in b)
    else:
        common = int(_lcs()(a, b))
    if not common:
        return 0.0
    precision, recall = common / len(a), common / len(b)
    return 2 * precision * recall / (precision + recall)
