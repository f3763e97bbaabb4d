"""One case side by side: what was asked, what the model wrote, what was read, what was expected.

Example of the middle part::

    weather_now  0.5000  partial
      argument   expected    read           similarity   why
      place      "Bergen"    "Bergen"           1.0000   equal
      unit       "celsius"   "fahrenheit"       0.0000   value
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from starbench.reports.text import as_json, safe
from starbench.scoring.explain import explain, nearest
from starbench.types import Accepted, ArgumentPart, Attempt, CallPart, Case, Output, Tool, Verdict

STYLES = {"parsed": "green", "malformed": "red", "truncated": "red", "in_reasoning": "dim"}
"""How an attempt is marked, by its status."""
LONGEST = 4000
"""How many characters of a text are shown; a whole one can be asked for."""
LONGEST_VALUE = 600
LONGEST_LINE = 100
MOST = 40
"""How many attempts and how many calls are shown."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """What is shown of one answer: the case, the answer as read, and a verdict for each grading (``strict`` is one)."""

    model: str
    case: Case
    output: Output
    verdicts: Mapping[str, Verdict]
    whole: bool = False


def case_report(view: CaseView) -> RenderableType:
    """All sections, top to bottom as one reads them."""
    title = f"{view.case.id} · {view.case.category} · {view.case.benchmark} · {view.model}"
    return Group(
        Text(safe(title), style="bold"),
        *_section("asked", *(_message(message, view) for message in view.case.messages)),
        *_section("tools", *(_tool(tool, view.whole) for tool in view.case.tools)),
        *_section(f"answer, read as {view.output.dialect}", *_answer(view)),
        *_section("read and expected", *_comparison(view)),
        *_section("verdicts", *_verdicts(view)),
    )


def _section(title: str, *content: RenderableType) -> Iterator[RenderableType]:
    yield Rule(Text(safe(title)), align="left", style="dim")
    yield Padding(Group(*content) if content else Text("(none)", style="dim"), (0, 0, 1, 2))


def _message(message: Mapping[str, Any], view: CaseView) -> Text:
    content = message.get("content")
    shown = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)
    return Text.assemble((f"{safe(str(message.get('role', '?')))}: ", "bold"), _cut(shown, view))


def _tool(tool: Tool, whole: bool) -> Text:
    properties = tool.parameters.get("properties", {})
    required = tool.parameters.get("required", ())
    names = ", ".join(name if name in required else f"[{name}]" for name in properties)
    description = safe(tool.description).split("\n", 1)[0]
    if len(description) > LONGEST_LINE and not whole:
        description = f"{description[:LONGEST_LINE]}…"
    return Text.assemble((safe(tool.name), "cyan"), safe(f"({names})  "), (description, "dim"))


def _answer(view: CaseView) -> Iterator[RenderableType]:
    output = view.output
    if output.text:
        yield marked(output) if view.whole or len(output.text) <= LONGEST else _cut(output.text, view)
    elif not output.attempts:
        yield Text("(nothing)", style="dim")
    if not output.reasoning_complete:
        yield Text("the reasoning was opened and never closed, so nothing after it counts", style="red")
    for number, attempt in enumerate(output.attempts[:MOST], 1):
        yield _attempt(number, attempt)
    yield from _more(output.attempts, "attempts")


def _more(items: Sized, what: str) -> Iterator[Text]:
    if len(items) > MOST:
        yield Text(f"… and {len(items) - MOST:,} more {what}", style="dim")


def marked(output: Output) -> Text:
    """The raw text with every attempt numbered and in the colour of its status, the reasoning dimmed."""
    text = Text()
    position = 0
    for number, attempt in enumerate(output.attempts, 1):
        if attempt.span is None or attempt.span[0] < position:
            continue
        start, end = attempt.span
        style = STYLES[attempt.status]
        text.append(safe(output.text[position:start]))
        text.append(f"{number}▸", style=f"bold {style}")
        text.append(safe(output.text[start:end]), style=style)
        text.append("◂", style=f"bold {style}")
        position = end
    text.append(safe(output.text[position:]))
    return text


def _attempt(number: int, attempt: Attempt) -> Text:
    line = Text(f"{number}▸ {attempt.status}", style=STYLES[attempt.status])
    if attempt.span is None:
        line.append(f"  {_value(attempt.raw)}")
    if attempt.problem:
        line.append(safe(f": {attempt.problem}"))
    if attempt.repairs:
        line.append(safe(f" (liberties taken: {'; '.join(attempt.repairs)})"))
    return line


def _comparison(view: CaseView) -> Iterator[RenderableType]:
    expected = view.case.expected
    if expected.kind == "abstain":
        yield Text("expected: no call")
    elif expected.kind == "any_call":
        yield Text("expected: some call of an offered tool")
    elif expected.kind == "reply":
        yield Text(safe(f"expected: the reply {' or '.join(map(repr, expected.replies))}, and no call"))
        yield Text(safe(f"read:     the reply {view.output.reply.strip()!r}"))
    parts = view.verdicts["strict"].similarity.parts
    for part in parts[:MOST]:
        yield from _part(part, view)
    yield from _more(parts, "calls")
    for row in explain(parts[:MOST]):
        for line in row.get("difference", ()):
            yield Text(safe(f"{row['call']}.{row['argument']}{line}"), style="yellow")


def _part(part: CallPart, view: CaseView) -> Iterator[RenderableType]:
    """A call with its similarity, and below it its arguments beside the expected ones, or the side that is there."""
    style = "green" if part.similarity == 1.0 else "red"
    yield Text.assemble(
        (safe(part.name or "(unreadable)"), "bold"), f"  {part.similarity:.4f}  ", (safe(part.reason), style)
    )
    if part.arguments:
        yield Padding(_arguments_table(part), (0, 0, 0, 2))
    elif part.expected is not None:
        wanted = view.case.expected.calls[part.expected].arguments
        needed = {name: nearest(None, place) for name, place in wanted.items() if not place.optional}
        yield Text(f"  expected: {_value(as_json(needed))}")
    elif part.predicted is not None:
        yield Text(f"  read: {_value(as_json(dict(view.output.calls[part.predicted].arguments)))}")


def _arguments_table(part: CallPart) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    table.add_column("argument", overflow="fold", max_width=24)
    table.add_column("expected", overflow="fold", min_width=8)
    table.add_column("read", overflow="fold", min_width=8)
    table.add_column("similarity", justify="right", no_wrap=True)
    table.add_column("why", no_wrap=True)
    for argument in part.arguments:
        table.add_row(*_argument_cells(argument))
    return table


def _argument_cells(part: ArgumentPart) -> Iterator[Text | str]:
    yield Text(safe(part.name))
    yield Text("" if part.reason == "unexpected" else _accepted(part))
    yield Text("" if part.reason == "missing" else _value(as_json(part.got)))
    yield f"{part.similarity:.4f}"
    yield Text(part.reason, style="green" if part.similarity == 1.0 else "red")


def _accepted(part: ArgumentPart) -> str:
    """The nearest accepted value first, then how many others there are."""
    alternatives = part.wanted if isinstance(part.wanted, tuple) else (part.wanted,)
    more = f"  (or {len(alternatives) - 1} more)" if len(alternatives) > 1 else ""
    return _value(as_json(nearest(part.got, Accepted(alternatives)))) + more


def _value(text: str) -> str:
    """A value in one cell or line, cut where it is long."""
    return safe(text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text):,} characters)")


def _verdicts(view: CaseView) -> Iterator[Text]:
    for grading, verdict in view.verdicts.items():
        word, style = ("right", "bold green") if verdict.valid else ("wrong", "bold red")
        line = Text.assemble(f"{grading}: ", (word, style))
        if verdict.error:
            line.append(safe(f"  {verdict.error}"))
        if verdict.message:
            line.append(safe(f"  {verdict.message}"), style="dim")
        yield line
    similarity = view.verdicts["strict"].similarity
    yield Text(f"similarity: {similarity:.4f} ({similarity.profile})")


def _cut(text: str, view: CaseView) -> Text:
    if view.whole or len(text) <= LONGEST:
        return Text(safe(text))
    cut = Text(safe(text[:LONGEST]))
    cut.append(f"\n… {len(text) - LONGEST:,} more characters (see them with --whole)", style="dim")
    return cut
