"""Distillation: what a student learns from a teacher's likeliest tokens.

losses     the objectives as pure tensor functions, easy to read
fused      the same ones from hidden states, without ever holding [tokens, vocabulary]
objective  which of them, with what weights, as one frozen dataclass
"""
