"""The app itself, run by Streamlit's AppTest: the real router, sign-in, database and Argilla."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from storage.project import Project
from tests.ui.conftest import SignedIn
from ui import app, resources
from ui.views import catalogue

Opened = Callable[..., AppTest]


@dataclass
class Visitor:
    """The cookie of the browser that AppTest stands for: it has no browser of its own."""

    cookie: str | None = None


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Visitor:
    found = Visitor()
    monkeypatch.setattr(resources, "session_cookie", lambda: found.cookie)
    return found


@pytest.fixture
def opened(house: Project, signed_in: SignedIn, visitor: Visitor) -> Iterator[Opened]:
    """Opens the page at an address as somebody of that role (None: signed out) and runs it."""
    resources.project.clear()
    browsers: dict[str, str] = {}

    def open_page(address: str, *, role: str | None = "owner", **query: str) -> AppTest:
        if role is not None and role not in browsers:
            browsers[role] = signed_in(role).cookies["understudy_session"]
        visitor.cookie = browsers.get(role) if role is not None else None
        page = AppTest.from_file(app.__file__, default_timeout=60)
        assert catalogue.entry(address) is not None, address
        page._page_hash = "" if address == "home" else calc_hash(address)  # as its URL would choose it
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception, [fault.value for fault in page.exception]
        return page

    yield open_page
    resources.project.clear()


def said(page: AppTest) -> str:
    """All the text on the page, as one string."""
    kinds = (page.title, page.subheader, page.markdown, page.caption, page.text, page.error, page.info)
    return "\n".join(str(one.value) for kind in kinds for one in kind).replace("\\", "")
