"""ACEBench (chenchen0103/ACEBench): 17 categories in English and Chinese, two scorers of its own and a strict one.

benchmark.py   the benchmark: cases by id, verdicts, overall figures
categories.py  categories, their sizes, and the form of ids
data.py        the published entries, each with its answer
cases.py       an entry as a Case: messages, tools, what is accepted
prompts.py     upstream's prompts
answers.py     what a result file would hold of an answer, and what we read in it
verdicts.py    official and strict verdicts
decode.py      upstream's reading of a normal answer
checker.py     upstream's verdict on the calls of a normal case
special.py     the same for special cases, and how much of what should be said is said
agent.py       end states and traces of agents, judged
agent_*.py     agents at work: their calls, their simulated world, what they are shown
scenarios.py   the simulated APIs, from the checked data
quirks.py      every oddity that decides a verdict, by name
errata.py      cases that fail right answers (errata.toml)
aggregate.py   overall figures
"""
