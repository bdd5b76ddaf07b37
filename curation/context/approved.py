"""The approved records of a task that read most like a text.

Likeness is the cosine of TF-IDF vectors over the trigrams of each word: spelling, not meaning. The
vectors are made once for a generation of the mirror. While those of a newer one are made, questions
are answered from the older, so that nobody waits for them but who asks first.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from curation.context.shapes import Similar, beginnings
from curation.review_rows import newest_mirror
from storage import artifacts, views
from storage.project import Project

_LOG = logging.getLogger("understudy.context")
MOST_APPROVED = 100_000
"""The newest so many are looked at."""
COMPARED_CHARACTERS = 600
"""Of each text the beginning is compared: memory follows from it, and a reader's first glance too."""
LEAST_ALIKE = 0.1
INDEXES_KEPT = 4

Key = tuple[str, ...]


def nearest_approved(
    project: Project, task: str, text: str, *, limit: int = 5, without: Sequence[str] = ()
) -> list[Similar]:
    """The approved records most like `text`, most alike first, those named in `without` left out.

    What people disagree about, and what shares next to nothing with the text, is not among them.
    """
    index = _index(project, task)
    return index.nearest(text, limit, frozenset(without)) if index else []


def text_of(inputs: Mapping[str, str]) -> str:
    """A record as it is compared."""
    return " ".join(text for text in inputs.values() if text)


class _Index:
    """Vectors of the approved records; `grams` x `records`, so that a question reads only its own rows."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # 0.6 s to import: not at the start

        self._rows = rows
        texts = [text_of(orjson.loads(row["inputs"]))[:COMPARED_CHARACTERS] for row in rows]
        self._vectors = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32, sublinear_tf=True
        )
        self._grams = self._vectors.fit_transform(texts).T.tocsr()

    def nearest(self, text: str, limit: int, without: frozenset[str]) -> list[Similar]:
        asked = self._vectors.transform([text[:COMPARED_CHARACTERS]])
        alike = (asked @ self._grams).tocsr()
        many = min(limit + len(without), len(alike.data))
        if not many:
            return []
        best = np.argpartition(-alike.data, many - 1)[:many]
        order = sorted((-float(alike.data[each]), int(alike.indices[each])) for each in best)
        found: list[Similar] = []
        for negated, place in order:
            if len(found) == limit or -negated < LEAST_ALIKE:
                break
            row = self._rows[place]
            if row["record_id"] not in without:
                found.append(
                    Similar(
                        row["record_id"],
                        beginnings(orjson.loads(row["inputs"])),
                        row["output"],
                        row["reviewer"],
                        min(1.0, round(-negated, 4)),
                    )
                )
        return found


class _Kept:
    """The indexes of this process, by task; each with the artifacts it was made of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[Project, str], tuple[Key, _Index | None]] = OrderedDict()
        self._making: dict[tuple[Project, str], threading.Lock] = {}

    def get(self, project: Project, task: str) -> _Index | None:
        key = _key(project, task)
        if key is None:
            return None
        place = (project, task)
        with self._lock:
            made = self._made.get(place)
            making = self._making.setdefault(place, threading.Lock())
        if made is not None and made[0] == key:
            return made[1]
        if made is not None:
            if making.acquire(blocking=False):
                threading.Thread(target=self._renew, args=(place, key, making), daemon=True).start()
            return made[1]
        with making:
            with self._lock:
                made = self._made.get(place)
            return made[1] if made is not None else self._make(place, key)

    def _renew(self, place: tuple[Project, str], key: Key, making: threading.Lock) -> None:
        try:
            self._make(place, key)
        except Exception:  # the older one goes on answering; the next question tries again
            _LOG.exception("the approved records of %s could not be read", place[1])
        finally:
            making.release()

    def _make(self, place: tuple[Project, str], key: Key) -> _Index | None:
        rows = views.rows(place[0], _APPROVED, (MOST_APPROVED,), task=place[1])
        rows = [row for row in rows if any(letter.isalnum() for letter in row["inputs"])]
        index = _Index(rows) if rows else None
        with self._lock:
            self._made[place] = (key, index)
            self._made.move_to_end(place)
            while len(self._made) > INDEXES_KEPT:
                self._made.popitem(last=False)
        return index


_KEPT = _Kept()


def _index(project: Project, task: str) -> _Index | None:
    return _KEPT.get(project, task)


def _key(project: Project, task: str) -> Key | None:
    """What an index is made of, None before the first mirror."""
    mirror = newest_mirror(project, task)
    if mirror is None:
        return None
    records = artifacts.listing(project, "records", task)
    return (mirror.reference, mirror.created_at.isoformat(), *(each.reference for each in records))


_APPROVED = """
WITH counting AS (
    SELECT *, max(prompt_version) OVER (PARTITION BY record_id) AS newest FROM reviews WHERE NOT deleted
), agreed AS (
    SELECT record_id, arg_max(output, submitted_at) AS output, arg_max(reviewer, submitted_at) AS reviewer,
        max(submitted_at) AS at
    FROM counting WHERE prompt_version = newest
    GROUP BY record_id
    HAVING bool_and(decision <> 'discarded') AND count(DISTINCT output) = 1 AND bool_and(output IS NOT NULL)
)
SELECT agreed.record_id, any_value(records.inputs) AS inputs, any_value(agreed.output) AS output,
    any_value(agreed.reviewer) AS reviewer
FROM agreed JOIN records ON records.record_id = agreed.record_id
WHERE NOT records.held_out
GROUP BY agreed.record_id ORDER BY max(agreed.at) DESC LIMIT ?
"""
