"""Rows to train on: where they come from, how they become tokens, and that none of them is a test case."""
