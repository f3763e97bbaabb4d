"""The verdict on a web search or memory answer: does the final message hold one of the accepted answers?

    agentic_verdict(entry, [[[{"search_engine_query": '{"keywords": "…"}'}], '{"answer": "Zhang Yiming"}']], "bfcl-fc")

The result is one turn of steps, as in the multi-turn categories. Only its last step without a call is judged, and
only for one of the texts of ``ground_truth`` standing in it. So nothing has to be fetched for grading: what the model
found on the web, and the memory snapshots that BFCL writes while it generates, were needed for the conversation alone,
and a result directory without them is complete.

Official grading compares as upstream does: without ``, . / - _ * ^ ( )``, without case, at word boundaries. So "3.14"
is 314, and "New-York" is not New York. Strict grading compares words and numbers, whatever punctuation stands between.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starbench.benchmarks.bfcl.multi_turn.reading import Step, conversation_output, dialect_of, read_turns
from starbench.benchmarks.bfcl.multi_turn.verdict import not_turns_code
from starbench.similarity import profile as profile_of
from starbench.types import Similarity, Tool, Verdict

Problem = tuple[str, str]
"""An error code and a sentence."""

CEILING = 0.999
"""The most that a message without an accepted answer can have."""

_DROPPED = str.maketrans("'", '"', ",./-_*^()")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TOKEN = re.compile(r"(?<!\w)-?\d+(?:\.\d+)*|\w+|[^\w\s]")
_SOFT = frozenset(",./-*^()'\"")
_SHOWN = 100


def agentic_verdict(
    entry: Mapping[str, Any],
    result: Any,
    dialect: str = "auto",
    tools: Sequence[Tool] = (),
    grading: str = "official",
    profile: str = "robust",
) -> Verdict:
    """The verdict on ``result``, anything that a JSON file can hold; its similarity is that of the strict rule.

    ``entry`` holds the accepted texts under ``ground_truth``. The similarity is 1 where one of them stands in the final
    message, else the share of its words that do, kept below 1 (ours, not BFCL's). Raises UnknownNameError for a dialect
    or profile that does not exist, and never on what a model wrote.
    """
    profile = profile_of(profile).name
    official = grading == "official"
    if not isinstance(result, list) or len(result) != 1:
        code = "agentic:inference_error" if official else not_turns_code(result)
        return Verdict(False, code, Similarity(0.0, (), profile), "the result is not one turn of steps")
    dialect = dialect_of(result, dialect)
    turns = read_turns(result, dialect, tools)
    steps, output = turns[0], conversation_output(turns, dialect)
    if steps is None:
        code = "official:crash" if official else "reply:missing"
        return Verdict(False, code, Similarity(0.0, (), profile), "the turn is not a list of steps")
    messages = list(zip(result[0], steps, strict=True))
    answers: list[str] = entry["ground_truth"]
    similarity = _similarity(_strict_message(messages), answers, profile)
    problem = _official_problem(messages, answers) if official else _strict_problem(similarity, messages, answers)
    if problem is None:
        return Verdict(True, None, similarity, output=output)
    return Verdict(False, problem[0], similarity, problem[1], output)


def _official_problem(messages: Sequence[tuple[Any, Step]], answers: Sequence[str]) -> Problem | None:
    last = [item for item, step in messages if not step.actions][-1:]
    if not last or not last[0]:
        return "agentic:no_last_message", "there is no final message, or it is empty"
    message = last[0][0] if isinstance(last[0], list) else last[0]
    text = _standardised(message if isinstance(message, str) else str(message))
    if any(re.search(rf"\b{re.escape(_standardised(answer))}\b", text) for answer in answers):
        return None
    return "agentic:answer_not_found", _not_found(message, answers)


def _standardised(text: str) -> str:
    return text.translate(_DROPPED).lower()


def _strict_message(messages: Sequence[tuple[Any, Step]]) -> str:
    """The last step without a call, as text; empty where there is none."""
    texts = [item for item, step in messages if not step.calls and isinstance(item, str) and item]
    return texts[-1] if texts else ""


def _strict_problem(
    similarity: Similarity, messages: Sequence[tuple[Any, Step]], answers: Sequence[str]
) -> Problem | None:
    message = _strict_message(messages)
    if not message:
        return "reply:missing", "there is no final message, or it is empty"
    return None if similarity == 1.0 else ("reply:differs", _not_found(message, answers))


def _similarity(message: str, answers: Sequence[str], profile: str) -> Similarity:
    words = _words(message)
    return Similarity(max((_share(words, _words(answer)) for answer in answers), default=0.0), (), profile)


def _share(message: Sequence[str], answer: Sequence[str]) -> float:
    """1 where the words of ``answer`` stand in ``message`` one after the other, else the share of them that it has."""
    if "\n".join(("", *answer, "")) in "\n".join(("", *message, "")):
        return 1.0
    common = Counter(message) & Counter(answer)
    return min(CEILING, sum(common.values()) / len(answer))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    return [word for word in _TOKEN.findall(_THOUSANDS.sub("", folded)) if word not in _SOFT]


def _not_found(message: Any, answers: Sequence[str]) -> str:
    text = str(message)
    shown = text if len(text) <= _SHOWN else f"…{text[1 - _SHOWN :]}"
    return f"the final message holds none of {', '.join(map(repr, answers[:5]))}: {shown}"
