"""An export compared with a queue that stands: what is missing there, and what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from storage.argilla_client import ArgillaClient
from storage.argilla_client.whole import QueueSettings, WholeRecord
from storage.moving.contents import Content, record_facts, response_facts
from storage.moving.folder import Export, ExportedQueue
from storage.moving.origins import Origin

_SHOWN = 5
_LONGEST = 80


@dataclass
class Compared:
    """A reading of a queue beside its export. `content` is what both have; `differing` names the first."""

    content: Content = field(default_factory=Content)
    missing_records: int = 0
    missing_responses: int = 0
    more_responses: int = 0
    differences: int = 0
    differing: list[str] = field(default_factory=list)

    def differs(self, where: str, there: object, exported: object) -> None:
        """Note one difference."""
        self.differences += 1
        if len(self.differing) < _SHOWN:
            self.differing.append(f"{where}: there {_short(there)}, in the export {_short(exported)}")


def lacking(
    compared: Compared, batch: Sequence[WholeRecord], found: Mapping[str, WholeRecord]
) -> list[WholeRecord]:
    """What of a batch must be added: whole records, or known ones with the answers they lack."""
    return [part for record in batch if (part := _lacking(compared, record, found.get(record.key)))]


def compare(
    client: ArgillaClient,
    queue_id: str,
    export: Export,
    queue: ExportedQueue,
    names: Mapping[str, str],
    on_copies: Callable[[dict[str, Origin]], None] = lambda origins: None,
) -> Compared:
    """Read the queue's copies of the exported records, some at a time.

    `on_copies` is told where the answers among them come from, by the copies' ids.
    """
    compared = Compared()
    for batch in export.batches(queue):
        found = client.records_by_key(queue_id, [record.key for record in batch], names)
        lacking(compared, batch, found)
        on_copies(_origins(batch, found))
    return compared


def settings_differences(there: QueueSettings, exported: QueueSettings) -> list[str]:
    """What two queues are asked and show differently; guidelines and titles may be edited any time."""
    told = []
    for part in ("fields", "questions", "metadata_properties", "vectors"):
        one, other = (
            {
                each.name: each.model_dump(exclude={"title", "description"}, exclude_none=True)
                for each in getattr(settings, part)
            }
            for settings in (there, exported)
        )
        if one != other:
            named = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
            told.append(
                f"{part.replace('_', ' ')} {', '.join(named)}: there {_short([one.get(n) for n in named])}, "
                f"in the export {_short([other.get(n) for n in named])}"
            )
    if there.min_submitted != exported.min_submitted:
        told.append(f"answers a record: there {there.min_submitted}, in the export {exported.min_submitted}")
    return told


def _lacking(compared: Compared, record: WholeRecord, there: WholeRecord | None) -> WholeRecord | None:
    if there is None:
        compared.missing_records += 1
        compared.missing_responses += len(record.responses)
        return record
    if record_facts(there) != record_facts(record):
        part = next(
            (part for part in ("fields", "metadata", "suggestions", "vectors")
             if getattr(there, part) != getattr(record, part)), "fields",
        )  # fmt: skip
        compared.differs(f"record {record.key}, {part}", getattr(there, part), getattr(record, part))
    standing = {each.author: each for each in there.responses}
    absent = tuple(each for each in record.responses if each.author not in standing)
    for each in record.responses:
        other = standing.get(each.author)
        if other is not None and response_facts(other) != response_facts(each):
            compared.differs(
                f"{each.author}'s answer to {record.key}",
                [other.status, other.values],
                [each.status, each.values],
            )
    wanted = {each.author for each in record.responses}
    both = tuple(each for each in there.responses if each.author in wanted)
    compared.missing_responses += len(absent)
    compared.more_responses += len(there.responses) - len(both)
    compared.content.add(there.model_copy(update={"responses": both}))
    return record.model_copy(update={"responses": absent}) if absent else None


def _origins(batch: Sequence[WholeRecord], found: Mapping[str, WholeRecord]) -> dict[str, Origin]:
    """Where the copies of answers come from, by the copies' ids."""
    origins = {}
    for record in batch:
        there = found.get(record.key)
        copies = {each.author: each for each in there.responses} if there else {}
        for each in record.responses:
            copy = copies.get(each.author)
            if copy is not None and copy.id != each.id and response_facts(copy) == response_facts(each):
                origins[copy.id] = Origin(each.id, each.updated_at, copy.updated_at)
    return origins


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
