"""Rows to train on: where they come from, how they become tokens, and that none of them is a test case.

rows.py           the row that every stage reads and writes
sources.py        public data sets -> rows
prepare.py        the rows of a recipe: read, set apart, compared with the tests
contamination.py  training rows that are too like a test case
template.py       a row -> tokens and what is learnt of them, by the model's chat template
tiny.py           a synthetic task for models of under a million parameters; tiny_model.py: those models
"""
