"""Reading and writing function calls in every form that models use.

    parse(text_or_message, dialect="auto", tools=None) -> Output      what was answered
    detect(text_or_message, tools=None) -> tuple[Detection, ...]      which dialects it may be, and why
    render(calls, dialect, tools=None) -> str | dict | list           the calls as a model would write them

A dialect is one written form; :data:`DIALECTS` lists them. Each is a table entry of one of a few grammars, one family
a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starbench.dialects.base import Detection, Toolbox
from starbench.dialects.messages import parse_message
from starbench.dialects.reading import UNREAD, detect_text, marked_dialect, parse_text, parse_with
from starbench.dialects.registry import DIALECTS, MESSAGE_DIALECTS, canonical, load
from starbench.types import Call, Output, Tool

if TYPE_CHECKING:
    from starbench.dialects.response_template import ResponseTemplate

__all__ = ["DIALECTS", "Detection", "describe", "detect", "detect_marked", "dialect_names", "parse", "render"]


def parse(
    source: object,
    dialect: str | ResponseTemplate = "auto",
    tools: Sequence[Tool] | None = None,
    *,
    repair: bool = False,
    reasoning_open: bool = False,
) -> Output:
    """Read what a model answered.

    ``dialect`` is a name or a model's own :class:`~starbench.dialects.response_template.ResponseTemplate`. ``source``
    is a text, a chat message (a mapping), a list (BFCL's rows of ``{name: JSON text}``, Responses items, calls, or
    messages), or None for no answer. ``tools`` help: they name positional arguments, type raw text, and back the
    choice of dialect. ``repair`` allows recorded repairs of calls that are not well-formed; without it they are
    ``malformed``. ``reasoning_open`` says that the prompt already opened the reasoning.

    Anything a model can write gives an Output; only an unknown ``dialect`` raises
    :class:`~starbench.errors.UnknownNameError`.
    """
    toolbox = Toolbox(tools or ())
    if not isinstance(dialect, str):
        if isinstance(source, str):
            return parse_with(source, dialect, toolbox, repair=repair)
        return parse_message(source, "auto", toolbox, repair=repair)
    dialect = canonical(dialect)
    if dialect != "auto" and dialect not in UNREAD:
        load(dialect)
    if not isinstance(source, str):
        return parse_message(source, dialect, toolbox, repair=repair)
    if dialect in MESSAGE_DIALECTS:
        return parse_message({"role": "assistant", "content": source}, dialect, toolbox)
    return parse_text(source, dialect, toolbox, repair=repair, reasoning_open=reasoning_open)


def detect(source: object, tools: Sequence[Tool] | None = None) -> tuple[Detection, ...]:
    """Every dialect that ``source`` may be written in, best first; empty if there is no sign of a call."""
    toolbox = Toolbox(tools or ())
    if isinstance(source, str):
        return detect_text(source, toolbox)
    output = parse_message(source, "auto", toolbox)
    return (Detection(output.dialect, 1.0, output.dialect_reason),) if output.attempts else ()


def detect_marked(text: str, tools: Sequence[Tool] | None = None) -> str | None:
    """The dialect of which a marker stands in ``text``, or None; the quick way where a benchmark asks for a form
    that has no marker, so that nothing but a marker speaks for another.
    """
    return marked_dialect(text, Toolbox(tools or ()))


def render(calls: Sequence[Call], dialect: str, tools: Sequence[Tool] | None = None) -> Any:
    """The calls as a model of that dialect writes them: a text, or a message or list for the structured dialects."""
    return load(canonical(dialect)).write(calls, Toolbox(tools or ()))


def dialect_names() -> tuple[str, ...]:
    """The names of all dialects of this package."""
    return tuple(DIALECTS)


def describe(name: str) -> str:
    """Which models write the dialect ``name``. Raises :class:`~starbench.errors.UnknownNameError`."""
    models: str = load(canonical(name)).models
    return models
