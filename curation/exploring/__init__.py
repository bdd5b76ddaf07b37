"""Looking at data: how it is spread, whom it leaves out, which labels look wrong, what more would bring.

Nothing here changes anything. Answers over very many records are taken from an even sample and say so;
what takes long is a job, whose answer is kept as an artifact.
"""

from curation.exploring.distributions import (
    Bar,
    Counts,
    Lengths,
    Value,
    labels,
    languages,
    lengths,
    sources,
)
from curation.exploring.exploration import Exploration, explored
from curation.exploring.job import Explored, newest_curve, newest_data, newest_label_errors, start
from curation.exploring.label_errors import LabelErrors, Suspect, likely_errors
from curation.exploring.learning_curve import LearningCurve, Point, curve_of
from curation.exploring.neighbours import Neighbour, Neighbours, nearest, nearest_to_text
from curation.exploring.representation import Group, against_reference
from curation.exploring.slicing import Slice, Slices, extra_columns, slices
from curation.exploring.system_prompts import SystemPrompts, of_conversations, of_dataset

__all__ = [
    "Bar", "Counts", "Exploration", "Explored", "Group", "LabelErrors", "LearningCurve", "Lengths",
    "Neighbour", "Neighbours", "Point", "Slice", "Slices", "Suspect", "SystemPrompts", "Value",
    "against_reference", "curve_of", "explored", "extra_columns", "labels", "languages", "lengths",
    "likely_errors", "nearest", "nearest_to_text", "newest_curve", "newest_data",
    "newest_label_errors", "of_conversations", "of_dataset", "slices", "sources", "start",
]  # fmt: skip
