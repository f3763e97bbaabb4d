"""``starbench dialects``: the written forms of calls that can be read, and who writes them.

Example::

    $ starbench dialects
    $ starbench dialects --example hermes
"""

from __future__ import annotations

import json

import click


@click.command(name="dialects")
@click.option("--example", metavar="NAME", help="Print two calls as a model of this dialect writes them.")
def dialects_command(example: str | None) -> None:
    """List the written forms of calls that can be read."""
    if example is not None:
        click.echo(_example(example))
        return
    from rich.console import Console
    from rich.table import Table

    from starbench.dialects import describe, dialect_names

    table = Table("dialect", "written by", box=None, pad_edge=False)
    for name in dialect_names():
        table.add_row(name, describe(name))
    Console().print(table)


def _example(name: str) -> str:
    """Two calls in the dialect ``name``."""
    from starbench import Call, Tool, render

    city = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
    tools = [Tool("get_weather", parameters=city), Tool("clock.now")]
    written = render([Call("get_weather", {"city": "Paris", "days": 3}), Call("clock.now")], name, tools)
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False, indent=2)
