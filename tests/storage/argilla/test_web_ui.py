"""Argilla's own web UI on the embedded server, in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from storage.argilla_client import (
    ArgillaClient,
    Provenance,
    QueueRecord,
    QueueSpec,
    ReviewAnswer,
    suggestions_for,
)
from tests.argilla_stand import ArgillaStand
from tests.storage.argilla.conftest import LABELS, save, sign_in

pytestmark = [pytest.mark.argilla, pytest.mark.browser]


def record(external_id: str, **fields: str) -> QueueRecord:
    shown = fields | {"teacher_output": LABELS[2]}
    return QueueRecord(external_id, shown, suggestions=suggestions_for(LABELS[2], LABELS, agent="teacher v1"))


def decided(owner: ArgillaClient, queue_id: str) -> None:
    item = next(item for item in owner.pending(queue_id, 10) if item.external_id == "lamp")
    answer = ReviewAnswer(
        decision="corrected",
        output=LABELS[1],
        error_tags=("sibling",),
        note="It gives light",
        provenance=Provenance(label_id="lab_1", client_id="c-1", seconds_spent=3.2),
    )
    owner.submit(item.record_id, answer.values())


def test_a_decision_of_ours_is_seen_in_argillas_own_ui(
    argilla_stand: ArgillaStand, spec: QueueSpec, page: Page, tmp_path: Path
) -> None:
    records = [
        record("lamp", title="Brass table lamp", description="40 cm"),
        record("pan", title="Cast iron pan", description="26 cm"),
    ]
    spec = replace(spec, name="product-categories, prompt v1")  # as the screenshots show it
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        decided(argilla_stand.owner, queue_id)
        sign_in(page, argilla_stand)
        expect(page.get_by_text(spec.name)).to_be_visible()
        page.goto(f"{argilla_stand.url}/dataset/{queue_id}/annotation-mode")
        expect(page.get_by_text("Cast iron pan")).to_be_visible()
        expect(page.get_by_text("1 of 1")).to_be_visible()
        save(page, "argilla-pending-1280.png", tmp_path)
        page.goto(f"{argilla_stand.url}/dataset/{queue_id}/annotation-mode?page=1&status=submitted")
        expect(page.get_by_text("Brass table lamp")).to_be_visible()
        expect(page.get_by_text("It gives light")).to_be_visible()
        expect(page.get_by_text('["sibling"]')).to_be_visible()
        chosen = page.locator("input:checked").evaluate_all("all => all.map(each => each.name || each.id)")
        assert len(chosen) == 2, chosen
        save(page, "argilla-submitted-1280.png", tmp_path)
    elsewhere = {urlsplit(url).netloc for url in asked} - {urlsplit(argilla_stand.url).netloc}
    assert elsewhere <= {"fonts.googleapis.com"}  # asked for by its style sheet, and refused by the policy


def test_a_decision_in_argillas_own_ui_is_ours_too(
    argilla_stand: ArgillaStand, spec: QueueSpec, page: Page
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, [record("pan", title="Cast iron pan")])
        sign_in(page, argilla_stand)
        page.goto(f"{argilla_stand.url}/dataset/{queue_id}/annotation-mode")
        page.get_by_text("approved", exact=True).click()
        with page.expect_response(lambda reply: reply.url.endswith("/responses") and reply.ok):
            page.get_by_role("button", name="Submit").click()
        (stored,) = argilla_stand.owner.responses(queue_id)
        assert (stored.values["decision"], stored.values["output"]) == ("approved", LABELS[2])
        assert argilla_stand.owner.progress(queue_id).completed == 1


def test_text_under_review_cannot_act_as_a_page(
    argilla_stand: ArgillaStand, spec: QueueSpec, page: Page
) -> None:
    hostile = "<img src='/missing.png' onerror='parent.acted=1'><script>parent.acted=1</script><b>bold</b>"
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, [record("bad", title=hostile, description="plain")])
        sign_in(page, argilla_stand)
        page.goto(f"{argilla_stand.url}/dataset/{queue_id}/annotation-mode")
        frame = page.frame_locator("iframe").first
        expect(frame.get_by_text("bold")).to_be_visible()  # Argilla does show it as HTML
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.acted") is None
    assert any("inline script violates" in text for text in said)
    assert any("inline event handler violates" in text for text in said)
