"""The row that every stage reads and writes.

Example of a row, one JSON object a line of a file::

    {"id": "xlam-7", "category": "train",
     "messages": [{"role": "user", "content": "How warm is it in Bergen?"}],
     "tools": [{"name": "weather_now", "parameters": {"place": {"type": "str"}}}],
     "answer": {"role": "assistant", "tool_calls": [{"name": "weather_now", "arguments": {"place": "Bergen"}}]},
     "expected": [{"name": "weather_now", "arguments": {"place": "Bergen"}}]}

``messages`` is the prompt. A row whose messages end with the assistant's turn (the paper's format) is read as well:
that turn becomes the answer. ``expected`` is in a notation of :mod:`starbench.benchmarks.custom`; where it is absent it
follows from the answer: its calls, else its text as the reply, else no call. Rollouts carry ``prompt`` and
``completion``, the texts as the model saw and wrote them; a completion goes before the answer when a row is encoded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from starbench.benchmarks.custom import OwnCases, read_case
from starbench.errors import InputError
from starbench.types import Case

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A prompt with the tools that it offers, what is expected, and what may have been answered.

    ``details`` is whatever else is worth keeping (a rollout's similarity, say); it is not read by training.
    """

    id: str
    messages: tuple[Message, ...]
    tools: tuple[Mapping[str, Any], ...]
    expected: Any
    category: str = "train"
    answer: Message | None = None
    prompt: str | None = None
    completion: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The text of the user's last turn, "" where there is none."""
        said = [message_text(message) for message in self.messages if message.get("role") == "user"]
        return said[-1] if said else ""

    def case(self) -> Case:
        """The row as a case, for the scorer; InputError where ``expected`` is in no known notation."""
        fields = {
            "category": self.category,
            "tools": list(self.tools),
            "messages": list(self.messages),
            "expected": self.expected,
        }
        return read_case(self.id, fields, "training")

    def record(self) -> dict[str, Any]:
        """The row as JSON, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in (None, {})} | {
            "expected": self.expected
        }


def message_text(message: Message) -> str:
    """The text of a message; of content in parts, the texts joined."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return "" if content is None else str(content)


def read_row(record: Mapping[str, Any], id: str) -> TrainingRow:
    """The row that a JSON object means; ``id`` is its name where it has none.

    Raises InputError, with a sentence that says which field is wrong and how it should be.
    """
    messages, answer = _turns(record)
    tools = record.get("tools") or []
    tools = json.loads(tools) if isinstance(tools, str) else tools
    if not isinstance(tools, Sequence) or not all(isinstance(tool, Mapping) for tool in tools):
        raise InputError('"tools" must be a list of tool definitions')
    for name in ("prompt", "completion"):
        if not isinstance(record.get(name), (str, type(None))):
            raise InputError(f'"{name}" must be text')
    if "expected" not in record and answer is None:
        raise InputError('the row has neither an "expected" answer nor an "answer"; give one of them')
    return TrainingRow(
        id=str(record.get("id", id)),
        messages=messages,
        tools=tuple(tools),
        expected=record["expected"] if "expected" in record else expected_of(answer or {}),
        category=str(record.get("category") or "train"),
        answer=answer,
        prompt=record.get("prompt"),
        completion=record.get("completion"),
        details=dict(record.get("details") or {}),
    )


def _turns(record: Mapping[str, Any]) -> tuple[tuple[Message, ...], Message | None]:
    messages = record.get("messages")
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    if not isinstance(messages, list) or not all(isinstance(m, Mapping) and "role" in m for m in messages):
        raise InputError('"messages" must be a list of {"role": …, "content": …} objects, or one text')
    answer = record.get("answer")
    if isinstance(answer, str):
        answer = {"role": "assistant", "content": answer}
    if answer is not None and not isinstance(answer, Mapping):
        raise InputError('"answer" must be the assistant\'s message or its text')
    if answer is None and messages and messages[-1]["role"] == "assistant":
        *messages, answer = messages
    if not messages:
        raise InputError('"messages" holds no prompt')
    return tuple(messages), answer


def expected_of(answer: Message) -> Any:
    """What an assistant's message says should be done: its calls, else its text as the reply, else no call."""
    calls = [_call(call) for call in answer.get("tool_calls") or []]
    return calls or message_text(answer) or []


def _call(call: Any) -> dict[str, Any]:
    """A bare ``{"name": …, "arguments": {…}}`` from that or from OpenAI's envelope with arguments as JSON text."""
    inner = call.get("function", call) if isinstance(call, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        raise InputError('a call in "tool_calls" must be {"name": …, "arguments": {…}}')
    arguments = inner.get("arguments", {})
    try:
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        arguments = None
    if not isinstance(arguments, Mapping):
        raise InputError(f"the arguments of the call of {inner['name']} must be a JSON object")
    return {"name": inner["name"], "arguments": dict(arguments)}


def calls_of(answer: Message) -> list[dict[str, Any]]:
    """The calls of an assistant's message, each as ``{"name": …, "arguments": {…}}``."""
    return [_call(call) for call in answer.get("tool_calls") or []]


def read_rows(path: str | Path) -> list[TrainingRow]:
    """The rows of a JSON lines file; InputError, naming file and line, for the first that cannot be used."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"the file of training rows {path} cannot be read ({problem})") from None
    rows: dict[str, TrainingRow] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = read_row(_object(line), f"{path.stem}-{number}")
            if row.id in rows:
                raise InputError(f"the id {row.id!r} is used twice")
        except InputError as problem:
            raise InputError(f"{path}, row {number}: {problem}") from None
        rows[row.id] = row
    return list(rows.values())


def _object(line: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, Mapping):
        raise InputError("a row is one JSON object a line")
    return record


def write_rows(path: str | Path, rows: Iterable[TrainingRow]) -> None:
    """Write ``rows`` as JSON lines: to a file beside ``path`` first, which then takes its place."""
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row.record(), ensure_ascii=False) + "\n")
    beside.replace(path)


def as_benchmark(rows: Iterable[TrainingRow], name: str = "held-out") -> OwnCases:
    """The rows as a benchmark of the scorer, graded strictly."""
    return OwnCases({row.id: row.case() for row in rows}, name, "own")
