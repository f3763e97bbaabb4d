"""The reward released with the paper, by its own reading of prompt, label and answer; total where that one raises.

    label       </think><tool_call>\\n{"name": "f", "arguments": {"a": 1}}\\n</tool_call><|im_end|>
    prompt      …<tools>\\n{"name": "f", "parameters": {…}}\\n</tools>…<|im_start|>assistant\\n<think>
    completion  because</think>\\n\\n<tool_call>\\n{"name": "f", "arguments": {"a": 1}}\\n</tool_call><|im_end|>

What the release does, and this module mirrors, by name:

* LAST TURN: of prompt and completion together, only what follows the last ``<|im_start|>assistant\\n`` is read;
* ONE THOUGHT: the turn must hold exactly one closed ``<think>…</think>``, counted from the left without overlap;
* LAST THOUGHT: the answer is what follows the *last* ``</think>``, so a stray one hides whatever stands before it;
* CLOSED TAGS: a ``<tool_call>`` that is never closed is no call and no error; but with the tag there is no reply;
* ALL OR NOTHING: one call that is no JSON object with name and arguments, of an unknown function or with an unknown
  argument makes the whole answer worth -1; types, values and missing arguments are not looked at;
* ARGUMENTS OF ANY KIND: a string or list in place of the arguments passes as a list of argument names, so ``""`` and
  ``[]`` are calls without arguments; where such a name is also the gold's, the release raises;
* LAST BLOCK, A LINE A TOOL: tools are read from the last ``<tools>…</tools>`` of the prompt, one JSON object a line;
  any other writing raises; the names of arguments are the keys of ``properties`` only beside a ``type``, else those of
  ``parameters`` itself;
* FIRST COME: each call takes the most similar gold call of its name that is left, in the order of the answer, and takes
  one even at similarity 0;
* CONTROL TOKENS COUNT: ``<|im_end|>`` on both sides of a reply is two common tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from starbench.errors import InputError
from starbench.reward.answer import output_of
from starbench.reward.base import Reward, made
from starbench.reward.first_come import StarCall, first_come
from starbench.reward.gold import read_gold
from starbench.reward.task import Task
from starbench.similarity.calls import match_calls
from starbench.similarity.profiles import PROFILES
from starbench.similarity.reasons import count_code
from starbench.similarity.text import rouge_f1
from starbench.types import Call, Expected

_TURN = "<|im_start|>assistant\n"
_THINK, _THOUGHT = "<think>", "</think>"
_CALL = ("<tool_call>", "</tool_call>")
_TOOLS = ("<tools>", "</tools>")
_RAISED = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
"""What reading arbitrary JSON as if it had the right shape can raise."""
_decode = json.JSONDecoder().raw_decode
_SHORT = 1024
"""Calls up to this many characters are remembered: answers of a group, and gold and answer, have many in common."""

Found = tuple[float, float, float, str | None, bool]
"""F, S_calls, S_reply, code, whether a call was tried."""


class Refused(Exception):
    """The answer is worth -1; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Turn(NamedTuple):
    """The calls of an answer, or its reply; ``reply`` is None where a call tag occurs."""

    calls: Sequence[Any]
    reply: str | None


_NO_TURN = Turn((), "")


class Question(NamedTuple):
    """What was asked, in the release's reading.

    ``head`` is the last turn of the prompt, which the answer goes on with (None without a prompt); ``opens``: that this
    is nothing but an opened thought; ``offered``: function -> a container of its argument names (None where neither
    tools nor a prompt were given); ``refused``: the code that any answer gets, because the rest cannot be read.
    """

    head: str | None
    opens: bool
    gold: Turn | Expected
    offered: Mapping[Any, Any] | None
    refused: str | None


def star_reward(completion: Any, task: Task) -> Reward:
    """What the release says of an answer, and -1 where it raises."""
    question: Question = task.view(_question)
    if not isinstance(completion, str):
        return made(*_judge(completion, task, question))
    try:
        answer = _answer(completion, question)
    except Refused as refusal:
        return made(0.0, 0.0, 0.0, refusal.code, False)
    found = task.recall("star", answer)
    if found is None:
        found = _judge(answer, task, question)
        task.remember("star", answer, found)
    return made(*found)


def _question(task: Task) -> Question:
    head = _last_turn(task.prompt) if isinstance(task.prompt, str) else None
    opens = head is not None and head.count("<") == 1 and _THINK in head
    try:
        return Question(head, opens, _gold(task), _offered(task), None)
    except Refused as refusal:
        return Question(head, opens, _NO_TURN, None, refusal.code)


