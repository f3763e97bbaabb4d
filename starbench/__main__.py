"""``python -m starbench`` is the ``starbench`` command."""

from starbench.cli import main

if __name__ == "__main__":
    main(prog_name="starbench")
