"""Every oddity that exists only in the official BFCL code, each under a name.

    QUIRKS["negated"]      # "Every unary operator is a minus: ``+5`` is -5, …"

The code that reads and checks answers calls these where upstream departs from the benchmark's evident rule, so that the
rule stands in the open and each oddity can be looked up; ``strict`` grading calls none of them.
"""

from starbench.benchmarks.bfcl.quirks import judging, reading, values
from starbench.benchmarks.bfcl.quirks.registry import QUIRKS

__all__ = ["QUIRKS", "judging", "reading", "values"]
