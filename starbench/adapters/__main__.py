"""``python -m starbench.adapters openrlhf`` prints the path of that plug's file, for codebases that load files."""

from __future__ import annotations

import importlib.util

import click

from starbench.adapters import ADAPTERS


@click.command()
@click.argument("name", type=click.Choice(sorted(ADAPTERS)))
def main(name: str) -> None:
    """Print the path of the file that plugs starbench into NAME."""
    spec = importlib.util.find_spec(ADAPTERS[name].partition(":")[0])
    assert spec is not None and spec.origin is not None
    click.echo(spec.origin)


if __name__ == "__main__":
    main(prog_name="python -m starbench.adapters")