def _judge(answer: Any, task: Task, question: Question) -> Found:
    """What is found of an answer: the text after the reasoning, or an answer that somebody else has read."""
    _, _, gold, offered, refused = question
    if refused is not None:
        return 0.0, 0.0, 0.0, refused, False
    turn = _NO_TURN
    try:
        turn = _turn(answer) if isinstance(answer, str) else _structured(answer, task)
        if offered is not None and turn.calls:
            _check(turn.calls, offered)
        similarity, code = _similarity(turn, gold)
    except Refused as refusal:
        return 0.0, 0.0, 0.0, refusal.code, turn.reply is None or refusal.code == "call:malformed"
    if gold.calls:
        return 1.0, similarity, 0.0, code, turn.reply is None
    return 1.0, 0.0, similarity, code, turn.reply is None


def between(text: str, open_tag: str, close_tag: str) -> list[str]:
    """What stands between pairs of tags, from the left and without overlap; an unclosed tag ends the search.

    No tag is open right after a closing one, so each stretch up to a closing tag holds one pair, or none.
    """
    stretches = [stretch.partition(open_tag) for stretch in text.split(close_tag)[:-1]]
    return [inside for _, tag, inside in stretches if tag]


def _last_between(text: str, open_tag: str, close_tag: str) -> str:
    """The last one of :func:`between`, looked for from the end; "" where there is none."""
    end = text.rfind(close_tag)
    while end >= 0:
        before = text.rfind(close_tag, 0, end)
        start = text.find(open_tag, before + 1, end)
        if start >= 0:
            return text[start + len(open_tag) : end]
        end = before
    return ""


def _turn(answer: str) -> Turn:
    """The calls or the reply of a stripped answer; refused where a call is none."""
    if _CALL[0] not in answer:
        return Turn((), answer)
    insides = between(answer, *_CALL)
    calls = list(map(_call if len(answer) <= _SHORT else _read_call, insides))
    if None in calls:
        raise Refused("call:malformed")
    return Turn(calls, None)


def _loads(text: str) -> Any:
    """As ``json.loads``, at two thirds of its cost for short texts."""
    text = text.strip(" \t\n\r")
    value, end = _decode(text)
    if end < len(text):
        raise ValueError("more than one value")
    return value


def _read_call(inside: str) -> StarCall | None:
    """Name and arguments of the JSON between call tags; None where the release raises."""
    try:
        value = _loads(inside)
        return value["name"], value["arguments"]
    except _RAISED:
        return None


_call = lru_cache(maxsize=16_384)(_read_call)


# ---- the label ----


def _gold(task: Task) -> Turn | Expected:
    """The label, read as the release reads it; golds that are no label texts in the way of the other rewards."""
    gold = task.gold
    if not isinstance(gold, str):
        return task.expected
    label = _read_label(gold)
    if label is not None:
        return label
    try:
        value = json.loads(gold)
        if isinstance(value, (list, dict)):  # JSON of calls, which the release cannot read
            return read_gold(value, lambda: task.offered.tools)
    except (ValueError, RecursionError, InputError):
        pass
    raise Refused("gold:unreadable")


def _read_label(label: str) -> Turn | None:
    _, thought, answer = label.partition(_THOUGHT)
    if not thought or _THOUGHT in answer:
        return None
    try:
        return _turn(answer.strip())
    except Refused:
        return None


# ---- the prompt ----


def _offered(task: Task) -> Mapping[Any, Any] | None:
    """Function -> a container of its argument names; None where neither tools nor a prompt were given."""
    if isinstance(task.prompt, str) and (task.tools is None or _TOOLS[0] in task.prompt):
        found = _read_tools(task.prompt)
        if found is None:
            raise Refused("prompt:unreadable")
        return found
    if not task.offered.by_name:
        return None if task.prompt is None else {}
    return {tool.name: tool.parameters.get("properties", {}) for tool in task.offered.tools}


def _read_tools(prompt: str) -> Mapping[Any, Any] | None:
    lines = map(str.strip, _last_between(prompt, *_TOOLS).split("\n"))
    tools = list(map(_tool, filter(None, lines)))
    return None if None in tools else dict(tools)  # type: ignore[arg-type]


@lru_cache(maxsize=8192)
def _tool(line: str) -> tuple[Any, Any] | None:
    """Name and container of argument names of the tool on a line; None where the release raises."""
    try:
        tool = _loads(line)
        name, parameters = tool["name"], tool["parameters"]
        if "properties" in parameters and isinstance(parameters["properties"], dict) and "type" in parameters:
            parameters = parameters["properties"] if parameters["type"] is not None else parameters
        hash(name)
    except _RAISED:
        return None
    return name, tuple(parameters) if type(parameters) is dict else parameters


