"""Tasks: one narrow job each, with its inputs, outputs, error tags and rule for held-out records."""

from curation.tasks.definition import (
    ErrorTag,
    HeldOutWhere,
    Kind,
    LengthRule,
    Rating,
    RuleName,
    Shown,
    TagRule,
    Task,
)  # fmt: skip
from curation.tasks.files import read as from_file
from curation.tasks.presets import PRESETS, preset
from curation.tasks.storing import create, get, listing, update

__all__ = [
    "PRESETS", "ErrorTag", "HeldOutWhere", "Kind", "LengthRule", "Rating", "RuleName", "Shown", "TagRule",
    "Task", "create", "from_file", "get", "listing", "preset", "update",
]  # fmt: skip
