"""The rows of a dataset version, and what is counted of those that are not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curation.datasets.crossing import text_of

GOLD = "gold"
REVIEWED, REPLAYED = "reviewed", "replay"


@dataclass(frozen=True)
class DatasetRow:
    """One row: what the student is asked (`system`, `prompt`) and is to answer (`completion`).

    `decision` is approved, corrected, gold for the held-out rows of the test split, which no reviewer
    touched, or replay. `variation` names the wording, "" for the plain student prompt; `source` is
    reviewed, gold or replay; `split_group` is its value in the column whose groups never cross splits.
    """

    record_id: str
    cluster: int
    split: str
    inputs: Mapping[str, str]
    system: str
    prompt: str
    completion: str
    decision: str
    reviewers: tuple[str, ...]
    review_ids: tuple[str, ...]
    label_id: str | None
    teacher_output: str | None
    variation: str = ""
    source: str = REVIEWED
    split_group: str = ""

    @property
    def text(self) -> str:
        """The record's text, as `crossing` compares it; "" for a replayed row."""
        return text_of(self.inputs)


@dataclass(frozen=True)
class LeftOut:
    """Records that are not in a version, by reason; each is counted once."""

    discarded: int = 0
    in_conflict: int = 0
    unusable: int = 0  # decided on an output that the task does not take
    beside_held_out: int = 0  # a copy of a held-out record, of its group, or no longer kept
    held_out_without_gold: int = 0
    filtered: int = 0  # not of the imports, prompts, people, decisions, tags or slices asked for
    capped: int = 0  # over a cap on a slice
    unbalanced: int = 0  # over the balance of classes
