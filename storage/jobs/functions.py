"""The function of a job, from the name under which it was queued: `package.module:name`.

A job may run under a later release than the one that queued it. A function that moves keeps its old name
in `MOVED`, so that jobs that wait, or are resumed, still find it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from storage.jobs.context import JobContext, JobOutcome

FROM = frozenset({"storage", "curation", "training", "eval", "ui"})
MOVED = {
    "curation.datasets.leakage_report:run": "curation.datasets.leakage.report:run",
    "curation.datasets.sharing_hub:run": "curation.datasets.sharing.hub:run",
}


def check(function: str) -> None:
    """Refuse a name that is not of this project's packages. Raises ValueError."""
    if function.partition(".")[0] not in FROM or ":" not in function:
        raise ValueError(f"{function!r} is not a job function of this project")


def loaded(function: str) -> Callable[[JobContext], JobOutcome]:
    """The function itself, where it stands now. Raises ValueError as `check` does."""
    check(function)
    module, _, name = MOVED.get(function, function).partition(":")
    return cast(Callable[[JobContext], JobOutcome], getattr(importlib.import_module(module), name))
