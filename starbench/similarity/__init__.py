"""How right an answer is, as a number in [0, 1]: ``compare`` and the ways to say what is expected.

    text.py        two texts: soft equality, ROUGE-L F1
    values.py      two JSON values, recursively
    calls.py       two lists of calls: intersection over union (the laws stand there)
    assignment.py  which predicted call is compared with which expected one
    profiles.py    the rules as data: robust (default), star
    compare.py     all kinds of expected answers
    expected.py    ways to say what is expected
    reasons.py     what the reason codes mean

>>> from starbench.similarity import compare, expected_calls
>>> from starbench.types import Call
>>> compare([Call("add", {"a": 1})], expected_calls([Call("add", {"a": 1, "b": 2})]))
Similarity(0.5)
"""

from __future__ import annotations

from starbench.similarity.compare import compare
from starbench.similarity.expected import ABSTAIN, ANY_CALL, expected_calls, expected_reply, possible_answers
from starbench.similarity.profiles import PROFILES, Profile, profile
from starbench.similarity.reasons import ARGUMENT_REASONS, CALL_REASONS
from starbench.similarity.text import text_similarity
from starbench.similarity.values import flat, nested

__all__ = [
    "ABSTAIN",
    "ANY_CALL",
    "ARGUMENT_REASONS",
    "CALL_REASONS",
    "PROFILES",
    "Profile",
    "compare",
    "expected_calls",
    "expected_reply",
    "flat",
    "nested",
    "possible_answers",
    "profile",
    "text_similarity",
]
