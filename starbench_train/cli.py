"""The command ``starbench-train``. Training is not part of this release; the command says so instead of failing.

Example::

    $ starbench-train --version
    starbench-train, version 0.1.0
"""

from __future__ import annotations

import click

import starbench


@click.command()
@click.version_option(starbench.__version__, prog_name="starbench-train")
def main() -> None:
    """Training of tool-calling models; this release holds no training commands yet."""
    click.echo(
        "Training commands are not part of this release; the losses of distillation can be imported from "
        "starbench_train.distill. See starbench --help for what else is there."
    )
