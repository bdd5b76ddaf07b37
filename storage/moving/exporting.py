"""Everything of a project's workspace, read from its Argilla into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from storage import argilla_client
from storage.argilla_client import ArgillaClient, QueueSummary, Standing
from storage.argilla_client.whole import Account, WholeRecord
from storage.artifacts import code_version
from storage.errors import Conflict, NotAllowed
from storage.identifiers import new_id, now
from storage.moving import folder as folders
from storage.moving import origins
from storage.moving.contents import Content, content_of
from storage.moving.folder import ACCOUNTS, FORMAT, MANIFEST, Draft, ExportedQueue, Manifest
from storage.project import Project

Tell = Callable[[str], None]


def export(project: Project, folder: Path, *, tell: Tell = lambda told: None) -> Manifest:
    """Write the workspace's queues and accounts into a new folder.

    Each queue is read twice, and both readings must agree: an export is of one moment. Raises
    Conflict where the folder is not empty, or where a queue changed meanwhile; DiskFull; NotAllowed
    for a key that is not an owner's.
    """
    standing = owner_standing(project)
    client = argilla_client.connect(project)
    accounts = client.accounts(project.name)
    names = {user_id: account.username for user_id, account in accounts.items()}
    with folders.writing(folder) as draft:
        authors: set[str] = set()
        queues = tuple(
            _queue(project, client, draft, queue, f"queues/{number:03d}", names, authors, tell)
            for number, queue in enumerate(client.queues(project.name), start=1)
        )
        moving = [each for each in accounts.values() if each.member or each.username in authors]
        draft.write(ACCOUNTS, moving)
        manifest = _manifest(standing, moving, queues, draft)
        draft.write(MANIFEST, [manifest])
    return manifest


def owner_standing(project: Project) -> Standing:
    """What `check` finds. Raises NotAllowed unless the key is an owner's: only they know all accounts."""
    standing = argilla_client.check(project)
    if standing.role != "owner":
        raise NotAllowed(
            f"The key for {standing.url} is that of {standing.account}, an {standing.role}; "
            "accounts and other people's answers can be moved by an owner only.",
            next_step=f"Put an owner's key into {project.settings.services.argilla_api_key_env}.",
        )
    return standing


def _queue(
    project: Project,
    client: ArgillaClient,
    draft: Draft,
    queue: QueueSummary,
    file: str,
    names: Mapping[str, str],
    authors: set[str],
    tell: Tell,
) -> ExportedQueue:
    draft.write(f"{file}.settings.json", [client.queue_settings(queue.id)])
    read = origins.restored(project, client.whole_records(queue.id, names))
    first = draft.write_records(f"{file}.records.jsonl", _noted(read, authors))
    tell(f"{queue.name}: {first.records:,} records, {first.responses:,} answers; reading again to compare …")
    second = content_of(client.whole_records(queue.id, names))
    if first != second:
        raise Conflict(
            f"Queue {queue.name!r} changed while it was exported: {_counted(first)} at first, "
            f"{_counted(second)} at last. Nothing was exported.",
            next_step="Ask everybody to pause, and export again.",
        )
    return ExportedQueue(
        name=queue.name, source_id=queue.id, file=file, content_sha256=first.sha256, **first.counts()
    )


def _noted(records: Iterator[WholeRecord], authors: set[str]) -> Iterator[WholeRecord]:
    for record in records:
        authors.update(response.author for response in record.responses)
        yield record


def _counted(content: Content) -> str:
    return f"{content.records:,} records and {content.responses:,} answers ({content.sha256[:8]})"


def _manifest(
    standing: Standing, accounts: list[Account], queues: tuple[ExportedQueue, ...], draft: Draft
) -> Manifest:
    return Manifest(
        format=FORMAT,
        export_id=new_id("argilla"),
        exported_at=now(),
        code_version=code_version(),
        source=standing.url,
        argilla_version=standing.version,
        workspace=standing.workspace,
        accounts=len(accounts),
        queues=queues,
        files=draft.files(),
    )
