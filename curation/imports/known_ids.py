"""Which records stand already: ten bytes each, so that millions of them are no burden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from storage import artifacts
from storage.project import Project

ID_BYTES = 10
"""A record's id is "rec_" and these bytes in hex."""
_FORM = "^rec_[0-9a-f]{20}$"
_PREFIX_CHARACTERS = 4
_CHARACTERS = _PREFIX_CHARACTERS + 2 * ID_BYTES
_VALUES = np.zeros(256, np.uint8)
_VALUES[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)

MOST_LATEST = 250_000

Digests = npt.NDArray[np.bytes_]
_TYPE = f"S{ID_BYTES}"
_NONE: Digests = np.empty(0, _TYPE)


@dataclass
class KnownIds:
    """The records that stood before (sorted), and those met since: the latest in a set, others sorted too.

    An id takes 10 bytes, and about 80 while it is among the latest.
    """

    before: Digests
    since: Digests = field(default_factory=lambda: _NONE)
    latest: set[bytes] = field(default_factory=set)
    repeated: int = 0
    """How many ids were met again."""

    def fresh(self, digests: Sequence[bytes]) -> list[int]:
        """The places of the digests that are new, each at its first; from now on they are known."""
        stood, met = _among(self.before, digests), _among(self.since, digests)
        if not any(stood) and not any(met) and len(set(digests)) == len(digests):
            if self.latest.isdisjoint(digests):  # as it is for most files
                self._take_up(digests)
                return list(range(len(digests)))
        places = []
        for place, digest in enumerate(digests):
            if stood[place]:
                continue
            if met[place] or digest in self.latest:
                self.repeated += 1
            else:
                self.latest.add(digest)
                places.append(place)
        self._take_up(())
        return places

    def _take_up(self, digests: Sequence[bytes]) -> None:
        self.latest.update(digests)
        if len(self.latest) >= MOST_LATEST:
            latest = np.sort(np.array(list(self.latest), _TYPE))
            self.latest.clear()
            self.since = np.sort(np.concatenate([self.since, latest]), kind="stable")  # merges sorted runs


def _among(known: Digests, digests: Sequence[bytes]) -> list[bool]:
    """Which of the digests stand in a sorted array."""
    if not len(known) or not digests:
        return [False] * len(digests)
    asked = np.array(digests, _TYPE)
    places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    found: list[bool] = (known[places] == asked).tolist()
    return found


def known_ids(project: Project, task: str) -> KnownIds:
    """The ids of every record the task has; ids of another form than an import gives are left out."""
    columns = [
        _digests(artifacts.read_table(manifest, entry.name, ["record_id"]).column("record_id"))
        for manifest in artifacts.listing(project, "records", task)
        for entry in manifest.files
        if entry.schema == "records"
    ]
    return KnownIds(np.sort(np.concatenate(columns)) if columns else _NONE)


def _digests(ids: pa.ChunkedArray) -> Digests:
    """The ten bytes that each id spells."""
    ours = ids.filter(pc.match_substring_regex(ids, _FORM))
    parts = [_decoded(chunk) for chunk in ours.chunks if len(chunk)]
    return np.concatenate(parts) if parts else _NONE


def _decoded(chunk: Any) -> Digests:
    _, offsets, text = chunk.buffers()
    first = int(np.frombuffer(offsets, np.int32)[chunk.offset])
    letters = np.frombuffer(text, np.uint8)[first : first + len(chunk) * _CHARACTERS]
    values = _VALUES[letters.reshape(-1, _CHARACTERS)[:, _PREFIX_CHARACTERS:]]
    whole = (values[:, 0::2] << 4) | values[:, 1::2]
    return np.ascontiguousarray(whole).view(_TYPE).ravel()
