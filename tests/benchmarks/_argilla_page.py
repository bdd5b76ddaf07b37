"""Argilla's own web UI on the embedded server, on a queue that asks for a label, worked by shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page

from storage.argilla_client import ArgillaClient, LabelQuestion, QueueRecord, QueueSpec, Suggestion, TextField

SHOWN = ".record__content .text_field_component"


def filled(owner: ArgillaClient, workspace: str, texts: Sequence[str], labels: Sequence[str]) -> str:
    """A queue with these texts, each with a suggestion; its id."""
    spec = QueueSpec(
        name=f"speed-{len(texts)}",
        workspace=workspace,
        fields=(TextField("text"),),
        questions=(LabelQuestion("label", tuple(labels), required=True),),
    )
    queue_id = owner.create_queue(spec)
    records = [
        QueueRecord(f"s{n}", {"text": text}, suggestions={"label": Suggestion(labels[n % len(labels)])})
        for n, text in enumerate(texts)
    ]
    owner.add_records(queue_id, records)
    return queue_id


def open_queue(page: Page, url: str, queue_id: str, username: str, password: str) -> None:
    """Sign in and open the pending records, one at a time."""
    page.goto(url)
    page.get_by_placeholder("Username").or_(page.locator("input[type=text]")).first.fill(username)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/dataset/{queue_id}/annotation-mode")
    page.locator(SHOWN).first.wait_for()


def press(page: Page) -> None:
    """Choose the first label, then submit."""
    page.keyboard.press("1")
    page.keyboard.press("Enter")
