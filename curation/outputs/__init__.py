"""Outputs: what an answer to a task may be, by the kind of its form, and one spelling of each.

A form is a label, several labels, a free text, JSON, or the turns of a conversation. `checked`
gives the one spelling in which an output is stored, compared and trained on.
"""

from curation.outputs.forms import OutputForm, OutputType, checked, form_of, is_valid, key, same
from curation.outputs.label_search import search as find_labels
from curation.outputs.label_sets import names as named_labels

__all__ = [
    "OutputForm", "OutputType", "checked", "find_labels", "form_of", "is_valid", "key", "named_labels",
    "same",
]  # fmt: skip
