"""The head of a dataset card: the metadata that the Hugging Face Hub searches and loads by.

https://github.com/huggingface/hub-docs/blob/main/datasetcard.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from curation.datasets.card.about import About
from curation.datasets.permissions import LICENCES
from curation.tasks import Task

_CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "classification": ("text-classification",),
    "generation": ("text-generation",),
    "extraction": ("text-generation",),
    "chat": ("text-generation",),
}
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
)


def head(task: Task, version: str, rows: int, splits: Sequence[str], about: About) -> str:
    """The YAML between its two lines of dashes. `rows` are those of all `splits` together."""
    files = [{"split": split, "path": f"{split}.parquet"} for split in splits]
    known: dict[str, Any] = {
        "pretty_name": f"{task.title}, {version}",
        **_licence(about.licence),
        "language": list(about.languages),
        "task_categories": list(_CATEGORIES[task.kind]),
        "size_categories": [size_category(rows)],
        "configs": [{"config_name": "default", "data_files": files}],
    }
    given = {key: value for key, value in known.items() if value}
    return f"---\n{yaml.safe_dump(given, sort_keys=False, allow_unicode=True)}---\n"


def size_category(rows: int) -> str:
    """The Hub's name for a number of rows."""
    return next((name for below, name in _SIZES if rows < below), "100M<n<1B")


def _licence(licence: str) -> dict[str, str]:
    """The Hub's identifier, or `other` with a name: it knows a fixed list only."""
    identifier = licence.strip().lower()
    if not identifier:
        return {}
    if identifier in LICENCES and identifier != "own":
        return {"license": identifier}
    return {"license": "other", "license_name": licence.strip()}
