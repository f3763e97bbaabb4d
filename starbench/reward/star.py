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
from collections.abc import Mapping
from typing import Any, NamedTuple

from starbench.errors import InputError
from starbench.reward.answer import output_of
from starbench.reward.base import Reward, made
from starbench.reward.first_come import StarCall, first_come
from starbench.reward.gold import read_gold
from starbench.reward.star_text import (
    RAISED,
    THOUGHT,
    TOOLS,
    Refused,
    answer_of,
    calls_of,
    last_turn,
    opens_thought,
    tools_of,
)
from starbench.reward.task import MOST_JUDGED, Task
from starbench.similarity.calls import match_calls
from starbench.similarity.profiles import PROFILES
from starbench.similarity.reasons import count_code
from starbench.similarity.text import rouge_f1
from starbench.types import Call, Expected

Credit = tuple[float, float, str | None]
"""S_calls and S_reply, of which at most one is above 0, and the code of the first difference."""
Found = tuple[float, float, float, str | None, bool]
"""F, S_calls, S_reply, code, whether a call was tried."""
Gold = list[StarCall] | str | Expected
"""The calls or the reply of a label, or a gold that no label can hold."""


class Question(NamedTuple):
    """What was asked, in the release's reading.

    ``head`` is the last turn of the prompt, which the answer goes on with (None without a prompt); ``opens``: that this
    is nothing but an opened thought; ``offered``: function -> a container of its argument names (None where neither
    tools nor a prompt were given); ``refused``: the code that any answer gets, because the rest cannot be read;
    ``found``: what was found of answers, because those of a group agree often but for their reasoning.
    """

    head: str | None
    opens: bool
    gold: Gold
    offered: Mapping[Any, Any] | None
    refused: str | None
    found: dict[str, Found]


def star_reward(completion: Any, task: Task) -> Reward:
    """What the release says of an answer, and -1 where it raises."""
    question: Question = task.view(_question)
    if not isinstance(completion, str):
        return made(*_judge_structured(completion, task, question))
    try:
        answer = answer_of(completion, question.head, opens=question.opens)
    except Refused as refusal:
        return made(0.0, 0.0, 0.0, refusal.code, False)
    found = question.found.get(answer)
    if found is None:
        if len(question.found) >= MOST_JUDGED:
            question.found.clear()
        found = question.found[answer] = _judge_text(answer, question)
    return made(*found)


def _question(task: Task) -> Question:
    head = last_turn(task.prompt) if isinstance(task.prompt, str) else None
    opens = head is not None and opens_thought(head)
    try:
        return Question(head, opens, _gold(task), _offered(task), None, {})
    except Refused as refusal:
        return Question(head, opens, "", None, refusal.code, {})


def _judge_text(answer: str, question: Question) -> Found:
    """What is found of the text after the reasoning."""
    if question.refused is not None:
        return 0.0, 0.0, 0.0, question.refused, False
    try:
        calls = calls_of(answer)
    except Refused as refusal:
        return 0.0, 0.0, 0.0, refusal.code, True
    return _judge(calls, answer, question)


def _judge_structured(completion: Any, task: Task, question: Question) -> Found:
    """What is found of an answer whose calls were read by somebody else; the release knows no such form."""
    if question.refused is not None:
        return 0.0, 0.0, 0.0, question.refused, False
    output = output_of(completion, task)
    if output.failed:
        return 0.0, 0.0, 0.0, "call:malformed", True
    calls = [(call.name, call.arguments) for call in output.calls]
    return _judge(calls or None, output.reply, question)


def _judge(calls: list[StarCall] | None, reply: str, question: Question) -> Found:
    """What is found of an answer that was read; where there are ``calls``, even none, the reply does not count."""
    try:
        if calls and question.offered is not None:
            _check(calls, question.offered)
        of_calls, of_reply, code = _credit(calls, reply, question.gold)
    except Refused as refusal:
        return 0.0, 0.0, 0.0, refusal.code, calls is not None
    return 1.0, of_calls, of_reply, code, calls is not None


