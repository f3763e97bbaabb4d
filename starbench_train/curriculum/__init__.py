"""The curriculum: stages one after the other, each in a folder of its own, finished once and for all.

config.py     the settings of rollout and evaluation
state.py      what a stage is handed
marks.py      done.json: what a finished stage was made of, by hash
plan.py       which stages are to do, and whether what is there still belongs to the recipe
estimates.py  how much work that is, and about how long
run.py        runs the plan
failures.py   what goes wrong, as sentences that name the stage
progress.py   how far it is;  processes.py: several processes of one stage
"""
