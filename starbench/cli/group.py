"""A command of many subcommands that are imported when they are called, and not to list them.

Example::

    COMMANDS = {"score": ("starbench.cli.score:score", "Score models' answers against a benchmark.")}

    @click.group(cls=Commands, table=COMMANDS)
    def main() -> None: ...
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from starbench.errors import StarbenchError

Table = Mapping[str, tuple[str, str]]
"""Subcommand -> (module:command, help in one line), in the order of use."""


class Commands(click.Group):
    """The group of the subcommands in ``table``."""

    def __init__(self, *arguments: Any, table: Table, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table, which is the order of use."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is answered with the nearest known."""
        if args[0] not in self.table:
            import difflib

            if near := difflib.get_close_matches(args[0], self.table, n=1):
                ctx.fail(f"there is no command {args[0]!r}; did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.table.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error meant for people becomes its sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except StarbenchError as problem:
            raise click.ClickException(str(problem)) from None
