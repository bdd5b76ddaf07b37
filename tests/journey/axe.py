"""What axe-core finds wrong with a page for people who use it by screen reader or keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
CARD = '[class*="st-key-review-card"]'  # Streamlit's own chrome is not ours to mend


def violations(page: Page, within: str) -> list[str]:
    """The serious and critical violations in the part of the page that `within` selects."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        "within => axe.run(within, { resultTypes: ['violations'] }).then(result => result.violations)", within
    )
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in GRAVE
    ]
