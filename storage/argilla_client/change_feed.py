"""The change feed of our own Argilla: what was made, changed or deleted since a place in it.

The server keeps it (see the README of `storage/argilla_server`); no other Argilla has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from storage.argilla_client.copying import WholeQueues
from storage.argilla_client.replies import read
from storage.argilla_client.shapes import Change, ChangePage, FeedLost
from storage.errors import InvalidInput, NotFound

PATH = "/understudy/changes"
_PAGE = 5000


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _ChangeReply(_Reply):
    entity: Literal["record", "suggestion", "response"]
    action: Literal["created", "updated", "deleted"]
    id: str
    record_id: str
    dataset_id: str | None = None

    def change(self) -> Change:
        return Change(self.entity, self.action, self.id, self.record_id, self.dataset_id)


class _PageReply(_Reply):
    changes: list[_ChangeReply]
    next: str
    more: bool


class ChangeFeed(WholeQueues):
    """The part of the client that reads the change feed (owners and admins)."""

    def feed_cursor(self) -> str | None:
        """The place in the feed behind all that happened until now; None where Argilla has no feed."""
        try:
            return read(self._http.request("GET", PATH), _PageReply).next
        except NotFound:
            return None

    def changes_since(self, cursor: str) -> Iterator[ChangePage]:
        """What happened since, in order, a page at a time; at least one page, which may be empty.

        Raises FeedLost where the feed does not reach back to that place, or there is none any more.
        """
        while True:
            try:
                reply = self._http.request("GET", PATH, parameters={"after": cursor, "limit": _PAGE})
            except FeedLost:
                raise
            except (NotFound, InvalidInput) as fault:
                raise FeedLost("Argilla has no change feed any more, or another one.") from fault
            page = read(reply, _PageReply)
            cursor = page.next
            yield ChangePage([change.change() for change in page.changes], cursor)
            if not page.more:
                return
