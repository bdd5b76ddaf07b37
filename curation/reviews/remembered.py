"""Records that were just handed out, so that a first decision on one need not ask Argilla for it again.

What is remembered is what the person saw: the record's fields and metadata, never an answer. Whether
they may answer, whether the record is still there and whether they had answered before, Argilla says
when the answer reaches it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from curation.queues import Queue
from storage.argilla_client import QueueItem
from storage.project import Project

MOST = 5_000
LONGEST_CHARACTERS = 20_000
"""Longer records are asked for again: together the remembered ones stay within some 100 MB."""

_Key = tuple[Project, str, str]
_lock = threading.Lock()
_items: OrderedDict[_Key, QueueItem] = OrderedDict()


def remember(project: Project, queue: Queue, items: Iterable[QueueItem]) -> None:
    """Keep records of a queue, the oldest going first."""
    short = [item for item in items if sum(map(len, item.fields.values())) <= LONGEST_CHARACTERS]
    with _lock:
        for item in short:
            key = (project, queue.argilla_id, item.record_id)
            _items[key] = replace(item, own=None)
            _items.move_to_end(key)
        while len(_items) > MOST:
            _items.popitem(last=False)


def recall(project: Project, queue: Queue, argilla_id: str) -> QueueItem | None:
    """A record as it was handed out; None for one that was not, or long ago."""
    with _lock:
        return _items.get((project, queue.argilla_id, argilla_id))


def forget(project: Project, queue: Queue, argilla_id: str) -> None:
    """Of a record that is gone."""
    with _lock:
        _items.pop((project, queue.argilla_id, argilla_id), None)
