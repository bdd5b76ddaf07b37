"""A version as a dataset repository of the Hugging Face Hub: its Parquet files and its card, in one commit.

The token is read from the environment variable that the settings name. `HF_ENDPOINT` names another Hub
than the public one; both are read where the push runs, which is in the worker when a page starts it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curation.datasets.exports.exporting import HUB
from curation.datasets.sharing import leaving
from curation.datasets.splits import SPLITS
from storage import jobs
from storage.errors import InvalidInput, ServiceUnavailable
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_OURS = frozenset(f"{split}.parquet" for split in SPLITS)
"""What an earlier push may have left in a repository."""


@dataclass(frozen=True)
class Pushed:
    """A commit that the Hub took: where it can be seen, and how many rows it has."""

    url: str
    commit: str
    rows: int


def token_env(project: Project) -> str:
    """The name of the environment variable that holds the Hub's token."""
    return project.settings.sharing.hub_token_env


def has_token(project: Project) -> bool:
    """Whether that variable is set in this process."""
    return bool(os.environ.get(token_env(project), "").strip())


def start(
    project: Project, task: str, version: str, name: str, *, private: bool, licence: str, by: str
) -> Job:
    """Start a push, as a job. Raises InvalidInput for a name that no repository can have."""
    _check_name(name)
    args = {"task": task, "version": version, "name": name, "private": private, "licence": licence, "by": by}
    return jobs.submit(
        project, kind="push", function="curation.datasets.sharing.hub:run", args=args,
        title=f"Push {version} to {name}", task=task, created_by=by, lock=f"push/{name}",
    )  # fmt: skip


def run(context: JobContext) -> JobOutcome:
    """The job of `start`. Taken up again, it writes the files anew; the Hub knows those it has."""
    asked = context.args
    context.progress(0, None, "writing the files")
    pushed = push(
        context.project, asked["task"], asked["version"], asked["name"], private=asked["private"],
        licence=asked["licence"], by=asked["by"], folder=context.folder / "push",
        tell=lambda told: context.progress(0, None, told),
    )  # fmt: skip
    return JobOutcome(summary={"url": pushed.url, "commit": pushed.commit, "rows": pushed.rows})


def push(
    project: Project, task: str, version: str, name: str, *, private: bool, licence: str, by: str,
    folder: Path, tell: Callable[[str], None],
) -> Pushed:  # fmt: skip
    """Write a version under `folder`, commit it to the repository `name`, and write down that it left.

    The repository is made where there is none, `private` if so asked; an existing one must be as asked.
    Files of an earlier push that this one has not are taken out. The folder is gone afterwards.

    Raises InvalidInput for rows that may not leave, a missing or refused token, or a repository that is
    public where a private one was asked for; ServiceUnavailable where the Hub does not answer.
    """
    _check_name(name)
    token = _token(project)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        made, override = leaving.shared(project, task, version, HUB, folder, by=by, licence=licence)
        tell("sending the files")
        with _sentences(project, name):
            url, commit = _committed(folder, name, token, private, f"{task} {version}: {made.rows:,} rows")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    leaving.sent(project, task, made, override, f"hub:{name}@{commit[:12]}")
    return Pushed(url, commit, made.rows)


def _committed(folder: Path, name: str, token: str, private: bool, message: str) -> tuple[str, str]:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    disable_progress_bars()
    api = HfApi(token=token, library_name="understudy")
    repository = api.create_repo(name, repo_type="dataset", private=private, exist_ok=True).repo_id
    stands, head = _as_asked(api, repository, private)
    files = sorted(path for path in folder.iterdir() if path.is_file())
    names = {path.name for path in files}
    commit = api.create_commit(
        repository,
        [
            *(CommitOperationAdd(path_in_repo=path.name, path_or_fileobj=path) for path in files),
            *(CommitOperationDelete(path_in_repo=left) for left in sorted(stands & _OURS - names)),
        ],
        commit_message=message, repo_type="dataset", parent_commit=head,
    )  # fmt: skip
    return str(commit.commit_url), str(commit.oid)


def _as_asked(api: HfApi, repository: str, private: bool) -> tuple[set[str], str | None]:
    """The files that stand in a repository, and its newest commit."""
    found = api.dataset_info(repository)
    if private and not found.private:
        raise InvalidInput(
            f"The repository {repository} stands already and is public.",
            next_step="Make it private on the Hub, push to another name, or say that it may be public.",
        )
    return {each.rfilename for each in found.siblings or ()}, found.sha


def _token(project: Project) -> str:
    value = os.environ.get(token_env(project), "").strip()
    if not value:
        raise InvalidInput(
            f"A push reads its token from ${token_env(project)}, which is not set here.",
            next_step=f"Run `export {token_env(project)}=…` with a token that may write, and start again.",
        )
    return value


def _check_name(name: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(name)
    except HFValidationError as fault:
        raise InvalidInput(
            f"No repository of the Hub can be called {name!r}.",
            next_step="Name it OWNER/NAME, of letters, digits, '-', '_' and '.'.",
        ) from fault


@contextmanager
def _sentences(project: Project, name: str) -> Iterator[None]:
    """What the Hub or the way to it says, as errors that a person can act on."""
    import httpx2
    from huggingface_hub.constants import ENDPOINT
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        yield
    except OfflineModeIsEnabled as fault:
        raise InvalidInput(
            "$HF_HUB_OFFLINE is set, so nothing is sent to the Hub.",
            next_step="Unset it and start again, or export a folder with --format huggingface-hub.",
        ) from fault
    except HfHubHTTPError as fault:
        raise _refusal(fault, project, name) from fault
    except (httpx2.TransportError, RuntimeError) as fault:  # the library wraps a broken upload in the latter
        raise ServiceUnavailable(
            f"The Hub at {ENDPOINT} does not answer: {fault.__cause__ or fault}.",
            next_step="Check the network and $HF_ENDPOINT and push again; nothing was committed.",
        ) from fault


def _refusal(fault: OSError, project: Project, name: str) -> Exception:
    status = int(fault.response.status_code)  # type: ignore[attr-defined]
    said = str(getattr(fault, "server_message", None) or fault)[:300]
    if status == 401:
        return InvalidInput(
            f"The Hub refuses the token in ${token_env(project)}.",
            next_step="Make one that may write at https://huggingface.co/settings/tokens.",
        )
    if status in (403, 404):
        return InvalidInput(
            f"The token in ${token_env(project)} may not write to {name}: {said}.",
            next_step="Name a repository of your own, or use a token with leave to write there.",
        )
    if status < 500:
        return InvalidInput(f"The Hub refuses the push to {name}: {said}.", next_step="Mend that.")
    return ServiceUnavailable(
        f"The Hub fails with status {status}: {said}.", next_step="Push again later; nothing was committed."
    )
