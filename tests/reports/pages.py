"""What tests of pages need: a page read back the way a browser reads it."""

from __future__ import annotations

import base64
import json
import zlib
from html.parser import HTMLParser
from typing import Any


class Page(HTMLParser):
    """The elements of a page, its visible text, and its data."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self._inside = ""
        self.feed(page.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        elif self._inside != "style":
            self.text += data

    def script(self, id: str) -> str:
        return next(text for attributes, text in self.scripts if attributes.get("id") == id)

    @property
    def index(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.script("index"))
        return value

    def chunk(self, number: int = 0) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(self.script(f"chunk{number}"))))
        return value
