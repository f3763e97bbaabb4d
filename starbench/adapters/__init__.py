"""Plugs for the RL codebases: each hands its own rollouts to the one reward and gives back what its trainer reads.

A plug has no rule of its own. It turns a codebase's arguments into samples and rewards into the codebase's reply::

    starbench.adapters.trl:starbench_reward        reward_funcs=[starbench_reward]
    starbench.adapters.verl:compute_score          reward.custom_reward_function.path=pkg://starbench.adapters.verl

:data:`ADAPTERS` lists them all. Two codebases load a file instead of a module; ``python -m starbench.adapters NAME``
prints where it lies. Codebases that pass neither an object nor an option read ``STARBENCH_REWARD`` and
``STARBENCH_PROFILE`` (see :func:`starbench.adapters.base.configured`).
"""

from __future__ import annotations

ADAPTERS: dict[str, str] = {
    "trl": "starbench.adapters.trl:starbench_reward",
    "openrlhf": "starbench.adapters.openrlhf:reward_func",
    "verl": "starbench.adapters.verl:compute_score",
    "ms_swift": "starbench.adapters.ms_swift.plugin:Starbench",
    "verifiers": "starbench.adapters.verifiers:starbench_reward",
    "nemo_gym": "starbench.adapters.nemo_gym:StarbenchResourcesServer",
    "skyrl": "starbench.adapters.skyrl:StarbenchEnv",
    "slime": "starbench.adapters.slime:custom_rm",
}
"""Codebase -> "module:object" that it is pointed at."""
