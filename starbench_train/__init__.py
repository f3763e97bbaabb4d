"""starbench_train: train small tool-calling models with the scorer of :mod:`starbench` as reward and as judge."""
