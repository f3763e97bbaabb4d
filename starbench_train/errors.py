"""The one failure of training that a person can act on.

    TrainingError.at("ckd", "the loss is not a number at step 12", "lower [ckd] learning_rate and run again")
    ->  stage ckd: the loss is not a number at step 12; lower [ckd] learning_rate and run again

Settings that do not fit are :class:`~starbench.errors.InputError` (found before anything runs); a
:class:`TrainingError` is work that was begun and cannot be finished.
"""

from __future__ import annotations

from starbench.errors import StarbenchError


class TrainingError(StarbenchError):
    """A stage cannot be finished; the message is a sentence that names the stage and says what to do."""

    @classmethod
    def at(cls, stage: str, problem: str, remedy: str) -> TrainingError:
        """The error of ``stage``: what happened, and what to do about it."""
        return cls(f"stage {stage}: {problem}; {remedy}")
