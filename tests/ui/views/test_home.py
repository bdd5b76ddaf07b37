from __future__ import annotations

import pytest

from curation.queues import Queue
from storage.project import Project
from tests.curation import sample_task
from tests.ui.conftest import ORIGIN, SignedIn
from tests.ui.routes.test_reviews import decision
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla


def test_an_empty_project_says_to_start_with_a_task(opened: Opened) -> None:
    assert "Start with a task" in said(opened("home"))


def test_an_empty_project_says_on_every_page_of_a_task_that_one_comes_first(
    house: Project, opened: Opened
) -> None:
    for address in ("import", "preparing", "duplicates", "explore", "labels", "datasets", "exports"):
        assert "No task yet" in said(opened(address)), address


def test_a_task_without_records_says_to_import(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("home")
    assert page.title[0].value == "Shelf labels"
    assert page.button(key="home.next").label == "Import records"


def test_the_pipeline_counts_what_is_there_and_leads_to_the_review(queue: Queue, opened: Opened) -> None:
    page = opened("home", role="annotator")
    assert [one.value for one in page.text if one.value == "12"] == ["12", "12"]  # imported, labelled
    assert "12 records wait for you." in said(page)
    assert page.button(key="home.next").label == "Review"


def test_a_decision_counts_at_once(queue: Queue, opened: Opened, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    client.post("/api/reviews", json=decision(card), headers={"Origin": ORIGIN})
    assert "11 records wait for you." in said(opened("home"))


def test_home_is_drawn_while_argilla_is_away(
    queue: Queue, house: Project, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened("home")
    path = house.root / "understudy.toml"
    text = path.read_text()
    path.write_text(text.replace(house.settings.services.argilla_url, "http://127.0.0.1:9"))
    from ui import resources

    resources.project.clear()
    page = opened("home")
    assert "Argilla does not answer" in said(page)
    assert "12" in [one.value for one in page.text]


def test_signed_out_there_is_nothing_but_the_way_in(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("home", role=None)
    assert page.title[0].value == "You are signed out"
    assert "Shelf" not in said(page)


def test_signing_out_ends_the_session(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("home")
    page.button(key="shell.sign_out").click().run()
    assert page.title[0].value == "You are signed out"
