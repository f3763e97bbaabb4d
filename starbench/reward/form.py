"""The format rule, F of the paper's equation: what makes an answer worth -1 whatever it says.

F is 1 when all of this holds, else 0 and a code:

* reasoning, where there is some, is closed once, before the answer (``required``: there must be some);
* every call can be read and is complete;
* every called function is on offer, every argument is one of its parameters, and no required argument is missing.

What the gold itself does is never against the rule: a function it calls is on offer, an argument it gives is known, and
an argument it leaves out is not required. So a case's own gold keeps its format, whatever the tools say. Types and
values are not part of the format; the similarity grades them. Where no tools are known, names are not checked.
"""

from __future__ import annotations

from starbench.reward.hermes import Answer
from starbench.reward.offered import Definition
from starbench.reward.task import Task
from starbench.types import Call, ExpectedCall


def format_problem(answer: Answer, task: Task, *, reasoning_required: bool = False) -> str | None:
    """The code of the first breach of the format rule; None where F is 1."""
    if answer.problem is not None:
        return answer.problem
    if reasoning_required and not answer.reasoned:
        return "reasoning:missing"
    strange = [call for call in answer.calls if not _as_in_gold(call, task)]
    if strange or (answer.calls and task.tools is not None):  # a prompt's tools are slow to read, and rarely needed
        offered = task.offered.by_name
        problems = (_call_problem(call, offered.get(call.name), task) for call in strange)
        return next(filter(None, problems), None) if offered else None
    return None


def _as_in_gold(call: Call, task: Task) -> bool:
    """Whether the gold calls the same function with the same arguments, so that no definition can speak against it."""
    given = call.arguments.keys()
    return any(wanted.name == call.name and wanted.arguments.keys() == given for wanted in task.expected.calls)


def _call_problem(call: Call, definition: Definition | None, task: Task) -> str | None:
    if definition is None:
        return None if _gold_calls(call, task) else "call:unknown_tool"
    known, required, is_open = definition.signature
    unknown = [] if is_open else [name for name in call.arguments if name not in known]
    missing = [name for name in required if name not in call.arguments]
    if not unknown and not missing:
        return None
    gold = _gold_calls(call, task)
    if any(not any(name in wanted.arguments for wanted in gold) for name in unknown):
        return "argument:unexpected"
    if any(all(_demands(wanted, name) for wanted in gold) for name in missing):
        return "argument:missing"
    return None


def _gold_calls(call: Call, task: Task) -> list[ExpectedCall]:
    return [wanted for wanted in task.expected.calls if wanted.name == call.name]


def _demands(wanted: ExpectedCall, name: str) -> bool:
    return name in wanted.arguments and not wanted.arguments[name].optional
