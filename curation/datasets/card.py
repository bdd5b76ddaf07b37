"""The README of a dataset version: a card that the Hugging Face hub and a stranger both read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from curation.prompts import Prompt
from curation.sample.scripted import REVIEWERS
from curation.tasks import Task


def dataset_card(task: Task, version: str, prompt: Prompt, facts: Mapping[str, Any]) -> str:
    """The card's Markdown. `facts` are those of the version's manifest."""
    splits, decisions, left_out = facts["rows"], facts["decisions"], facts["left_out"]
    files = "".join(f"      - split: {name}\n        path: {name}.parquet\n" for name in splits)
    reviewers = ", ".join(f"{name} ({rows} rows)" for name, rows in sorted(facts["reviewers"].items()))
    return f"""---
configs:
  - config_name: default
    data_files:
{files}---

# {task.title}, {version}

{sum(splits.values()):,} rows for the task `{task.name}` ({task.kind}): a teacher model's labels,
approved or corrected one by one, and a test split with the references that came with the file.

| split | rows | where they come from |
|---|---|---|
| train | {splits["train"]:,} | approved or corrected by the reviewers below |
| validation | {splits["validation"]:,} | the same; no duplicate cluster stands in both |
| test | {splits["test"]:,} | set apart at import before any label existed; completion = the reference given |

- **Decisions**: {decisions.get("approved", 0):,} approved as the teacher said, \
{decisions.get("corrected", 0):,} corrected.
- **Left out**: {left_out["discarded"]:,} discarded, \
{left_out["in_conflict"]:,} on which reviewers disagree, \
{left_out["unusable"]:,} decided on an output that the task does not take, \
{left_out["beside_held_out"]:,} beside a held-out record or no longer kept, \
{left_out["held_out_without_gold"]:,} held out without a reference.
- **Reviewers**: {reviewers}.{_scripted_note(facts["reviewers"])}
- **Prompt**: version {prompt.number}, below. Every row is rendered with it.
- **Split**: by a hash of the duplicate cluster, validation share {facts["validation_share"]:g}, \
seed {facts["seed"]}.
- **Content hash**: `{facts["content_hash"]}`.

## Columns

`prompt` (and `system`) is what the model is asked, `completion` what it is to answer. `record_id`, `label_id`
and `review_ids` lead back to the import, the teacher's answer and each person's decision; `teacher_output` is
what the teacher said, `inputs` the record's columns as JSON.

## Prompt, version {prompt.number}

{_block(prompt.system, "System") if prompt.system else ""}{_block(prompt.template, "User")}"""


def _scripted_note(reviewers: Iterable[str]) -> str:
    """Says of the sample's reviewers what they are: no reader should take them for people."""
    named = [reviewer for reviewer in REVIEWERS if reviewer.username in set(reviewers)]
    if not named:
        return ""
    names = " and ".join(f"`{reviewer.username}`" for reviewer in named)
    return f" {names}: no people, but programs that play reviewers in the sample."


def _block(text: str, title: str) -> str:
    fence = "`" * max(3, _longest_run(text, "`") + 1)
    return f"{title}:\n\n{fence}text\n{text}\n{fence}\n\n"


def _longest_run(text: str, character: str) -> int:
    longest = run = 0
    for seen in text:
        run = run + 1 if seen == character else 0
        longest = max(longest, run)
    return longest
