"""The worker of one queue: `python -m storage.jobs.worker --project DIR --queue cpu|gpu`.

Procrastinate hands it jobs; it runs each in a process of its own, whose output goes to the job's
log. When it starts, and every few seconds after, it queues interrupted jobs again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from procrastinate import App, PsycopgConnector
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from storage import database
from storage.database.tables import jobs
from storage.errors import ServiceUnavailable, UserError
from storage.identifiers import now
from storage.jobs import queueing
from storage.jobs.model import TERMINAL, selection
from storage.jobs.runner import EXIT_NOT_MINE
from storage.keeping import raw_rows
from storage.project import PROJECT_VARIABLE, Project, open_project
from storage.services import health, postgres

CONCURRENCY = {"cpu": 2, "gpu": 1}
DEATHS_ALLOWED = 4
RECOVER_EVERY_S = 3.0
DELETE_RAW_EVERY_S = 3_600.0
STOP_GRACE_S = 10.0
POLL_S = 1.0

_LOG = logging.getLogger("understudy.worker")


def main(arguments: list[str] | None = None) -> int:
    """Serve one queue until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--queue", choices=sorted(CONCURRENCY), required=True)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    asyncio.run(_serve(open_project(given.project), given.queue))
    return 0


async def _serve(project: Project, queue: str) -> None:
    app = App(connector=PsycopgConnector(conninfo=postgres.connection_string(project, "understudy")))

    mine: set[str] = set()
    deaths: Counter[str] = Counter()

    @app.task(name=queueing.PROCRASTINATE_TASK)
    async def run(job_id: str) -> None:
        mine.add(job_id)
        try:
            code = await _run_in_process(project, job_id)
            deaths[job_id] += code not in (0, EXIT_NOT_MINE)
            if await asyncio.to_thread(_after_exit, project, job_id, code, deaths[job_id]):
                del deaths[job_id]
        except Exception:
            mine.discard(job_id)
            raise
        mine.discard(job_id)  # not where this worker is being stopped: the next one queues it again

    async with app.open_async():
        beside = [asyncio.create_task(_recover_always(project, queue, mine))]
        if queue == "cpu":
            beside.append(asyncio.create_task(_delete_raw_always(project)))
        _LOG.info("serving the %s queue of %s", queue, project.root)
        health.announce(project, f"worker-{queue}")
        try:
            await app.run_worker_async(
                queues=[queue],
                name=f"{queue}-{os.getpid()}",
                concurrency=CONCURRENCY[queue],
                fetch_job_polling_interval=POLL_S,
                shutdown_graceful_timeout=0.1,
                update_heartbeat_interval=queueing.WORKER_REPORTS_EVERY_S,
                stalled_worker_timeout=queueing.WORKER_IS_GONE_AFTER_S,
                delete_jobs="always",  # how a job ended stands in our own row
            )
        finally:
            for task in beside:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


async def _run_in_process(project: Project, job_id: str) -> int:
    folder = queueing.folder(project, job_id)
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-P",
        "-m",
        "storage.jobs.runner",
        "--project",
        str(project.root),
        "--job",
        job_id,
        "--parent",
        str(os.getpid()),
    ]
    with (folder / queueing.LOG_NAME).open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", PROJECT_VARIABLE: str(project.root)},
        )  # fmt: skip
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        await _stop(process)
        raise
    _LOG.info("job %s: its process ended with %s", job_id, code)
    return code


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_GRACE_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def _after_exit(project: Project, job_id: str, code: int, deaths: int) -> bool:
    """See to the job of a process that has ended; whether the job has ended too.

    A process that ended without writing down an end was killed: the job is queued again, until
    its processes have died `DEATHS_ALLOWED` times under this worker.
    """
    with database.engine(project).begin() as connection:
        wanted = selection().where(jobs.c.job_id == job_id).with_for_update(of=jobs)
        row = connection.execute(wanted).one()
        never_began = row.status == "waiting" and code not in (0, EXIT_NOT_MINE)
        if row.status != "interrupted" and not never_began:
            return row.status in TERMINAL
        if deaths < DEATHS_ALLOWED:
            queueing.requeue(connection, job_id, {"interrupted", "waiting"})
            return False
        change = {
            "status": "failed", "finished_at": now(),
            "error": f"Its process was ended {deaths} times (last: exit {code}); there may be too "
            "little memory. Resume it to try again: what it had stored is kept.",
        }  # fmt: skip
        connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(change))
        return True


async def _recover_always(project: Project, queue: str, mine: set[str]) -> None:
    while True:
        try:
            for job_id in await asyncio.to_thread(recover, project, queue, frozenset(mine)):
                _LOG.info("job %s was interrupted and is queued again", job_id)
        except (ServiceUnavailable, SQLAlchemyError) as fault:
            _LOG.warning("could not look for interrupted jobs: %s", fault)
        await asyncio.sleep(RECOVER_EVERY_S)


async def _delete_raw_always(project: Project) -> None:
    """Once an hour, and at the start, see to raw rows that were kept long enough."""
    while True:
        try:
            # opened anew: the setting may have changed since the worker started
            for name in await asyncio.to_thread(lambda: raw_rows.delete_old(open_project(project.root))):
                _LOG.info("deleted the raw rows of %s", name)
        except (UserError, SQLAlchemyError, OSError) as fault:
            _LOG.warning("could not delete old raw rows: %s", fault)
        await asyncio.sleep(DELETE_RAW_EVERY_S)


def recover(project: Project, queue: str, mine: frozenset[str] = frozenset()) -> list[str]:
    """Queue what nobody works on again, but `mine`, whose end this worker sees; names the jobs."""
    with database.engine(project).begin() as connection:
        queueing.clear(connection, queue)
        found = connection.execute(select(jobs.c.job_id).where(queueing.abandoned(queue))).scalars().all()
        return [
            job_id
            for job_id in found
            if job_id not in mine and queueing.requeue(connection, job_id, {"interrupted", "waiting"})
        ]


if __name__ == "__main__":
    sys.exit(main())