def _check(calls: list[StarCall], offered: Mapping[Any, Any]) -> None:
    """Refuse calls of unknown functions, and with unknown arguments."""
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


# ---- what was asked ----


def _gold(task: Task) -> Gold:
    """The label, read as the release reads it; golds that are no label texts in the way of the other rewards."""
    gold = task.gold
    if not isinstance(gold, str):
        return task.expected
    _, thought, answer = gold.partition(THOUGHT)
    if thought and THOUGHT not in answer:
        answer = answer.strip()
        try:
            calls = calls_of(answer)
            return answer if calls is None else calls
        except Refused:
            pass
    try:
        value = json.loads(gold)
        if isinstance(value, (list, dict)):  # JSON of calls, which the release cannot read
            return read_gold(value, lambda: task.offered.tools)
    except (ValueError, RecursionError, InputError):
        pass
    raise Refused("gold:unreadable")


def _offered(task: Task) -> Mapping[Any, Any] | None:
    """Function -> a container of its argument names; None where neither tools nor a prompt were given."""
    if isinstance(task.prompt, str) and (task.tools is None or TOOLS in task.prompt):
        found = tools_of(task.prompt)
        if found is None:
            raise Refused("prompt:unreadable")
        return found
    if not task.offered.by_name:
        return None if task.prompt is None else {}
    return {tool.name: tool.parameters.get("properties", {}) for tool in task.offered.tools}


# ---- the similarity ----


def _credit(calls: list[StarCall] | None, reply: str, gold: Gold) -> Credit:
    if isinstance(gold, Expected):
        return _as_expected(calls, reply, gold)
    if gold and isinstance(gold, list):
        return _of_calls(calls, gold) if calls else (0.0, 0.0, "call:none")
    if calls is not None:
        return 0.0, 0.0, "call:unexpected"
    if isinstance(gold, str):
        return _of_reply(_reply(reply, gold))
    if reply:
        raise Refused("official:crash")  # a label with an unclosed call tag has no reply to compare with
    return _of_reply(0.0)


def _as_expected(calls: list[StarCall] | None, reply: str, gold: Expected) -> Credit:
    """The same for golds that the release cannot hold: alternatives, several replies, abstention."""
    if gold.kind == "abstain":
        return _of_reply(1.0) if calls is None else (0.0, 0.0, "call:unexpected")
    if gold.kind == "any_call":
        return _of_reply(1.0) if calls else (0.0, 0.0, "call:none")
    if gold.kind == "reply":
        if calls is not None:
            return 0.0, 0.0, "call:unexpected"
        return _of_reply(max((_reply(reply, wanted) for wanted in gold.replies), default=0.0))
    if not calls:
        return 0.0, 0.0, "call:none"
    if any(not isinstance(arguments, dict) and arguments for _, arguments in calls):
        raise Refused("official:crash")
    made_calls = [Call(str(name), arguments or {}) for name, arguments in calls]
    matching = match_calls(made_calls, gold.calls, PROFILES["star"])
    return _of_pairs(matching.value, len(calls), len(gold.calls), len(matching.pairs))


def _of_calls(predicted: list[StarCall], gold: list[StarCall]) -> Credit:
    try:
        credited = first_come(predicted, gold)
    except RAISED:
        raise Refused("official:crash") from None
    value = sum(credited) / (len(gold) - len(credited) + len(predicted))
    return _of_pairs(value, len(predicted), len(gold), len(credited))


def _of_pairs(value: float, predicted: int, gold: int, paired: int) -> Credit:
    if value == 1.0:
        return 1.0, 0.0, None
    return value, 0.0, count_code(predicted, gold, paired, False) or "argument:value"


def _reply(got: str, wanted: str) -> float:
    return rouge_f1(got, wanted) if got else 0.0


def _of_reply(similarity: float) -> Credit:
    return 0.0, similarity, None if similarity == 1.0 else "reply:differs"
