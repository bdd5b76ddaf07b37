"""Which records stand already: ten bytes each, so that a million of them are no burden."""

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

Digests = npt.NDArray[np.bytes_]


@dataclass
class KnownIds:
    """The records that stood before (sorted), and those met since. Takes about 10 and 80 bytes of each."""

    before: Digests
    met: set[bytes] = field(default_factory=set)
    repeated: int = 0
    """How many ids were met again."""

    def fresh(self, digests: Sequence[bytes]) -> list[int]:
        """The places of the digests that are new, each at its first; from now on they are known."""
        stood = self._stood(digests)
        places = []
        for place, digest in enumerate(digests):
            if stood[place]:
                continue
            if digest in self.met:
                self.repeated += 1
            else:
                self.met.add(digest)
                places.append(place)
        return places

    def _stood(self, digests: Sequence[bytes]) -> list[bool]:
        if not len(self.before) or not digests:
            return [False] * len(digests)
        asked = np.array(digests, f"S{ID_BYTES}")
        places = np.minimum(np.searchsorted(self.before, asked), len(self.before) - 1)
        found: list[bool] = (self.before[places] == asked).tolist()
        return found


def known_ids(project: Project, task: str) -> KnownIds:
    """The ids of every record the task has; ids of another form than an import gives are left out."""
    columns = [
        _digests(artifacts.read_table(manifest, entry.name, ["record_id"]).column("record_id"))
        for manifest in artifacts.listing(project, "records", task)
        for entry in manifest.files
        if entry.schema == "records"
    ]
    return KnownIds(np.sort(np.concatenate(columns)) if columns else np.empty(0, f"S{ID_BYTES}"))


def _digests(ids: pa.ChunkedArray) -> Digests:
    """The ten bytes that each id spells."""
    ours = ids.filter(pc.match_substring_regex(ids, _FORM))
    parts = [_decoded(chunk) for chunk in ours.chunks if len(chunk)]
    return np.concatenate(parts) if parts else np.empty(0, f"S{ID_BYTES}")


def _decoded(chunk: Any) -> Digests:
    _, offsets, text = chunk.buffers()
    first = int(np.frombuffer(offsets, np.int32)[chunk.offset])
    letters = np.frombuffer(text, np.uint8)[first : first + len(chunk) * _CHARACTERS]
    values = _VALUES[letters.reshape(-1, _CHARACTERS)[:, _PREFIX_CHARACTERS:]]
    whole = (values[:, 0::2] << 4) | values[:, 1::2]
    return np.ascontiguousarray(whole).view(f"S{ID_BYTES}").ravel()
