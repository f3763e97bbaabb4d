"""``python -m starbench_train``: the command ``starbench-train``, as ``accelerate launch`` starts it."""

from starbench_train.cli import main

main(prog_name="starbench-train")
