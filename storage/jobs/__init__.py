"""Long work: rows in our database, a queue in Procrastinate, one process per job.

    submit(project, kind=…, function="curation.labelling:run", args={…}, title=…) -> Job
    get, listing, wait, cancel, resume, log_tail, folder

A job function is `def run(context: JobContext) -> JobOutcome`. It is called again, with the same
folder, after a kill: it keeps its parts there and takes up where it stopped.
"""

from storage.jobs.context import JobContext, JobOutcome
from storage.jobs.model import Job, Status
from storage.jobs.queueing import cancel, folder, get, listing, log_tail, resume, submit, wait
from storage.jobs.runner import run_inline

__all__ = [
    "Job", "JobContext", "JobOutcome", "Status", "cancel", "folder", "get", "listing", "log_tail", "resume",
    "run_inline", "submit", "wait",
]  # fmt: skip
