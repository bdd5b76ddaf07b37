"""The lease of a running job: one process at a time, known to everyone, gone with the process.

It is an advisory lock of a PostgreSQL session and a file lock in the job's folder. A thread
keeps the session alive, looks for a request to cancel, and ends the process when the worker
that started it is gone or the lease was lost to another.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread, current_thread
from typing import IO, Any

import psycopg

from storage.jobs.model import LEASES
from storage.project import Project
from storage.services import postgres

BEAT_S = 0.5
HEARTBEAT_EVERY_S = 10.0
RECONNECT_LIMIT_S = 60.0
_LOSS_IS_SEEN: Mapping[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""For a PostgreSQL across a network: a cut is noticed in 15 s, not after the system's hours."""


class LeaseTaken(Exception):
    """Another process runs this job."""


class Lease:
    """Held from `__init__` until `release`. Raises LeaseTaken."""

    def __init__(self, project: Project, job_id: str, folder: Path) -> None:
        self._address = postgres.connection_string(project, "understudy")
        self._job_id = job_id
        self._file: IO[str] = (folder / ".lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            self._file.close()
            raise LeaseTaken(job_id) from fault
        self._closing = Event()
        self._beaten_at = -HEARTBEAT_EVERY_S
        self._watcher: Thread | None = None
        self._connection = self._take()

    def _take(self) -> psycopg.Connection[tuple[object, ...]]:
        connection = psycopg.connect(self._address, autocommit=True, connect_timeout=5, **_LOSS_IS_SEEN)
        try:
            row = connection.execute(
                "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (LEASES, self._job_id)
            ).fetchone()
            if row is None or not row[0]:
                raise LeaseTaken(self._job_id)
        except BaseException:
            connection.close()
            raise
        return connection

    def watch(
        self, *, parent: int | None, on_cancel: Callable[[], None], on_lost: Callable[[], None]
    ) -> None:
        """Start the thread. `parent` is the process whose end must end this one, or None."""
        watch = (parent, on_cancel, on_lost)
        self._watcher = Thread(target=self._watch, args=watch, name="lease", daemon=True)
        self._watcher.start()

    def _watch(self, parent: int | None, on_cancel: Callable[[], None], on_lost: Callable[[], None]) -> None:
        while not self._closing.wait(BEAT_S):
            if parent is not None and os.getppid() != parent:
                on_lost()
                return
            try:
                cancelled = self._asked_to_stop()
            except psycopg.Error:
                if not self._retaken():
                    on_lost()
                    return
                continue
            if cancelled:
                on_cancel()

    def _asked_to_stop(self) -> bool:
        if time.monotonic() - self._beaten_at >= HEARTBEAT_EVERY_S:
            self._connection.execute(
                "UPDATE jobs SET heartbeat_at = now() WHERE job_id = %s", (self._job_id,)
            )
            self._beaten_at = time.monotonic()
        asked = self._connection.execute(
            "SELECT cancel_requested <> 0 FROM jobs WHERE job_id = %s", (self._job_id,)
        ).fetchone()
        return asked is not None and bool(asked[0])

    def _retaken(self) -> bool:
        until = time.monotonic() + RECONNECT_LIMIT_S
        while time.monotonic() < until and not self._closing.wait(BEAT_S):
            try:
                self._connection = self._take()
            except psycopg.Error:
                continue
            except LeaseTaken:
                return False
            return True
        return self._closing.is_set()

    def release(self) -> None:
        """Give the lease back."""
        self._closing.set()
        if self._watcher is not None and self._watcher is not current_thread():
            self._watcher.join(BEAT_S)  # it may be about to connect anew
        self._connection.close()
        self._file.close()
