"""The Berkeley Function-Calling Leaderboard, version 4 of its data, graded as its own code grades it or as it is meant.

    >>> bfcl = load_benchmark("bfcl")
    >>> verdict = bfcl.grade("simple_python_0", [{"calculate_triangle_area": '{"base": 10, "height": "5"}'}])
    >>> verdict.error, verdict.similarity
    ('type_error:simple', Similarity(0.5))

One job a file:

benchmark        what load_benchmark gives: cases, verdicts, figures
categories       tables of categories, ids and prompt forms
data, cases      the published entries; an entry as a Case
errata           cases that fail right answers, as data
answers          what a result means: its dialect, what the official code makes of it, what we read in it
decode, checker  the official verdict; quirks, java_values, javascript_values, … hold what mirrors its oddities
multi_turn       conversations, graded by running the benchmark's simulated APIs
agentic          web search and memory, graded by the final message
official_csv     the leaderboard's CSV files
source_values    Java and JavaScript source text as values, for the strict verdict (source_tree cuts it)
aggregate        overall figures, v4 and v3
"""
