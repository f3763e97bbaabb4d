"""Students compared on rows that they never saw.

answering.py   a model answers the held-out rows: greedy, and sampled
scoring.py     the answers scored by starbench, as ``starbench score`` would
figures.py     what a model comes to (pass@k, entropy, intervals), and two of them compared
benchmark.py   a benchmark, asked by ``starbench run``
"""
