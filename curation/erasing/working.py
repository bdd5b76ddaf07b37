"""The job that erases. Every step may be repeated, so one that was killed does all of them again.

Argilla first, so that no mirror can bring a review back; then our rows, the artifacts and the other files,
under the locks of everything that writes them; then what PostgreSQL still holds of rows that are gone; and
at last a scan of all that is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import psycopg

from curation.erasing import derived, finding, reporting, requests, room, selecting, versions
from curation.erasing.finding import Found
from curation.erasing.reporting import Erased
from curation.erasing.requests import Request
from storage import artifacts, database, jobs, locks
from storage.artifacts import KINDS
from storage.erasing import compacting, files, folders, queues, scanning, tables
from storage.erasing.needles import Needles
from storage.erasing.scanning import Finding
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import new_id, now
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project
from storage.services import postgres

JOB_KIND = "erase"
LOCK = "erase"
_WRITERS = ("import", "queues", "datasets", "duplicates", "reviews")
_STEPS = 7
_RESTART = (
    "the app's memory, until it is restarted (understudy down, then understudy up): it may hold what was "
    "shown last"
)
_LEFT = "files that were downloaded or pushed to a hub, and copies of them: ask those who are named here"
_ELSEWHERE = "the Argilla at"
_RESTORED = "the backups named here: restored, one brings the records back, and they must be erased again"


def start(project: Project, found: Found, *, by: str, reason: str) -> Job:
    """Erase what was found, as a job. The request lies on disk until it is done; the job names it only.

    Raises InvalidInput without a reason or with one that repeats a text that is to be erased; Conflict
    while other jobs run or wait, since they may hold the records; DiskFull where there is no room to
    rewrite what holds them.
    """
    said = reason.strip()
    if not said:
        raise InvalidInput(
            "No reason is given for erasing.", next_step="Give one, such as a request's number."
        )
    if any(text.casefold() in said.casefold() for text in found.texts):
        raise InvalidInput(
            "The reason repeats a text that is to be erased, and the reason is kept.",
            next_step="Write the number of the request instead.",
        )
    _refuse_beside_others(project, None)
    room.check(project, requests.files(found.places), _databases(project))
    manifests = [each for kind in KINDS for each in artifacts.listing(project, kind)]
    held = queues.held(project, found.record_ids, Needles.of({*found.texts, *found.record_ids}))
    condemned = finding.condemned(manifests, found.rows)
    erasure_id = new_id("era")
    requests.of(found, erasure_id, by, said, now(), condemned, held).save(project)
    return jobs.submit(
        project, kind=JOB_KIND, function="curation.erasing.working:run", args={"erasure_id": erasure_id},
        title=f"Erase {found.count:,} records and lines", created_by=by, lock=LOCK,
    )  # fmt: skip


def erase(project: Project, record_ids: Collection[str], *, by: str, reason: str) -> Erased:
    """Find records by their ids and erase them here and now; the report. Raises as `find` and `start` do."""
    job = start(project, finding.find(project, record_ids=record_ids), by=by, reason=reason)
    done = jobs.run_inline(project, job.job_id)
    if done.status != "succeeded":
        raise Conflict(f"The erasure did not end: {done.error}", next_step=f"Resume the job {job.job_id}.")
    return reporting.report(project, str(job.args["erasure_id"]))


def run(context: JobContext) -> JobOutcome:
    """The job."""
    project, erasure_id = context.project, str(context.args["erasure_id"])
    try:
        request = requests.load(project, erasure_id)
    except NotFound:
        if reporting.report(project, erasure_id).finished_at is None:
            raise
        return JobOutcome(summary={"erasure_id": erasure_id})  # killed between the report and its own end
    _refuse_beside_others(project, context.job_id)
    room.check(project, request.files, _databases(project))

    def at(step: int, what: str) -> None:
        context.progress(step, _STEPS, what)

    at(0, "writing down what was asked for")
    reporting.begin(project, request)
    with _writers_held(project):
        at(1, "Argilla")
        request = _from_argilla(project, request)
        at(2, "the database")
        _from_tables(project, request)
        at(3, "the artifacts")
        _from_artifacts(project, request)
        at(4, "logs, jobs and uploads")
        swept = files.erase(project, request.needles, frozenset(request.condemned))
    at(5, "what PostgreSQL still holds")
    stays = compacting.compact(project, _databases(project))
    at(6, "looking whether anything is left")
    left, closed = _looked(project, request)
    by_hand = _by_hand(project, request, stays)
    texts = scanning.in_database(project, "understudy", Needles.of(request.texts))
    made = reporting.finish(
        project, request, left, (*closed, *swept.closed), by_hand,
        audit_has_texts=any(each.where == reporting.AUDIT for each in texts),
    )  # fmt: skip
    requests.forget(project, erasure_id)
    at(_STEPS, "done")
    return JobOutcome(
        summary={
            "erasure_id": erasure_id,
            "left": sum(not each.why for each in made.left),
            "rows": made.counted,
        }
    )


@contextmanager
def _writers_held(project: Project) -> Iterator[None]:
    """Wait for whatever writes artifacts of any task, and let nobody begin within the block."""
    tasks = sorted(path.name for path in project.tasks_dir.iterdir()) if project.tasks_dir.is_dir() else []
    with database.engine(project).begin() as connection:
        for kind in _WRITERS:
            for task in tasks:
                locks.hold(connection, f"{kind}/{task}")
        locks.hold(connection, "raw rows")
        yield


def _refuse_beside_others(project: Project, mine: str | None) -> None:
    others = [job for job in jobs.listing(project, active_only=True) if job.job_id != mine]
    if others:
        raise Conflict(
            f"{others[0].title} ({others[0].job_id}) is {others[0].status}: it may hold what has to go.",
            next_step="Wait until no job runs or waits, or cancel them; then erase, or resume the erasure.",
        )


def _from_argilla(project: Project, request: Request) -> Request:
    """Delete its records; the request remembers them, for our rows that name them by Argilla's ids."""
    now_held = queues.held(project, request.record_ids, request.needles)
    whole = {
        name: sorted({*request.held.get(name, []), *now_held.get(name, [])})
        for name in {*request.held, *now_held}
    }
    if whole != request.held:
        request = request.model_copy(update={"held": whole})
        request.save(project)
    queues.delete(project, whole)
    return request


