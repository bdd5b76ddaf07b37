"""What would be erased and where it stands, with previews; nothing is changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from curation.erasing import beyond, derived, selecting, texts
from curation.erasing.beyond import Backup
from curation.erasing.selecting import Chosen, Wants, batches, reference
from storage import artifacts
from storage.artifacts import KINDS, Manifest
from storage.erasing import files, folders, queues, tables
from storage.erasing.files import Swept
from storage.erasing.queues import Held
from storage.erasing.rows import Touched
from storage.errors import InvalidInput, NotFound, ServiceUnavailable
from storage.project import Project
from storage.services import postgres

_MOST_SHOWN = 200
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True)
class RecordSeen:
    """A record as a person recognises it: its inputs, by column, cut at 300 characters."""

    task: str
    record_id: str
    inputs: Mapping[str, str]


@dataclass(frozen=True)
class LineSeen:
    """A line of an import (`task/imports/id`) that no record was made of, cut at 300 characters."""

    reference: str
    row_number: int
    excerpt: str


@dataclass(frozen=True)
class Place:
    """A file, a table or a queue: `rows` go, in `mentions` others a text is masked.

    `kind` is artifact, database, argilla, file, upload or exploration; the last two go whole.
    """

    kind: str
    where: str
    rows: int
    mentions: int


@dataclass(frozen=True)
class Found:
    """What would be erased. `records` and `lines` show the first 200 of each.

    `record_ids`, `copies` (the names under which dataset versions replay them), `rows` (line numbers by
    import), `texts` and `explorations` (that go whole) are what `start` takes over. `others` are records
    that were not chosen although they hold one of the texts; `shared` counts texts that are not looked for
    outside the records' own rows because others have them too. `trained`, `evaluated` and `exported` hold,
    or held, what cannot be taken back, `closed` what was not looked into.
    """

    record_ids: frozenset[str]
    copies: frozenset[str]
    rows: Mapping[str, frozenset[int]]
    texts: frozenset[str]
    explorations: tuple[str, ...]
    records: tuple[RecordSeen, ...]
    lines: tuple[LineSeen, ...]
    others: tuple[RecordSeen, ...]
    shared: int
    places: tuple[Place, ...]
    trained: tuple[str, ...]
    evaluated: tuple[str, ...]
    exported: tuple[str, ...]
    backups: tuple[Backup, ...]
    closed: tuple[str, ...]

    @property
    def count(self) -> int:
        """Records, and lines of imports that no record was made of."""
        return len(self.record_ids) + self.loose

    @property
    def loose(self) -> int:
        """Lines of imports that none of the records was made of."""
        return max(0, sum(map(len, self.rows.values())) - len(self.record_ids))


def find(
    project: Project, *, record_ids: Collection[str] = (), text: str = "", backups: Collection[Path] = ()
) -> Found:
    """Look for records by their ids, or for every row with a text in it, whatever its case.

    A row leads to its record and a record to the line it was made of. `backups` are looked into
    beside those that this project remembers.

    Raises NotFound where nothing has it, InvalidInput for a text of fewer than four characters,
    ServiceUnavailable where PostgreSQL does not answer.
    """
    if bool(record_ids) == bool(text.strip()):
        given = f"Both the text {text.strip()!r} and ids of records are" if record_ids else "Nothing is"
        raise InvalidInput(f"{given} given to look for.", next_step="Give a text, or ids; not both at once.")
    manifests = [each for kind in KINDS for each in artifacts.listing(project, kind)]
    made = selecting.chosen(manifests, record_ids, text)
    known = texts.known(project, manifests, made)
    wants = selecting.wants(made.record_ids | made.copies, made.lines, known.texts)
    held = queues.held(project, made.record_ids, wants.needles)
    swept = files.look(project, wants.needles, condemned(manifests, made.lines))
    touched = {reference(each): folders.look(each, wants) for each in manifests}
    gone = {name: found for name, found in touched.items() if found}
    in_tables = _in_tables(project, wants, held)
    if not (made.records or made.lines or gone or in_tables or held or swept.files or swept.deleted):
        raise NotFound(
            f"Nothing in this project has {text.strip()!r}." if text else
            f"No artifact has the record {', '.join(sorted(record_ids))}.",
            next_step="Try another spelling, or look its id up with `understudy sql`, in the view records.",
        )  # fmt: skip
    explorations = derived.stale(manifests, gone)
    return Found(
        record_ids=frozenset(made.record_ids),
        copies=frozenset(made.copies),
        rows={name: frozenset(each) for name, each in made.lines.items()},
        texts=known.texts,
        explorations=explorations,
        records=tuple(_record(task, row) for task, row in made.records[:_MOST_SHOWN]),
        lines=tuple(_loose(manifests, made)[:_MOST_SHOWN]),
        others=tuple(_record(task, row) for task, row in known.others),
        shared=known.shared,
        places=tuple(_places(gone, explorations, in_tables, held, swept)),
        trained=beyond.trained(manifests, gone),
        evaluated=beyond.evaluated(manifests, gone),
        exported=beyond.exported(project, gone),
        backups=beyond.backups(project, backups, frozenset(gone)),
        closed=tuple(swept.closed),
    )


def condemned(manifests: Sequence[Manifest], lines: Mapping[str, Collection[int]]) -> frozenset[str]:
    """The SHA-256 of files that imports with such lines were read from: an upload of one goes whole."""
    return frozenset(str(each.facts.get("sha256", "")) for each in manifests if lines.get(reference(each)))


def _in_tables(project: Project, wants: Wants, held: Held) -> dict[str, Touched]:
    try:
        with psycopg.connect(postgres.connection_string(project, "understudy"), connect_timeout=15) as open_:
            return tables.look(open_, wants.needles, owned(wants.record_ids, held))
    except psycopg.OperationalError as fault:
        raise ServiceUnavailable(
            "PostgreSQL does not answer.", next_step="Start the project with `understudy up`, then try again."
        ) from fault


def owned(record_ids: Collection[str], held: Held) -> dict[str, list[str]]:
    """The columns of our database that name a record, ours or Argilla's, and what stands in them."""
    theirs = {each for ids in held.values() for each in ids}
    return {"record_id": sorted(record_ids), "argilla_id": sorted(theirs)}


