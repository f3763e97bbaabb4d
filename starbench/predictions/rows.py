"""A row of a prediction file, and what is said when a row cannot be used.

Example of rows, one JSON object a line::

    {"id": "simple_python_0", "output": "<tool_call>…</tool_call>", "model": "mine"}
    {"id": "simple_python_1", "message": {"role": "assistant", "tool_calls": […]}}
    {"id": "simple_python_2", "result": [{"math_hypot": "{\\"x\\": 4, \\"y\\": 5}"}]}
    {"id": "normal_atom_bool_0", "result": "[f(a=True)]", "language": "zh"}
    {"id": "agent_multi_step_0", "result": [{"BaseApi": {…}}], "process": ["[login_device(…)]"]}
    {"id": "q7", "tools": […], "messages": […], "expected": [{"name": "add", "arguments": {"a": 1}}], "output": "…"}

``output`` is what the model wrote, ``message`` the chat message of a server that separates calls from text, ``result``
what an official result file holds, in which an agent's trace stands beside as ``process``. ``language`` is for
benchmarks whose ids are the same in several. The last row is self-contained: it brings its own case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Form = Literal["output", "message", "result"]
FORMS: tuple[Form, ...] = ("output", "message", "result")
CASE_FIELDS = ("tools", "messages", "expected", "category")


class Prediction(NamedTuple):
    """One model's answer to one case, not yet read. A plain tuple, because every answer is one, and some are sent on.

    ``answer`` is the JSON value of the field named by ``form``; with a trace it is ``{"result": …, "process": …}``.
    ``case`` holds the :data:`CASE_FIELDS` of a self-contained row, and is None where the case is a benchmark's.
    """

    file: str
    row: int
    model: str
    id: str
    form: Form
    answer: Any
    dialect: str | None = None
    benchmark: str | None = None
    language: str | None = None
    case: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """Something in the input that cannot be scored; ``row`` is None where it is the file as a whole."""

    file: str
    row: int | None
    reason: str
    id: str | None = None

    @property
    def sentence(self) -> str:
        """The reason with its place, for people."""
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}: {self.reason}"


def read_row(value: Any, file: str, row: int, model: str, language: str | None = None) -> Prediction | BadRow:
    """Read one JSON value as a prediction; ``model`` and ``language`` are those used where the row gives none."""
    if not isinstance(value, dict):
        return BadRow(file, row, f"a row is a JSON object with an id and an answer, but this is {_kind(value)}")
    case_id = value.get("id")
    if isinstance(case_id, bool) or not isinstance(case_id, (str, int)) or case_id == "":
        given = f"its id is {_kind(case_id)}" if "id" in value else f"it has none ({_fields(value)})"
        return BadRow(file, row, f'a row needs the id of its case, as text, under "id"; {given}')
    case_id = str(case_id)
    for name in ("model", "dialect", "benchmark", "language"):
        if not isinstance(value.get(name, ""), (str, type(None))):
            return BadRow(file, row, f'"{name}" must be text, but is {_kind(value[name])}', case_id)
    forms = [form for form in FORMS if form in value]
    if len(forms) != 1:
        return BadRow(file, row, _answer_problem(value, forms), case_id)
    return Prediction(
        file=file,
        row=row,
        model=value.get("model") or model,
        id=case_id,
        form=forms[0],
        answer=_answer(value, forms[0]),
        dialect=value.get("dialect"),
        benchmark=value.get("benchmark"),
        language=value.get("language") or language,
        case={name: value[name] for name in CASE_FIELDS if name in value} if "expected" in value else None,
    )


def _answer(value: Mapping[str, Any], form: Form) -> Any:
    """The answer of a row; an agent's result with its trace."""
    if form == "result" and "process" in value:
        return {"result": value["result"], "process": value["process"]}
    return value[form]


def _answer_problem(value: Mapping[str, Any], forms: list[Form]) -> str:
    if forms:
        return f"it has {len(forms)} answers ({', '.join(forms)}); leave the one that should be scored"
    return f'it has no answer: put it under "output", "message" or "result" ({_fields(value)})'


def _fields(value: Mapping[str, Any]) -> str:
    names = ", ".join(list(value)[:8])
    return f"fields here: {names}" if names else "the object is empty"


def _kind(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return "empty text" if value == "" else names[type(value)]
