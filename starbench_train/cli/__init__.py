"""The command ``starbench-train``: one literal table of subcommands, each loaded only when it is called.

Example::

    $ starbench-train run recipes/star-tiny.toml --dry-run
    $ starbench-train run recipes/star-tiny.toml

Exit codes: 0 all went well; 1 a stage could not be finished (a sentence says why, what is finished stays) or was
stopped; 2 the command line itself is wrong.
"""

from __future__ import annotations

from typing import Any

import click

import starbench
from starbench.cli.group import Commands

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


class TrainingCommands(Commands):
    """Subcommands that need libraries of the extra ``train``, and go on where they were stopped."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what people can mend becomes its sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except ImportError as problem:
            if problem.name is None or problem.name.startswith("starbench"):
                raise
            raise click.ClickException(
                f"training needs the library {problem.name}; install it with: pip install 'starbench[train]'"
            ) from None
        except KeyboardInterrupt:
            raise click.ClickException("stopped; the same command goes on from what is finished") from None


@click.group(
    cls=TrainingCommands,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try: starbench-train run recipes/star-tiny.toml --dry-run",
)
@click.version_option(starbench.__version__, prog_name="starbench-train")
def main() -> None:
    """Train small tool-calling models with starbench as reward and as judge."""
