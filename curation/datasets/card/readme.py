"""The README of a dataset version: a card that the Hugging Face hub and a stranger both read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from curation.datasets.card import metadata
from curation.datasets.card.about import NOTHING_ELSE, About
from curation.datasets.card.sections import block, limits, provenance, quality, table
from curation.datasets.splits import SPLITS
from curation.prompts import Prompt
from curation.sample.scripted import REVIEWERS
from curation.tasks import Task

_ORIGINS = {
    "train": "approved or corrected by the reviewers below",
    "validation": "the same; no duplicate cluster stands in both",
    "test": "set apart at import before any label existed; completion = the reference given",
}
_STORED = """`prompt` (and `system`) is what the model is asked, `completion` what it is to answer.
`record_id`, `label_id` and `review_ids` lead back to the import, the teacher's answer and each person's
decision; `teacher_output` is what the teacher said, `inputs` the record's columns as JSON."""
_FLAT = """`prompt` (and `system`) is what the model is asked, `completion` what it is to answer,
`messages` the same as a chat where the task is one. `record_id` leads back to the record, `input_…` are its
columns, `decision` is approved, corrected or gold, `teacher_output` is what the teacher said."""


def dataset_card(
    task: Task,
    version: str,
    prompt: Prompt,
    facts: Mapping[str, Any],
    *,
    about: About = NOTHING_ELSE,
    splits: Sequence[str] = SPLITS,
    flat: bool = False,
) -> str:
    """The card's Markdown. `facts` are those of the version's manifest.

    `splits` are those that stand beside the card, a Parquet file each; `flat` says that the files
    are an export's, whose inputs are columns of their own.
    """
    rows = {split: facts["rows"][split] for split in splits}
    total = sum(rows.values())
    sections = [
        f"# {_line(task.title)}, {version}",
        f"{total:,} rows for the task `{task.name}` ({task.kind}): a teacher model's labels,\n"
        "approved or corrected one by one, and a test split with the references that came with the file.",
        table(
            ("split", "rows", "where they come from"), [(s, f"{n:,}", _ORIGINS[s]) for s, n in rows.items()]
        ),
        _making(prompt, facts),
        f"## Columns\n\n{_FLAT if flat else _STORED}",
        quality(about),
        provenance(about),
        limits(task, facts, about),
        f"## Prompt, version {prompt.number}",
        block(prompt.system, "System") if prompt.system else "",
        block(prompt.template, "User"),
    ]
    text = "\n\n".join(section for section in sections if section)
    return f"{metadata.head(task, version, total, splits, about)}\n{text}\n"


def _making(prompt: Prompt, facts: Mapping[str, Any]) -> str:
    decisions, left_out = facts["decisions"], facts["left_out"]
    reviewers = ", ".join(f"{name} ({rows:,} rows)" for name, rows in sorted(facts["reviewers"].items()))
    return f"""- **Decisions**: {decisions.get("approved", 0):,} approved as the teacher said, \
{decisions.get("corrected", 0):,} corrected.
- **Left out**: {left_out["discarded"]:,} discarded, \
{left_out["in_conflict"]:,} on which reviewers disagree, \
{left_out["unusable"]:,} decided on an output that the task does not take, \
{left_out["beside_held_out"]:,} beside a held-out record or no longer kept, \
{left_out["held_out_without_gold"]:,} held out without a reference.
- **Reviewers**: {reviewers}.{_scripted_note(facts["reviewers"])}
- **Prompt**: version {prompt.number}, below. {_asked(facts)}
- **Split**: by a hash of the duplicate cluster, validation share {facts["validation_share"]:g}, \
seed {facts["seed"]}.
- **Content hash**: `{facts["content_hash"]}`."""


def _asked(facts: Mapping[str, Any]) -> str:
    """How rows ask the student."""
    plain = "the student prompt" if facts.get("student_prompt") else "it"
    varied = ", ".join(f"`{name}` {rows:,}" for name, rows in facts.get("variations", {}).items())
    if not varied:
        return f"Every row is rendered with {plain}."
    return f"Rows are rendered with {plain}, or in other wordings ({varied}); `definition.yaml` has them."


def _scripted_note(reviewers: Iterable[str]) -> str:
    """Says of the sample's reviewers what they are: no reader should take them for people."""
    named = [reviewer for reviewer in REVIEWERS if reviewer.username in set(reviewers)]
    if not named:
        return ""
    names = " and ".join(f"`{reviewer.username}`" for reviewer in named)
    return f" {names}: no people, but programs that play reviewers in the sample."


def _line(text: str) -> str:
    return " ".join(text.split())
