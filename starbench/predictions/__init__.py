"""Models' answers from files, streamed; what cannot be used becomes a :class:`BadRow`, never an exception.

>>> for row in read_predictions(find_sources([Path("preds.jsonl")])):
...     print(row.id if isinstance(row, Prediction) else row.sentence)
"""

from starbench.predictions.layout import Source, find_sources, rereadable
from starbench.predictions.rows import BadRow, Prediction, read_row
from starbench.predictions.survey import Survey, read_predictions, survey

__all__ = [
    "BadRow",
    "Prediction",
    "Source",
    "Survey",
    "find_sources",
    "read_predictions",
    "read_row",
    "rereadable",
    "survey",
]
