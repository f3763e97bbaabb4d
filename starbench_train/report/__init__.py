"""What a run came to: a report in Markdown and as a page, a model card, rows for a leaderboard.

collect.py    everything that the folders of a run say, as one value
curves.py     metrics as small pictures (SVG)
tables.py     stages, models and comparisons as rows of text
markdown.py, page.py, terminal.py      the same report in three forms
card.py       the model card
"""

from __future__ import annotations

from pathlib import Path

from starbench_train.report.collect import Report, read_report

__all__ = ["Report", "read_report", "write_report"]


def write_report(report: Report, out: Path) -> list[Path]:
    """Write ``report.md`` and ``report.html`` into the run's folder; gives their paths."""
    from starbench.scoring import written_whole
    from starbench_train.report.markdown import as_markdown
    from starbench_train.report.page import as_page

    made = {out / "report.md": as_markdown(report).encode("utf-8", "replace"), out / "report.html": as_page(report)}
    for path, content in made.items():
        with written_whole(path) as file:
            file.write(content)
    return list(made)
