"""The queue card, worked by keyboard, and what was decided on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from playwright.sync_api import expect

from tests.journey.person import Person


@dataclass(frozen=True)
class Decided:
    """One decision as the person made it; `title` is the card's, a dash where the listing has none."""

    title: str = field(compare=False)
    decision: str
    output: str
    tags: tuple[str, ...] = ()
    record_id: str = ""


class Card:
    """The review page of a person."""

    def __init__(self, person: Person, labels: tuple[str, ...]) -> None:
        self.person = person
        self.page = person.page
        self.labels = labels
        self.saving = self.page.locator(".saving")

    @property
    def title(self) -> str:
        return self.page.locator(".input .title").inner_text()

    @property
    def given(self) -> str:
        """The teacher's label."""
        return self.page.locator(".label .given").inner_text()

    def key(self, key: str) -> dict[str, Any]:
        """Press a key that decides or undoes; the next card stands at once. Returns what was sent."""
        with self.page.expect_request("**/api/reviews") as sent:
            self.page.keyboard.press(key)
        body: dict[str, Any] = sent.value.post_data_json
        return body

    def write(self, label: str) -> None:
        """E, the last words of a label, Enter: the label is chosen and the keys decide again."""
        leaf = label.rpartition(" > ")[2]
        self.page.keyboard.press("e")
        self.page.keyboard.type(leaf.lower())
        self.page.keyboard.press("Enter")
        chosen = self.page.locator('.choice[aria-selected="true"]')
        expect(chosen).to_have_count(1)
        expect(chosen.locator(".leaf")).to_have_text(leaf)

    def tag(self, digit: int) -> str:
        """Mark the error tag of that digit. Returns its code."""
        button = self.page.locator(".tag").nth(digit - 1)
        expect(button).to_have_attribute("aria-pressed", "false")
        self.page.keyboard.press(str(digit))
        expect(button).to_have_attribute("aria-pressed", "true")
        return str(button.get_attribute("data-code"))

    def approve(self) -> Decided:
        """Approve what the teacher said, where it is a label; else correct it."""
        if self.given not in self.labels:
            return self.correct()
        title, given = self.title, self.given
        return self._decide("a", Decided(title, "approved", given))

    def correct(self, *digits: int) -> Decided:
        """Another label than the teacher's, chosen by typing, with error tags."""
        title = self.title
        wanted = next(label for label in self.labels if label != self.given)
        self.write(wanted)
        tags = tuple(self.tag(digit) for digit in digits)
        return self._decide("s", Decided(title, "corrected", wanted, tags))

    def discard(self) -> Decided:
        title = self.title
        return self._decide("d", Decided(title, "discarded", ""))

    def undo(self, last: Decided) -> None:
        """U: the record of the last decision is back."""
        self.key("u")
        expect(self.page.locator(".input .title")).to_have_text(last.title)

    def saved(self) -> None:
        """Wait until everything sent was acknowledged."""
        expect(self.saving).to_have_attribute("data-state", "saved")
        expect(self.saving).to_have_attribute("data-waiting", "0")

    def _decide(self, key: str, decided: Decided) -> Decided:
        sent = self.key(key)
        assert sent["decision"] == decided.decision
        assert sent["error_tags"] == list(decided.tags)
        return replace(decided, record_id=sent["record_id"])
