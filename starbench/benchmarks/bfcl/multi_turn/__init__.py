"""BFCL's multi-turn categories: conversations graded by running the benchmark's simulated APIs.

sources.py   the simulated APIs, from the checked data, in a namespace of our own
world.py     one side of a conversation: instances, and the table of methods that may be called
limits.py    what a call may cost
gold.py      the answer's calls
reading.py   a stored result as turns of steps of calls
execution.py running a call given as source text, without evaluating anything
quirks.py    what upstream does to calls on the way
state.py     how two states of the simulated classes differ
turns.py     playing a conversation, a record a turn
graded.py    the similarity of a conversation
verdict.py   the verdict, official or strict, and its sentence
"""

from __future__ import annotations

from starbench.benchmarks.bfcl.multi_turn.reading import read_conversation
from starbench.benchmarks.bfcl.multi_turn.sources import Sources
from starbench.benchmarks.bfcl.multi_turn.verdict import conversation_verdict

__all__ = ["Sources", "conversation_verdict", "read_conversation"]