def _from_tables(project: Project, request: Request) -> None:
    owned = finding.owned(request.ids, request.held)
    with psycopg.connect(postgres.connection_string(project, "understudy")) as connection:
        tables.erase(connection, request.needles, owned)


def _from_artifacts(project: Project, request: Request) -> None:
    folders.clear(project)
    derived.remove(project, request.explorations, request.erasure_id, request.by)
    wants = selecting.wants(request.ids, request.rows, request.texts)
    amend = versions.amend(request.erasure_id, request.asked_at)
    entry = {"erasure": request.erasure_id, "at": request.asked_at.isoformat()}
    for kind in KINDS:
        for manifest in artifacts.listing(project, kind):
            folders.rewrite(project, manifest, wants, entry=entry, amend=amend, mends=versions.MENDS)


def _databases(project: Project) -> tuple[str, ...]:
    return ("understudy",) if project.settings.services.argilla_url else ("understudy", "argilla")


def _looked(project: Project, request: Request) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """What is left, but for the request itself.

    Ids stay in the audit log, so only texts are looked for in the files of PostgreSQL.
    """
    own = requests.path(project, request.erasure_id).relative_to(project.root).as_posix()
    seen = scanning.scan(project, request.needles.texts, raw=False)
    found = [each for each in seen.findings if each.where != own]
    if not project.settings.services.postgres_url:
        found += scanning.in_data_files(project, Needles.of(request.texts))
    return tuple(found), seen.closed


def _by_hand(project: Project, request: Request, stays: tuple[str, ...]) -> tuple[str, ...]:
    said = [_RESTART, *stays]
    if project.settings.services.argilla_url:
        said.append(f"{_ELSEWHERE} {project.settings.services.argilla_url}: its own search index and backups")
    if request.backups:
        said.append(_RESTORED)
    if request.exported:
        said.append(_LEFT)
    return tuple(said)
