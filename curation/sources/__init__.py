"""Sources: where a task's imports come from, kept under a name and refreshed when there is more.

    where = sources.located("https://host/listings.csv")
    path = sources.bring(project, where)
    saved = sources.save(project, "shop", "Shop export", where, mapping, by="owner")
    sources.refresh(project, saved.source_id, "owner")      # only what is new comes in

A source is a path on this machine, an uploaded file that is kept, or an address that fsspec reaches. The
mapping last used for columns of the same names is proposed again.
"""

from curation.sources.bringing import at_hand, bring, discard, fetched
from curation.sources.choosing import choices
from curation.sources.job import fetch, start
from curation.sources.locations import Location, located
from curation.sources.refreshing import refresh
from curation.sources.remembering import proposed, remember
from curation.sources.source import Outcome, Source
from curation.sources.storing import find, forget, get, listing, rename, save

__all__ = [
    "Location", "Outcome", "Source", "at_hand", "bring", "choices", "discard", "fetch", "fetched", "find",
    "forget", "get", "listing", "located", "proposed", "refresh", "remember", "rename", "save", "start",
]  # fmt: skip