# ---- the answer ----


def _last_turn(text: str) -> str:
    start = text.rfind(_TURN)
    return text if start < 0 else text[start + len(_TURN) :]


def _answer(completion: str, question: Question) -> str:
    """What follows the last ``</think>`` of the last turn, if there is exactly one thought.

    The last turn of prompt and completion together; without a prompt, one that opened the reasoning is assumed.
    """
    closing = completion.rfind(_THOUGHT)
    if question.opens and closing >= 0 and completion.find("<", 0, closing) < 0:  # a thought without any tag
        answer = completion[closing + len(_THOUGHT) :]
        if _TURN not in answer:
            return answer.strip()
    if question.head is None:
        return _after_thought(completion if _THINK in completion else _THINK + completion)
    return _after_thought(_last_turn(question.head + completion))


def _after_thought(text: str) -> str:
    opening, closing = text.find(_THINK), text.rfind(_THOUGHT)
    if opening < 0 or closing < opening:
        raise Refused("reasoning:unclosed")
    if text.find(_THINK, opening + len(_THINK)) >= 0 and len(between(text, _THINK, _THOUGHT)) > 1:
        raise Refused("reasoning:repeated")
    return text[closing + len(_THOUGHT) :].strip()


def _structured(completion: Any, task: Task) -> Turn:
    """An answer whose calls were read by somebody else; the release knows no such form."""
    output = output_of(completion, task)
    if output.failed:
        raise Refused("call:malformed")
    calls = [(call.name, call.arguments) for call in output.calls]
    return Turn(calls, None if calls else output.reply)


def _check(calls: Sequence[StarCall], offered: Mapping[Any, Any]) -> None:
    for name, arguments in calls:
        try:
            if name not in offered:
                raise Refused("call:unknown_tool")
            known = offered[name]
            for argument in arguments:
                if argument not in known:
                    raise Refused("argument:unexpected")
        except TypeError:  # a name that is a list, arguments that are a number
            raise Refused("call:malformed") from None


# ---- the similarity ----


def _similarity(turn: Turn, gold: Turn | Expected) -> tuple[float, str | None]:
    if isinstance(gold, Expected):
        return _as_expected(turn, gold)
    if gold.calls:
        return _calls(turn.calls, gold.calls) if turn.calls else (0.0, "call:none")
    if turn.reply is None:
        return 0.0, "call:unexpected"
    if gold.reply is None and turn.reply:
        raise Refused("official:crash")  # a label with an unclosed call tag has no reply to compare with
    similarity = _reply(turn.reply, gold.reply or "")
    return similarity, None if similarity == 1.0 else "reply:differs"


def _as_expected(turn: Turn, gold: Expected) -> tuple[float, str | None]:
    """The same for golds that the release cannot hold: alternatives, several replies, abstention."""
    if gold.kind == "abstain":
        return (0.0, "call:unexpected") if turn.reply is None else (1.0, None)
    if gold.kind == "any_call":
        return (1.0, None) if turn.calls else (0.0, "call:none")
    if gold.kind == "reply":
        if turn.reply is None:
            return 0.0, "call:unexpected"
        similarity = max((_reply(turn.reply, reply) for reply in gold.replies), default=0.0)
        return similarity, None if similarity == 1.0 else "reply:differs"
    if not turn.calls:
        return 0.0, "call:none"
    if any(not isinstance(arguments, dict) and arguments for _, arguments in turn.calls):
        raise Refused("official:crash")
    calls = [Call(str(name), arguments or {}) for name, arguments in turn.calls]
    matching = match_calls(calls, gold.calls, PROFILES["star"])
    if matching.value == 1.0:
        return 1.0, None
    code = count_code(len(calls), len(gold.calls), len(matching.pairs), False)
    return matching.value, code or "argument:value"


def _reply(got: str, wanted: str) -> float:
    return rouge_f1(got, wanted) if got else 0.0


def _calls(predicted: Sequence[StarCall], gold: Sequence[StarCall]) -> tuple[float, str | None]:
    try:
        credited = first_come(predicted, gold)
    except _RAISED:
        raise Refused("official:crash") from None
    value = sum(credited) / (len(gold) - len(credited) + len(predicted))
    if value == 1.0:
        return 1.0, None
    return value, count_code(len(predicted), len(gold), len(credited), False) or "argument:value"
