"""Distillation: what a student learns from a teacher's likeliest tokens.

objective  which loss, with what weights, as one frozen dataclass
losses     the objectives as pure tensor functions, easy to read
fused      the same ones from hidden states, without ever holding [tokens, vocabulary]
largest    the student's own top m, in half the time
teacher    who says what is likely: transformers, vLLM, a vLLM server
cache      that on disk, in checked shards
batches    rows as tensors, packed
heads      the matrix behind a model's hidden states
student    a model that answers a batch with its loss
trainer    transformers' Trainer around it
config     the settings of a recipe
"""
