"""The records that read most like one of them, whatever became of them.

Likeness is the cosine of TF-IDF vectors over the trigrams of each word: spelling, not meaning, as for
the approved records beside a card (`curation.context`). Of very many records an even sample is
looked through. The vectors are made at the first question and kept until records are added or erased.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from curation.context.approved import COMPARED_CHARACTERS, LEAST_ALIKE, text_of
from curation.exploring import sampling
from storage import artifacts, views
from storage.errors import NotFound
from storage.project import Project

MOST_RECORDS = 20_000
"""Their vectors take about 400 MB and some seconds to make."""
INDEXES_KEPT = 2
Key = tuple[str, ...]


@dataclass(frozen=True)
class Neighbour:
    """Another record; `similarity` is a cosine, 0-1."""

    record_id: str
    inputs: Mapping[str, str]
    similarity: float


@dataclass(frozen=True)
class Neighbours:
    """The nearest records, most alike first, among `looked_through` out of `of`."""

    records: tuple[Neighbour, ...]
    looked_through: int
    of: int


class NeighbourIndex:
    """Vectors of texts, laid out by trigram, so that a question reads only the trigrams it has."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # 0.6 s to import: not at the start

        self._vectors = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32, sublinear_tf=True
        )
        cut = [text[:COMPARED_CHARACTERS] for text in texts]
        self._grams: Any = None
        if any(letter.isalnum() for text in cut for letter in text):
            self._grams = self._vectors.fit_transform(cut).T.tocsr()

    def nearest(self, text: str, limit: int) -> list[tuple[int, float]]:
        """The places of the `limit` texts most like `text`, with their cosine; none below 0.1."""
        if self._grams is None or limit < 1:
            return []
        alike = (self._vectors.transform([text[:COMPARED_CHARACTERS]]) @ self._grams).tocsr()
        many = min(limit, len(alike.data))
        if not many:
            return []
        best = np.argpartition(-alike.data, many - 1)[:many]
        found = sorted((-float(alike.data[each]), int(alike.indices[each])) for each in best)
        return [(place, min(1.0, -negated)) for negated, place in found if -negated >= LEAST_ALIKE]


def nearest(project: Project, task: str, record_id: str, *, limit: int = 10) -> Neighbours:
    """The records most like one of the task's. Raises NotFound for a record the task does not have."""
    with views.connect(project, task, only=("records",)) as connection:
        found = views.answered(
            connection, "SELECT inputs FROM records WHERE record_id = ? LIMIT 1", (record_id,)
        )
    if not found:
        raise NotFound(
            f"The task {task!r} has no record {record_id!r}.", next_step="Choose one of its records."
        )
    near = nearest_to_text(project, task, text_of(orjson.loads(found[0]["inputs"])), limit=limit + 1)
    others = tuple(each for each in near.records if each.record_id != record_id)[:limit]
    return Neighbours(others, near.looked_through, near.of)


def nearest_to_text(project: Project, task: str, text: str, *, limit: int = 10) -> Neighbours:
    """The records most like a text."""
    kept = _KEPT.get(project, task)
    records = (
        Neighbour(kept.record_ids[place], orjson.loads(kept.inputs[place]), round(similarity, 4))
        for place, similarity in kept.index.nearest(text, limit)
    )
    return Neighbours(tuple(records), len(kept.record_ids), kept.of)


@dataclass(frozen=True)
class _Indexed:
    """An index with the records it was made of."""

    key: Key
    index: NeighbourIndex
    record_ids: Sequence[str]
    inputs: Sequence[str]
    of: int


class _Kept:
    """The indexes of this process, by task. Who asks while one is made waits for that one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[Project, str], _Indexed] = OrderedDict()
        self._making: dict[tuple[Project, str], threading.Lock] = {}

    def get(self, project: Project, task: str) -> _Indexed:
        place = (project, task)
        manifests = artifacts.listing(project, "records", task)
        key = tuple(entry.sha256 for manifest in manifests for entry in manifest.files)
        with self._lock:
            making = self._making.setdefault(place, threading.Lock())
        with making:
            with self._lock:
                made = self._made.get(place)
            if made is None or made.key != key:
                made = _indexed(project, task, key)
            with self._lock:
                self._made[place] = made
                self._made.move_to_end(place)
                while len(self._made) > INDEXES_KEPT:
                    self._made.popitem(last=False)
            return made


_KEPT = _Kept()


def _indexed(project: Project, task: str, key: Key) -> _Indexed:
    sample = sampling.read(project, "records", "records", task, ["record_id", "inputs"], most=MOST_RECORDS)
    inputs = sample.table.column("inputs").to_pylist()
    index = NeighbourIndex([text_of(orjson.loads(each)) for each in inputs])
    return _Indexed(key, index, sample.table.column("record_id").to_pylist(), inputs, sample.of)
