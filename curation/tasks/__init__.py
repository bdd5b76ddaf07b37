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
from curation.tasks.storing import create, get, listing, update

__all__ = [
    "ErrorTag", "HeldOutWhere", "Kind", "LengthRule", "Rating", "RuleName", "Shown", "TagRule", "Task",
    "create", "get", "listing", "update",
]  # fmt: skip
