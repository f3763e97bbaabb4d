"""Every scored case as a reader wants to see it: the records that the failure viewer's page is made of.

Example of one record, cut::

    {"id": "simple_python_7", "message": "the argument 'unit' …", "dialect": "hermes",
     "prompt": [["user", "What is …"]], "tools": [3], "answer": [["Sure. ", 0], ["<tool_call>…", 1]],
     "attempts": [["parsed", null, [], null]], "expects": "1 call",
     "parts": [{"name": "convert", "similarity": 0.5, "reason": "partial",
                "arguments": [["unit", "\\"celsius\\"", 0, "\\"kelvin\\"", 0.0, "value"]]}], "differences": []}

All values are text already: a number of twenty digits must not be rounded by the browser that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.benchmarks import Benchmark
from starbench.errors import StarbenchError
from starbench.reports.scored_run import Row, counted
from starbench.reports.text import as_json, safe
from starbench.scoring.explain import nearest
from starbench.types import Accepted, Case, Fields, Tool

LONGEST = 20_000
"""How many characters of one text a page holds; a runaway answer of megabytes would drown the others."""
LONGEST_VALUE = 4_000
MOST = 200
"""How many attempts and how many calls of one answer a page holds."""
SNIPPET = 110


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One answer: its line in the list, what is shown when it is opened, and the tools that were offered."""

    line: dict[str, Any]
    detail: dict[str, Any]
    tools: tuple[Tool, ...]


def case_records(rows: Iterable[Row], benchmark: Benchmark | None) -> Iterator[CaseRecord]:
    """The records of scored rows, in order; without a benchmark they lack prompts and tools."""
    for row in rows:
        case = _case(row, benchmark)
        yield CaseRecord(_line(row, case), _detail(row, case), case.tools if case else ())


def tool_record(tool: Tool) -> list[str]:
    """A tool as its signature, its description and its parameters in JSON."""
    properties = tool.parameters.get("properties", {})
    required = tool.parameters.get("required", ())
    names = ", ".join(name if name in required else f"[{name}]" for name in properties)
    return [safe(f"{tool.name}({names})"), _cut(tool.description), as_json(dict(tool.parameters), indent=1)[:LONGEST]]


def _case(row: Row, benchmark: Benchmark | None) -> Case | None:
    try:
        return benchmark.case(row["id"]) if benchmark else None
    except StarbenchError:  # the cases at hand are others than those that were scored
        return None


def _line(row: Row, case: Case | None) -> dict[str, Any]:
    verdict = "not counted" if not counted(row) else "right" if row["valid"] else "wrong"
    return {
        "model": safe(row["model"]),
        "id": safe(row["id"]),
        "category": safe(row["category"]),
        "code": safe(row["error"] or ""),
        "verdict": verdict,
        "similarity": round(row["similarity"], 4) if row["similarity"] < 1 else 1,
        "snippet": _snippet(case),
    }


def _snippet(case: Case | None) -> str:
    """What the user asked last, as far as it fits into a line."""
    texts = [_content(message) for message in (case.messages if case else ()) if message.get("role") == "user"]
    text = " ".join(texts[-1][:LONGEST].split()) if texts else ""
    return text if len(text) <= SNIPPET else f"{text[:SNIPPET]}…"


def _detail(row: Row, case: Case | None) -> dict[str, Any]:
    answer = row.get("answer") or {}
    return {
        "message": safe(row.get("message") or ""),
        "dialect": safe(row.get("dialect") or ""),
        "prompt": [[safe(str(m.get("role", "?"))), _cut(_content(m))] for m in case.messages] if case else [],
        "answer": _segments(answer),
        "beside": [[name, _cut(answer[name])] for name in ("reasoning", "reply") if answer.get(name)],
        "unclosed": answer.get("reasoning_complete") is False,
        "attempts": [_attempt(a) for a in answer.get("attempts", ())[:MOST]],
        "expects": _expects(row.get("expected") or {}),
        "parts": [_part(part, row) for part in row.get("parts", ())[:MOST]],
        "differences": [safe(line) for line in _differences(row)],
    }


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return as_json({name: value for name, value in message.items() if name != "role"} if content is None else content)


