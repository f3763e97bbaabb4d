"""The JSON values of a file, one at a time, with every broken place named.

Reads JSON lines (``.jsonl``, and BFCL's ``.json`` files, which are JSON lines too), one JSON list, and either of them
gzipped::

    {"id": "a", "output": "…"}        ->  (1, {"id": "a", "output": "…"})
    {"id": "b", "outp                 ->  BadRow("preds.jsonl", 2, "it breaks off …")

JSON lines are read as a stream; a JSON list is held in memory as text while its items are read.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starbench.predictions.rows import BadRow

Item = tuple[int, Any]
HEAD = 4096
"""How many bytes are looked at to tell text from binary data."""


def read_values(path: Path, name: str) -> Iterator[Item | BadRow]:
    """Every JSON value of the file with its number (line, or place in the list, from 1), or why there is none.

    ``name`` is what the file is called in messages. Never raises on what stands in the file.
    """
    try:
        with path.open("rb") as raw:
            yield from _read_stream(_unpacked(raw), name)
    except (OSError, EOFError, zlib.error) as problem:
        yield BadRow(name, None, f"the file cannot be read to its end ({_lower(problem)})")


def _unpacked(raw: io.BufferedReader) -> io.BufferedReader:
    """The stream itself, or what is inside where it is gzipped (told by its first bytes, not by its name)."""
    if raw.peek(2)[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    return raw


def _read_stream(stream: io.BufferedReader, name: str) -> Iterator[Item | BadRow]:
    head = stream.peek(HEAD)[:HEAD]
    if b"\0" in head:
        hint = " (UTF-16? save it as UTF-8)" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        yield BadRow(name, None, f"the file is binary, not JSON lines{hint}")
        return
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    if start[:1] == b"[":
        items = _list_items(stream.read(), name)
    elif start in (b"{\n", b"{\r"):
        items = iter([BadRow(name, None, "the file holds one JSON object over several lines; write one object a line")])
    else:
        items = _lines(stream, name)
    empty = True
    for item in items:
        empty = False
        yield item
    if empty:
        yield BadRow(name, None, "the file is empty")


def _lines(stream: io.BufferedReader, name: str) -> Iterator[Item | BadRow]:
    for number, line in enumerate(stream, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            yield number, json.loads(line.decode("utf-8").rstrip())
        except UnicodeDecodeError as problem:
            yield BadRow(name, number, f"the line is not UTF-8 text (byte {problem.start + 1})")
        except (ValueError, RecursionError) as problem:
            yield BadRow(name, number, _broken(problem, last=not line.endswith(b"\n")))


def _list_items(data: bytes, name: str) -> Iterator[Item | BadRow]:
    """The items of one JSON list; what stands before a broken place is still given out."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        yield BadRow(name, None, f"the file is not UTF-8 text (byte {problem.start + 1})")
        return
    decoder = json.JSONDecoder()
    position = _skip_space(text, text.index("[") + 1)
    number = 0
    while text[position : position + 1] != "]":
        number += 1
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as problem:
            yield BadRow(name, number, f"{_broken(problem, last=True)}; the list is read up to here")
            return
        yield number, value
        position = _skip_space(text, position)
        if text[position : position + 1] == ",":
            position = _skip_space(text, position + 1)
        elif text[position : position + 1] != "]":
            yield BadRow(name, number + 1, "the list is broken after the item before; it is read up to here")
            return


def _skip_space(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\n", "\r", "\t"):
        position += 1
    return position


def _broken(problem: Exception, *, last: bool) -> str:
    """Why a text is not JSON; the ``last`` one of a file may simply have been cut off."""
    if isinstance(problem, RecursionError):
        return "it is nested too deeply to be read"
    if not isinstance(problem, json.JSONDecodeError):
        return f"it cannot be read as JSON ({_lower(problem)})"
    if last and (problem.msg.startswith("Unterminated") or problem.pos >= len(problem.doc.rstrip())):
        return "it breaks off before its end (was the run that wrote it interrupted?)"
    return f"it is not valid JSON ({_lower_first(problem.msg)}, at character {problem.colno})"


def _lower(problem: Exception) -> str:
    """An exception's text as part of a sentence."""
    return _lower_first(getattr(problem, "strerror", None) or str(problem) or type(problem).__name__)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
