"""The command ``starbench-train``: one literal table of subcommands, each loaded only when it is called.

Example::

    $ starbench-train run recipes/star-tiny.toml --dry-run
    $ starbench-train run recipes/star-tiny.toml

Exit codes: 0 all went well; 1 a stage could not be finished (a sentence says why, what is finished stays) or was
stopped; 2 the command line itself is wrong.
"""

from __future__ import annotations

import difflib
import importlib
from typing import Any

import click

import starbench
from starbench.errors import StarbenchError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("starbench_train.cli.run:run", "Run the stages of a recipe; goes on where it was stopped."),
    "cache-teacher": ("starbench_train.cli.stages:cache_teacher", "Store the teacher's likeliest tokens."),
    "distill": ("starbench_train.cli.stages:distill", "Distil the student (stages cache-teacher and ckd)."),
    "rollout": ("starbench_train.cli.stages:rollout", "Collect the teacher's good answers."),
    "simrl": ("starbench_train.cli.stages:simrl", "Refine student or teacher by Sim-RL."),
    "evaluate": ("starbench_train.cli.stages:evaluate", "Compare the students on held-out rows."),
    "report": ("starbench_train.cli.report:report", "Write the report of a run, finished or not."),
    "export": ("starbench_train.cli.export:export", "Write a run's model as a folder to serve, with a model card."),
    "data": ("starbench_train.cli.data:data", "Prepare training rows, and compare them with test cases."),
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
        near = [] if args[0] in COMMANDS else difflib.get_close_matches(args[0], COMMANDS, n=1)
        if near:
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
        except ImportError as problem:
            if problem.name is None or problem.name.startswith("starbench"):
                raise
            raise click.ClickException(
                f"training needs the library {problem.name}; install it with: pip install 'starbench[train]'"
            ) from None
        except KeyboardInterrupt:
            raise click.ClickException("stopped; the same command goes on from what is finished") from None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try: starbench-train run recipes/star-tiny.toml --dry-run",
)
@click.version_option(starbench.__version__, prog_name="starbench-train")
def main() -> None:
    """Train small tool-calling models with starbench as reward and as judge."""