def _segments(answer: Mapping[str, Any]) -> list[list[Any]]:
    """The text of an answer cut at its attempts: pieces with the number of their attempt, 0 for none.

    Cut here and not in the page, as a browser counts characters otherwise.
    """
    text = safe(answer.get("text") or "")
    pieces: list[list[Any]] = []
    position = 0
    for number, attempt in enumerate(answer.get("attempts", ())[:MOST], 1):
        span = attempt.get("span")
        if span is None or span[0] < position or span[1] > LONGEST:
            continue
        pieces += [[text[position : span[0]], 0], [text[span[0] : span[1]], number]]
        position = span[1]
    pieces.append([_cut(text[position:], max(LONGEST - position, 0)), 0])
    return [piece for piece in pieces if piece[0]]


def _attempt(attempt: Mapping[str, Any]) -> list[Any]:
    raw = attempt.get("raw")
    problem = attempt.get("problem")
    repairs = [safe(repair) for repair in attempt.get("repairs", ())]
    return [attempt["status"], problem and safe(problem), repairs, None if raw is None else _cut(raw)]


def _expects(expected: Mapping[str, Any]) -> str:
    """What was expected, as a line."""
    kind = expected.get("kind")
    if kind == "abstain":
        return "no call"
    if kind == "any_call":
        return "some call of an offered tool"
    if kind == "reply":
        return safe(f"the reply {' or '.join(map(as_json, expected.get('replies', ())))}, and no call")
    calls = len(expected.get("calls", ()))
    return f"{calls} call{'' if calls == 1 else 's'}"


def _part(part: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """A pair with its arguments side by side, or a call without partner with those of the side that is there."""
    arguments = [_argument(argument) for argument in part["arguments"]]
    return {
        "name": safe(part["name"]),
        "similarity": part["similarity"],
        "reason": safe(part["reason"]),
        "arguments": arguments or _alone(part, row),
    }


def _alone(part: Mapping[str, Any], row: Row) -> list[list[Any]]:
    """The arguments of a call without partner, as :func:`_argument` has them, without similarity and reason."""
    wanted, got = part.get("expected"), part.get("predicted")
    expected, read = row.get("expected", {}).get("calls", ()), row.get("calls", ())
    if got is None and wanted is not None and wanted < len(expected):
        places = {name: _place(value) for name, value in expected[wanted]["arguments"].items()}
        return [
            [safe(name), _value(nearest(None, place)), max(len(place.alternatives) - 1, 0), None, None, ""]
            for name, place in places.items()
        ]
    if wanted is None and got is not None and got < len(read):
        return [[safe(name), None, 0, _value(value), None, ""] for name, value in read[got]["arguments"].items()]
    return []


def _argument(argument: Mapping[str, Any]) -> list[Any]:
    """Name, nearest accepted value, how many others are accepted, value read, similarity, why."""
    place = _place(argument["wanted"])
    more = max(len(place.alternatives) - 1, 0)
    reason = argument["reason"]
    return [
        safe(argument["name"]),
        None if reason == "unexpected" else _value(nearest(argument["got"], place)),
        more,
        None if reason == "missing" else _value(argument["got"]),
        argument["similarity"],
        safe(reason),
    ]


def _place(record: Any) -> Accepted:
    """What an argument accepts; a bare list is one of alternatives."""
    wanted = accepted(record)
    if isinstance(wanted, Accepted):
        return wanted
    return Accepted(tuple(wanted) if isinstance(wanted, list) else (wanted,))


def accepted(record: Any) -> Any:
    """An accepted value read back from :func:`~starbench.scoring.rows.accepted_record`."""
    if isinstance(record, dict) and record.keys() == {"alternatives", "optional"}:
        return Accepted(tuple(accepted(one) for one in record["alternatives"]), record["optional"])
    if isinstance(record, dict) and record.keys() == {"fields"}:
        return Fields({name: accepted(place) for name, place in record["fields"].items()})
    if isinstance(record, list):
        return [accepted(item) for item in record]
    return record


def _differences(row: Row) -> Iterator[str]:
    for line in row.get("explanation") or ():
        yield from (f"{line['call']}.{line['argument']}{difference}" for difference in line.get("difference", ()))


def _value(value: Any) -> str:
    return _cut(as_json(value), LONGEST_VALUE)


def _cut(text: str, longest: int = LONGEST) -> str:
    if len(text) <= longest:
        return safe(text)
    return f"{safe(text[:longest])}… ({len(text) - longest:,} more characters)"


def models_of(records: Sequence[CaseRecord]) -> list[str]:
    """The models, in order of appearance."""
    return list(dict.fromkeys(record.line["model"] for record in records))
