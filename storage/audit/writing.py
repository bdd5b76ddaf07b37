"""Appending: one chain for all processes, and one commit for all that arrive meanwhile.

The row `audit_head` is locked while lines are added, so processes queue up there. Within a process one
thread writes: what comes while its transaction runs is written down by the next one together, so
twenty reviews at once cost two commits, not twenty.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue

from sqlalchemy import Connection, func, insert, select, update

from storage import database
from storage.audit import anchor
from storage.audit.lines import NOTHING_BEFORE, Draft, Facts, Line, written
from storage.database import tables
from storage.project import Project

_LOG = logging.getLogger("understudy.audit")
_MOST_AT_ONCE = 500
THE_LOG = "the log itself"
"""The actor of a line by which the log notes that something is wrong with it."""
ANCHOR_MISSING, LINES_MISSING, HEAD_ALTERED = "audit.anchor_missing", "audit.lines_missing", "audit.altered"


def append(
    project: Project, *, actor: str, action: str, subject: str = "", facts: Facts | None = None
) -> Line:
    """Write a line down; when this returns it is committed. No secret may stand in it.

    Raises ServiceUnavailable when PostgreSQL does not answer.
    """
    return _writer(project).begin(Draft(actor, action, subject, facts or {})).result()


@contextmanager
def while_appending(
    project: Project, *, actor: str, action: str, subject: str = "", facts: Facts | None = None
) -> Iterator[None]:
    """Write a line down while the block runs, and leave the block once both are done.

    For what a person waits for: the commit and the block take the time of the longer, not of both.
    """
    arriving = _writer(project).begin(Draft(actor, action, subject, facts or {}))
    try:
        yield
    finally:
        arriving.result()


@dataclass(frozen=True)
class _Entry:
    draft: Draft
    arriving: Future[Line] = field(default_factory=Future)


class _Writer:
    """The thread that writes a project's lines; whoever has one to write waits for it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._waiting: SimpleQueue[_Entry] = SimpleQueue()
        threading.Thread(target=self._work, name="audit", daemon=True).start()

    def begin(self, draft: Draft) -> Future[Line]:
        """Queue a line up; the answer has it once it is committed."""
        entry = _Entry(draft.cleaned())
        self._waiting.put(entry)
        return entry.arriving

    def _work(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < _MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get())
            try:
                lines = _write(self._project, [entry.draft for entry in batch])
            except Exception as fault:  # everybody who waits raises it
                for entry in batch:
                    entry.arriving.set_exception(fault)
                continue
            for entry, line in zip(batch, lines, strict=True):
                entry.arriving.set_result(line)


def _write(project: Project, drafts: list[Draft]) -> list[Line]:
    """Add the drafts to the chain in one transaction, behind what the log has to note of itself."""
    head = tables.audit_head
    with database.engine(project).begin() as connection:
        last = connection.execute(
            select(head.c.seq, head.c.hash, func.clock_timestamp().label("now")).with_for_update()
        ).one()
        notes = _notes(project, last.seq, last.hash)
        lines = _chained([*notes, *drafts], last.seq, last.hash, last.now)
        _insert(connection, lines)
        connection.execute(update(head).values(seq=lines[-1].seq, hash=lines[-1].hash))
    try:
        anchor.advance(project, lines[-1].seq, lines[-1].hash, anew=bool(notes))
    except OSError:  # the lines stand; a check says how far the anchor came
        _LOG.exception("the anchor of the audit log could not be moved to line %d", lines[-1].seq)
    return lines[len(notes) :]


def _chained(drafts: list[Draft], seq: int, digest: str, at: datetime) -> list[Line]:
    lines: list[Line] = []
    for draft in drafts:
        lines.append(written(draft, seq + 1, at, digest))
        seq, digest = seq + 1, lines[-1].hash
    return lines


def _insert(connection: Connection, lines: list[Line]) -> None:
    rows = [{**vars(line), "facts": dict(line.facts)} for line in lines]
    connection.execute(insert(tables.audit), rows)


def _notes(project: Project, seq: int, digest: str) -> list[Draft]:
    """What the anchor holds against the database, read while nobody else may append."""
    standing = anchor.read(project)
    if standing is None:
        return [Draft(THE_LOG, ANCHOR_MISSING, f"line {seq}", {"last_line": seq})] if seq else []
    facts: Facts = {"anchored_line": standing.seq, "anchored_hash": standing.hash, "last_line": seq}
    if standing.seq > seq:
        return [Draft(THE_LOG, LINES_MISSING, f"lines {seq + 1} to {standing.seq}", facts)]
    if standing.seq == seq and standing.hash != digest and digest != NOTHING_BEFORE:
        return [Draft(THE_LOG, HEAD_ALTERED, f"line {seq}", facts)]
    return []


_MAKING = threading.Lock()
_WRITERS: dict[tuple[int, Project], _Writer] = {}


def _writer(project: Project) -> _Writer:
    """The writer of this process; a forked child makes its own."""
    with _MAKING:
        key = (os.getpid(), project)
        if key not in _WRITERS:
            _WRITERS[key] = _Writer(project)
        return _WRITERS[key]