def _places(
    gone: Mapping[str, Mapping[str, Touched]], explorations: Collection[str],
    in_tables: Mapping[str, Touched], held: Held, swept: Swept,
) -> list[Place]:  # fmt: skip
    made = [
        Place("artifact", f"{name}/{file}", touched.dropped, touched.masked)
        for name, found in gone.items()
        if name not in explorations
        for file, touched in found.items()
    ]
    made += [Place("exploration", name, 1, 0) for name in explorations]
    made += [Place("database", name, each.dropped, each.masked) for name, each in in_tables.items()]
    made += [Place("argilla", queue_id, len(ids), 0) for queue_id, ids in held.items()]
    made += [Place("file", name, each.dropped, each.masked) for name, each in swept.files.items()]
    return made + [Place("upload", name, 1, 0) for name in swept.deleted]


def _record(task: str, row: Mapping[str, Any]) -> RecordSeen:
    inputs = orjson.loads(row["inputs"] or "{}")
    shown = {str(name): str(value)[:_SHOWN_CHARACTERS] for name, value in inputs.items()}
    return RecordSeen(task, str(row["record_id"]), shown)


def _loose(manifests: Sequence[Manifest], made: Chosen) -> list[LineSeen]:
    """The chosen lines that no chosen record was made of."""
    with_record = {row["row_number"] for _, row in made.records}
    found: dict[tuple[str, int], LineSeen] = {}
    for manifest in manifests:
        name = reference(manifest)
        numbers = made.lines.get(name, set()) - with_record
        wanted = pa.array(sorted(numbers), type=pa.int64())
        for batch in batches(manifest, ["raw", "rejects"], ["row_number", "row"]) if numbers else ():
            for row in batch.filter(pc.is_in(batch.column("row_number"), value_set=wanted)).to_pylist():
                excerpt = str(row["row"] or "")[:_SHOWN_CHARACTERS]
                found.setdefault((name, row["row_number"]), LineSeen(name, row["row_number"], excerpt))
    return list(found.values())
