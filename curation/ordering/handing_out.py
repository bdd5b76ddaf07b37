"""Handing out: the next records of a queue for one person, leased, in the chosen order.

The order comes from the places of the queue and is followed as long as they last. What Argilla says
decides: every record is asked for there before it is shown, and at the end of the places those that
Argilla still has are found, whatever is noted here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from curation.gold import known
from curation.ordering import holders, leases, orders
from curation.ordering.holders import Holder
from curation.ordering.orders import Order
from curation.ordering.places import falls_in
from curation.ordering.settings import Handing
from storage.argilla_client import ArgillaClient, QueueItem
from storage.argilla_client.responses import MOST_VALUES
from storage.project import Project

ROUNDS = 6
"""How often the places are asked before Argilla is: enough to pass 1,250 that were done elsewhere."""


@dataclass(frozen=True)
class Handed:
    """A record to be shown. `also_open`: somebody else has it in hand, and nothing else was left."""

    item: QueueItem
    also_open: bool = False


@dataclass
class _Asked:
    """One asking for cards."""

    client: ArgillaClient
    project: Project
    argilla_id: str
    task: str
    holder: Holder
    limit: int
    exclude: frozenset[str]
    found: dict[str, QueueItem] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return self.limit - len(self.found)

    def apart(self) -> frozenset[str]:
        """What is not wanted (again)."""
        return self.exclude | self.found.keys()


def handed_out(
    client: ArgillaClient,
    project: Project,
    argilla_id: str,
    task: str,
    holder: Holder,
    handing: Handing,
    limit: int,
    *,
    exclude: Collection[str] = (),
    order: Order | None = None,
) -> list[Handed]:
    """Up to `limit` records for this person, without those excluded; what those hold is renewed."""
    asked = _Asked(client, project, argilla_id, task, holder, limit, frozenset(exclude))
    if exclude:
        leases.renew(project, holder, exclude)
    gold = _known(asked, handing.gold_share)
    _in_order(asked, order or orders.parsed(handing.order))
    if asked.missing:
        _left_at_argilla(asked)
    if asked.found:
        return [Handed(item) for item in _mixed(holder.person, asked.found, gold)]
    return _in_other_hands(asked)


def _known(asked: _Asked, share: float) -> list[str]:
    """Records with a known output, as many as the share wants of this asking."""
    if not share:
        return []
    place = "/".join(sorted(asked.exclude)[:1]) + str(len(asked.exclude))
    count = sum(falls_in(share, "gold", asked.holder.person, place, str(n)) for n in range(asked.limit))
    limit, asked.limit = asked.limit, count
    _in_order(asked, Order(), known.only(asked.task))
    asked.limit = limit
    return list(asked.found)


def _in_order(asked: _Asked, order: Order, among: ColumnElement[bool] | None = None) -> None:
    """Fill up from the places."""
    count = asked.missing
    for _ in range(ROUNDS):
        if asked.missing <= 0:
            return
        ids = leases.take(
            asked.project, asked.holder, order, min(count, MOST_VALUES), exclude=asked.apart(), among=among
        )
        if not ids:
            return
        waiting = {item.external_id: item for item in asked.client.pending_of(asked.argilla_id, ids)}
        leases.close(asked.project, asked.holder, [name for name in ids if name not in waiting])
        wanted = [name for name in ids if name in waiting]
        surplus = wanted[asked.missing :]
        asked.found |= {name: waiting[name] for name in wanted[: asked.missing]}
        if surplus:
            leases.release(asked.project, asked.holder.queue, asked.holder.person, surplus)
        if len(wanted) < len(ids):
            count = MOST_VALUES  # others worked here without this page: pass them by in larger steps


def _left_at_argilla(asked: _Asked) -> None:
    """Fill up with what waits at Argilla and is in no other hands, whatever the places say."""
    waiting = {item.external_id: item for item in _pending(asked)}
    free = leases.claim(asked.project, asked.holder, list(waiting)[: 4 * asked.limit])
    kept = free[: asked.missing]
    asked.found |= {name: waiting[name] for name in kept}
    if free[len(kept) :]:
        leases.release(asked.project, asked.holder.queue, asked.holder.person, free[len(kept) :])


def _in_other_hands(asked: _Asked) -> list[Handed]:
    """Nothing else is left: what others have in hand, unless this person has something too."""
    if holders.has_any(asked.project, asked.holder):
        return []
    return [Handed(item, also_open=True) for item in _pending(asked)[: asked.limit]]


def _pending(asked: _Asked) -> list[QueueItem]:
    wanted = 2 * asked.limit
    while True:
        found = asked.client.pending(asked.argilla_id, wanted)
        waiting = [item for item in found if item.external_id not in asked.apart()]
        if len(waiting) >= 2 * asked.limit or len(found) < wanted:
            return waiting
        wanted *= 4


def _mixed(person: str, found: dict[str, QueueItem], gold: list[str]) -> list[QueueItem]:
    """The known ones spread over the others, the same way each time; nothing tells them apart."""
    order = [name for name in found if name not in gold]
    for name in gold:
        digest = hashlib.sha256(f"{person}/{name}".encode()).digest()
        order.insert(int.from_bytes(digest[:4]) % (len(order) + 1), name)
    return [found[name] for name in order]
