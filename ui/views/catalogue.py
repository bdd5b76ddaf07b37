"""Every page with its address, in the order of the loop. A page enters here when it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ui.components.page import header
from ui.sign_in import Action, Person
from ui.views import (
    account,
    agreement,
    audit,
    bulk,
    conflicts,
    datasets,
    duplicates,
    erase,
    evaluate,
    explore,
    exports,
    home,
    import_page,
    jobs,
    labels,
    people,
    preparing,
    progress,
    review,
    settings,
    side_by_side,
    train,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One page: its name in the navigation, its address, the function that draws it, and who needs it."""

    title: str
    address: str
    icon: str
    draw: Callable[[], None]
    section: Literal["loop", "project", "person"] = "loop"
    needs: Action = "review"

    @property
    def page(self) -> st.Page:
        """The Streamlit page; Home is the first."""
        return st.Page(
            self.draw, title=self.title, icon=f":material/{self.icon}:", url_path=self.address,
            default=self.address == "home",
        )  # fmt: skip


_ENTRIES = (
    Entry("Home", "home", "home", home.page),
    Entry("Import", "import", "upload_file", import_page.page, needs="run"),
    Entry("Clean and redact", "preparing", "cleaning_services", preparing.page, needs="run"),
    Entry("Duplicates", "duplicates", "content_copy", duplicates.page, needs="run"),
    Entry("Explore", "explore", "query_stats", explore.page, needs="run"),
    Entry("Label", "labels", "edit_note", labels.page, needs="run"),
    Entry("Review", "review", "rate_review", review.page),
    Entry("Bulk", "bulk", "grid_view", bulk.page),
    Entry("Agreement", "agreement", "handshake", agreement.page),
    Entry("Conflicts", "conflicts", "gavel", conflicts.page, needs="run"),
    Entry("Progress", "progress", "monitoring", progress.page),
    Entry("Datasets", "datasets", "dataset", datasets.page, needs="run"),
    Entry("Exports", "exports", "ios_share", exports.page, needs="export"),
    Entry("Train", "train", "model_training", train.page, needs="run"),
    Entry("Evaluate", "evaluate", "balance", evaluate.page, needs="run"),
    Entry("Side by side", "side-by-side", "compare", side_by_side.page, needs="vote"),
    Entry("Jobs", "jobs", "progress_activity", jobs.page, "project"),
    Entry("People", "people", "group", people.page, "project", "people"),
    Entry("Audit", "audit", "history", audit.page, "project", "audit"),
    Entry("Erase", "erase", "person_remove", erase.page, "project", "people"),
    Entry("Settings", "settings", "tune", settings.page, "project", "settings"),
    Entry("Your account", "account", "account_circle", account.page, "person"),
)


def entries() -> tuple[Entry, ...]:
    """The registered pages, in the order of the loop."""
    return _ENTRIES


def require(person: Person, url_path: str) -> None:
    """See that the role permits the page at this path of the app. Raises NotAllowed, below its title."""
    wanted = entry(url_path) or _ENTRIES[0]
    if not person.may(wanted.needs):
        header(wanted.title, "This page is for owners and admins.")
    person.require(wanted.needs)


def entry(address: str) -> Entry | None:
    """The page at an address; None while it is not part of this release."""
    return next((found for found in _ENTRIES if found.address == address), None)
