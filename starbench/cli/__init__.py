"""The ``starbench`` command: one literal table of subcommands, each loaded only when it is called.

Example::

    $ starbench score preds.jsonl --out scores
    $ python -m starbench parse answer.txt --explain

Exit codes: 0 all went well; 1 something in the input could not be used (a sentence says what, the rest is still
done) or a run was interrupted; 2 the command line itself is wrong.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

import starbench
from starbench.errors import StarbenchError

COMMANDS: dict[str, tuple[str, str]] = {
    "score": ("starbench.cli.score:score", "Score models' answers against a benchmark."),
    "run": ("starbench.cli.run:run", "Ask a model a benchmark's cases, and score its answers."),
    "show": ("starbench.cli.show:show", "Explain one scored case side by side."),
    "compare": ("starbench.cli.compare:compare", "Compare two scored runs: what got fixed, what broke."),
    "view": ("starbench.cli.view:view", "Make one page of every case of a scored run."),
    "leaderboard": ("starbench.cli.leaderboard:leaderboard", "Show reported and measured results side by side."),
    "parse": ("starbench.cli.parse:parse_command", "Read the calls in a model's text, and say why."),
    "dialects": ("starbench.cli.dialects:dialects_command", "List the written forms of calls that can be read."),
    "serve": ("starbench.cli.serve:serve", "Serve the reward over HTTP."),
    "doctor": ("starbench.cli.doctor:doctor", "Say which backends and data can be used here."),
    "data": ("starbench.cli.data:data", "Fetch, list and check benchmark data."),
}
"""Subcommand -> (module:command, help in one line)."""


class Commands(click.Group):
    """A group whose commands stand in :data:`COMMANDS` and are imported when called, not to list them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table, which is the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is answered with the nearest known."""
        if args[0] not in COMMANDS:
            import difflib

            if near := difflib.get_close_matches(args[0], COMMANDS, n=1):
                ctx.fail(f"there is no command {args[0]!r}; did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error meant for people becomes its sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except StarbenchError as problem:
            raise click.ClickException(str(problem)) from None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try: starbench score --sample",
)
@click.version_option(starbench.__version__, prog_name="starbench")
def main() -> None:
    """Read models' function calls and say how right they are."""
