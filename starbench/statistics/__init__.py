"""What a measured figure is worth: intervals, tests of a difference, chances over several tries.

shares.py      a share of right answers, and Wilson's interval
paired.py      two models on the same cases: exact tests, a difference with its interval, effect sizes
resampling.py  the bootstrap over clusters, the permutation of signs
repeated.py    pass@k and pass^k

Example::

    wilson(18, 20) == (0.698966..., 0.972134...)

Pure functions over numbers in plain Python; nothing is read and nothing is printed. What draws lots takes a seed, so
that the same data give the same figures.
"""

from starbench.statistics.paired import Difference, cohens_h, difference, mcnemar, newcombe, odds_ratio
from starbench.statistics.repeated import pass_all, pass_at
from starbench.statistics.resampling import cluster_bootstrap, paired_permutation, percentile_interval
from starbench.statistics.shares import mean, weighted_wilson, wilson

__all__ = [
    "Difference",
    "cluster_bootstrap",
    "cohens_h",
    "difference",
    "mcnemar",
    "mean",
    "newcombe",
    "odds_ratio",
    "paired_permutation",
    "pass_all",
    "pass_at",
    "percentile_interval",
    "weighted_wilson",
    "wilson",
]
