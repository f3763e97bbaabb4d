"""Sim-RL: GRPO on TRL with the scorer of :mod:`starbench` as reward, and true dynamic sampling.

config.py      the settings, with the paper's values
rewards.py     starbench's reward as TRL takes it, keeping the parts of each answer
filtering.py   which groups of answers teach something
sampling.py    answers again, until there are enough such groups
trainer.py     GRPOTrainer with both
arguments.py   the settings as TRL's
callbacks.py   what is watched meanwhile: metrics, held-out rows, a loss that is no number
"""
