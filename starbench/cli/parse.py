"""``starbench parse``: what was read from a model's answer, and why.

Example::

    $ echo '<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>' | starbench parse - --explain
    $ starbench parse preds.jsonl --dialect hermes --tools tools.json --json

FILE is one answer as text, or JSON lines with an ``output``, ``message`` or ``result`` each (rows may bring their own
``tools`` and ``dialect``). Exit code 1 if a row cannot be used; the others are still shown.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from starbench.errors import InputError, StarbenchError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from starbench.types import Attempt, Output, Tool

_FIELDS = ("output", "message", "result")
_STYLES = {"parsed": "green", "malformed": "red", "truncated": "yellow", "in_reasoning": "dim cyan"}


@dataclass(frozen=True, slots=True)
class Row:
    """One answer to read: ``label`` names it for people, ``fault`` says why it cannot be used."""

    label: str
    source: Any = None
    dialect: str | None = None
    tools: Any = None
    fault: str | None = None


@click.command(name="parse")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--dialect", default="auto", show_default=True, help="The written form; see starbench dialects.")
@click.option("--tools", "tools_file", type=click.Path(exists=True, dir_okay=False), help="JSON file of tools.")
@click.option("--explain", is_flag=True, help="Show the marked text, every attempt, and why the dialect was chosen.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
@click.option("--repair", is_flag=True, help="Repair what is almost well-formed; every repair is named.")
def parse_command(file: str, dialect: str, tools_file: str | None, explain: bool, as_json: bool, repair: bool) -> None:
    """Read the calls in a model's answer FILE (- for standard input)."""
    from rich.console import Console

    import starbench
    from starbench.tools import read_tools

    console = Console(highlight=False)
    shared = read_tools(_json(Path(tools_file).read_text(encoding="utf-8"), tools_file)) if tools_file else ()
    faults = 0
    for row in _rows(_text(file), "standard input" if file == "-" else file):
        if row.fault is not None:
            click.echo(row.fault, err=True)
            faults += 1
            continue
        try:
            tools = read_tools(row.tools) if row.tools is not None else shared
            output = starbench.parse(row.source, row.dialect or dialect, tools, repair=repair)
        except StarbenchError as problem:
            click.echo(f"{row.label}: {problem}", err=True)
            faults += 1
            continue
        if as_json:
            click.echo(json.dumps(_record(row, output, tools), ensure_ascii=True))
        else:
            _show(console, row, output, tools, explain)
    if faults:
        sys.exit(1)


def _text(file: str) -> str:
    """The text of a file or of standard input."""
    try:
        if file == "-":
            return sys.stdin.buffer.read().decode("utf-8")
        return Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}; give a file, or - for standard input") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is no UTF-8 text (byte {error.start}); give a text file or JSON lines") from None


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is no JSON: {error}; give a JSON list of tool definitions") from None


def _rows(text: str, name: str) -> Iterator[Row]:
    """The answers in ``text``: JSON lines if its first line is such a row, otherwise the one answer that it is."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines or _row(lines[0][1], "") is None:
        yield Row(name, text)
        return
    for number, line in lines:
        row = _row(line, f"row {number}")
        fault = f"{name}, row {number}: not a JSON object with one of {', '.join(_FIELDS)}; the row is left out"
        yield row or Row(f"row {number}", fault=fault)


def _row(line: str, label: str) -> Row | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, Mapping) or not any(field in value for field in _FIELDS):
        return None
    source = next(value[field] for field in _FIELDS if field in value)
    name = f"{label} ({value['id']})" if "id" in value else label
    return Row(name, source, value.get("dialect"), value.get("tools"))


def _record(row: Row, output: Output, tools: tuple[Tool, ...]) -> dict[str, Any]:
    """What ``--json`` prints."""
    import starbench

    return {
        "row": row.label,
        "dialect": output.dialect,
        "dialect_reason": output.dialect_reason,
        "candidates": [[d.dialect, d.confidence, d.reason] for d in starbench.detect(row.source, tools)],
        "reasoning": output.reasoning,
        "reasoning_complete": output.reasoning_complete,
        "reply": output.reply,
        "attempts": [_attempt_record(attempt) for attempt in output.attempts],
    }


def _attempt_record(attempt: Attempt) -> dict[str, Any]:
    call = attempt.call
    return {
        "span": attempt.span,
        "status": attempt.status,
        "name": call.name if call else None,
        "arguments": dict(call.arguments) if call else None,
        "problem": attempt.problem,
        "repairs": list(attempt.repairs),
        "raw": attempt.raw,
    }


def _show(console: Console, row: Row, output: Output, tools: tuple[Tool, ...], explain: bool) -> None:
    """What people see: a line an answer and a line an attempt; with ``explain`` the marked text and the ranking."""
    from rich.text import Text

    import starbench

    counts = f"{len(output.calls)} calls, {len(output.failed)} failed attempts"
    console.print(Text.assemble((row.label, "bold"), f": {output.dialect}, {counts}"))
    if explain:
        console.print(Text(f"  dialect: {output.dialect} ({output.dialect_reason})"))
        for found in starbench.detect(row.source, tools):
            console.print(Text(f"    candidate {found.dialect}: {found.confidence:.2f}, {found.reason}", "dim"))
        if output.reasoning or not output.reasoning_complete:
            console.print(Text(f"  reasoning: {_reasoning_place(output)}"))
    for number, attempt in enumerate(output.attempts, 1):
        console.print(_attempt_line(number, attempt))
    if explain and output.reply:
        console.print(Text(f"  reply: {output.reply}"))
    if explain and output.text:
        console.print(_marked(output), "")


def _reasoning_place(output: Output) -> str:
    """Where the reasoning stands, how long it is, and whether it was closed."""
    start = output.text.find(output.reasoning)
    place = f"[{start}:{start + len(output.reasoning)}]" if start >= 0 else "in several places"
    state = "complete" if output.reasoning_complete else "never closed"
    return f"{place}, {len(output.reasoning)} characters, {state}"


def _attempt_line(number: int, attempt: Attempt) -> Text:
    from rich.text import Text

    place = f" [{attempt.span[0]}:{attempt.span[1]}]" if attempt.span else ""
    line = Text(f"  {number}. ").append(attempt.status, _STYLES[attempt.status]).append(place)
    if attempt.call is not None:
        line.append(
            f" {attempt.call.name}({json.dumps(dict(attempt.call.arguments), ensure_ascii=False, default=str)})"
        )
    if attempt.problem:
        line.append(f" - {attempt.problem}")
    for repair in attempt.repairs:
        line.append(f"\n       note: {repair}", "dim")
    return line


def _marked(output: Output) -> Text:
    """The text with its attempts between ⟦ and ⟧, each under its number and coloured by status."""
    from rich.text import Text

    text, position = Text(), 0
    for number, attempt in enumerate(output.attempts, 1):
        if attempt.span is not None:
            start, end = attempt.span
            text.append(output.text[position:start])
            text.append(f"⟦{number} {output.text[start:end]}⟧", _STYLES[attempt.status])
            position = end
    return text.append(output.text[position:])
