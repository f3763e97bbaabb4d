"""One self-contained HTML file: template, style, script and data in one, and nothing from any network.

Example::

    render_page("viewer", title="mine on bfcl", index={"ids": ["a"]}, chunks=[packed({"cases": [...]})])

Three things keep what a model wrote from acting: jinja2 escapes every value, data stands in JSON in which ``<`` cannot
occur (scripts put it into the page as text, never as markup), and a content security policy allows the page's own
script, named by its hash, and no connection to anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from starbench.scoring import json_line

if TYPE_CHECKING:
    from jinja2 import Environment

_AS_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def render_page(name: str, *, title: str, index: Mapping[str, Any], **values: Any) -> bytes:
    """The page made from ``templates/NAME.html.j2`` with its ``.css`` and ``.js``; ``index`` is its data, as JSON."""
    from markupsafe import Markup

    environment = _environment()
    script = _source(environment, "page.js") + _source(environment, f"{name}.js")
    text = environment.get_template(f"{name}.html.j2").render(
        title=title,
        style=Markup(_source(environment, "page.css") + _source(environment, f"{name}.css")),
        script=Markup(script),
        policy=_policy(script),
        index=Markup(embedded(index)),
        **values,
    )
    return text.encode("utf-8", "replace")


def embedded(value: Mapping[str, Any]) -> str:
    """A value as JSON that can stand inside a ``script`` element: nothing in it can end the element."""
    return json_line(value).decode().rstrip("\n").translate(_AS_ESCAPES)


def packed(value: Mapping[str, Any]) -> str:
    """A value as compressed JSON in base64, which the page unpacks when it needs it."""
    return base64.b64encode(zlib.compress(json_line(value), 6)).decode("ascii")


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    allowed = f"script-src 'sha256-{digest}'; style-src 'unsafe-inline'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("starbench.reports")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]
