"""Appending: one chain for all processes, and one commit for all that arrive meanwhile.

The row `audit_head` is locked while lines are added, so concurrent writers queue up there. Within
a process whoever comes while another's transaction runs is written down by the next one together,
so twenty reviews at once cost two commits, not twenty.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, func, insert, select, update

from storage import database
from storage.audit import anchor
from storage.audit.lines import NOTHING_BEFORE, Draft, Facts, Line, written
from storage.database import tables
from storage.project import Project

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
    return _writer(project).append(Draft(actor, action, subject, facts or {}).cleaned())


@contextmanager
def while_appending(
    project: Project, *, actor: str, action: str, subject: str = "", facts: Facts | None = None
) -> Iterator[None]:
    """Write a line down while the block runs, and leave the block once both are done.

    For what a person waits for: the commit and the block take the time of the longer, not of both.
    """
    arriving = _threads().submit(append, project, actor=actor, action=action, subject=subject, facts=facts)
    try:
        yield
    finally:
        arriving.result()


@dataclass
class _Entry:
    draft: Draft
    line: Line | None = None
    fault: Exception | None = None

    @property
    def settled(self) -> bool:
        return self.line is not None or self.fault is not None


class _Writer:
    """The lines of one process that wait to be written."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._waiting: deque[_Entry] = deque()
        self._turn = threading.Lock()

    def append(self, draft: Draft) -> Line:
        entry = _Entry(draft)
        self._waiting.append(entry)
        with self._turn:
            while not entry.settled:
                self._flush()
        if entry.line is None:
            raise entry.fault or AssertionError("unreachable")
        return entry.line

    def _flush(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_AT_ONCE))]
        try:
            lines = _write(self._project, [entry.draft for entry in batch])
        except Exception as fault:  # every waiting thread raises it
            for entry in batch:
                entry.fault = fault
            return
        for entry, line in zip(batch, lines, strict=True):
            entry.line = line


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
    anchor.advance(project, lines[-1].seq, lines[-1].hash, anew=bool(notes))
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


@cache
def _writer(project: Project) -> _Writer:
    return _Writer(project)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(16, thread_name_prefix="audit")
