"""An export, put into the project's Argilla: compared first, then added, then read again and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storage import argilla_client, database, locks
from storage.argilla_client import ArgillaClient
from storage.errors import Conflict
from storage.moving import accounts, comparing, links, origins
from storage.moving import folder as folders
from storage.moving.accounts import MovedAccounts
from storage.moving.comparing import Compared
from storage.moving.exporting import owner_standing
from storage.moving.folder import Export, ExportedQueue
from storage.project import Project

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ImportedQueue:
    """A queue that holds all that its export does. `new` ones were added by this call.

    `gone_on` counts answers that were given there since; `linked`: whether it is one of the project's
    own queues or comparisons, which from now on live there.
    """

    name: str
    queue_id: str
    records: int
    responses: int
    new_records: int
    new_responses: int
    gone_on: int
    content_sha256: str
    linked: bool


@dataclass(frozen=True)
class Imported:
    """What an import came to. Tell the passwords in `accounts`, then call `accounts.handed_over`."""

    target: str
    workspace: str
    accounts: MovedAccounts
    queues: tuple[ImportedQueue, ...]


def import_folder(project: Project, folder: Path, *, tell: Tell = lambda told: None) -> Imported:
    """Put an export's queues and accounts into the project's Argilla and workspace.

    Repeated, also after a kill, it adds what is missing and nothing twice.

    Raises InvalidInput for a damaged export, NotAllowed for a key that is not an owner's, Conflict
    where a queue of a name holds other content: in all three nothing was written. Conflict also
    where the copy is not what the export says.
    """
    export = folders.opened(folder)
    standing = owner_standing(project)
    client = argilla_client.connect(project)
    with database.engine(project).begin() as connection:
        locks.hold(connection, "argilla import")
        if standing.workspace_stands:
            for queue in export.manifest.queues:
                _refuse_other_content(project, client, export, queue)
        client.ensure_workspace(project.name)
        moved = accounts.move(project, client, export.accounts())
        tell(f"{len(moved.new):,} accounts made, {len(moved.known):,} were there.")
        queues = tuple(
            _moved(project, client, export, queue, moved, tell) for queue in export.manifest.queues
        )
    return Imported(standing.url, project.name, moved, queues)


def _refuse_other_content(
    project: Project, client: ArgillaClient, export: Export, queue: ExportedQueue
) -> None:
    there = client.queue_named(project.name, queue.name)
    if there is None:
        return
    told = comparing.settings_differences(client.queue_settings(there.id), export.settings(queue))
    held = client.progress(there.id).total
    if not told:
        found = comparing.compare(client, there.id, export, queue, _names(project, client))
        told = found.differing
        if found.differences > len(told):
            told.append(f"and {found.differences - len(told):,} more")
        more = held - (queue.records - found.missing_records)
        if more:
            told.append(f"{more:,} records that the export does not have")
    if told:
        raise Conflict(
            f"The Argilla at {client.base_url} has a queue {queue.name!r} of other content "
            f"({held:,} records there, {queue.records:,} in the export). " + "; ".join(told) + ". "
            "Nothing was imported.",
            next_step="Delete that queue in Argilla's own pages if it is of no more use, and import again.",
        )


def _moved(
    project: Project,
    client: ArgillaClient,
    export: Export,
    queue: ExportedQueue,
    moved: MovedAccounts,
    tell: Tell,
) -> ImportedQueue:
    there = client.queue_named(project.name, queue.name)
    queue_id = there.id if there else client.make_queue(project.name, export.settings(queue))
    names = _names(project, client)
    added = Compared()
    for batch in export.batches(queue):
        found = client.records_by_key(queue_id, [record.key for record in batch], names) if there else {}
        client.put_whole(queue_id, comparing.lacking(added, batch, found), moved.ids)
    tell(f"{queue.name}: {added.missing_records:,} records and {added.missing_responses:,} answers added.")
    with database.engine(project).begin() as connection:
        read = comparing.compare(
            client, queue_id, export, queue, names, lambda copies: origins.remember(connection, copies)
        )
        _refuse_failed_copy(client, queue, read)
        linked = links.follow(connection, queue.source_id, queue_id)
    return ImportedQueue(
        queue.name, queue_id, queue.records, queue.responses, added.missing_records, added.missing_responses,
        read.more_responses, read.content.sha256, linked,
    )  # fmt: skip


def _refuse_failed_copy(client: ArgillaClient, queue: ExportedQueue, read: Compared) -> None:
    if read.content.sha256 == queue.content_sha256:
        return
    told = list(read.differing)
    if read.missing_records or read.missing_responses:
        told.append(f"{read.missing_records:,} records and {read.missing_responses:,} answers are not found")
    raise Conflict(
        f"Read again, queue {queue.name!r} at {client.base_url} is not what the export holds: "
        f"{'; '.join(told) or 'its content has another hash'}.",
        next_step="Repeat the import: it adds what is missing. Somebody may be working on that queue.",
    )


def _names(project: Project, client: ArgillaClient) -> dict[str, str]:
    return {user_id: account.username for user_id, account in client.accounts(project.name).items()}
