"""How soon every page is drawn on a project of 1,000,000 records, and on one of 1,000.

    python -m tests.benchmarks.pages --json [--records 1000000] [--small 1000] [--rounds 3]

Both tasks stand in one running product. A page is opened by its address in a tab that knows the app's
scripts already; it is timed from then until its title stands (`first_ms`) and until the page's run has
ended and nothing more comes (`whole_ms`). The first opening after a start of the app is told apart, as
what the app remembers between two openings does not help it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests import chromium
from tests.benchmarks import _full_project
from tests.faults.house import House, started
from tests.ui.cli.commands import answer
from ui.views import catalogue

FIRST_LIMIT_MS, MOST_OF_THE_SMALL = 1_500, 3.0
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
LIMIT_MS = 120_000
ROUNDS = 3


def signed_in(browser: Browser, house: House) -> BrowserContext:
    """A window in which the owner is signed in and the app's scripts are kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    page.goto(house.url)
    page.fill("input[name=username]", "owner")
    page.fill("input[name=password]", house.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")
    page.wait_for_selector(IDLE)
    page.close()
    return context


def opened(context: BrowserContext, house: House, address: str, task: str) -> tuple[float, float]:
    """Milliseconds until the title of a page stands, and until the page is whole."""
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    began = time.monotonic()
    page.goto(f"{house.url}/{address}?task={task}", wait_until="commit")
    page.wait_for_selector("h1")
    first = time.monotonic()
    page.wait_for_selector(IDLE)
    whole = time.monotonic()
    if page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').count():
        raise RuntimeError(f"{address}: {page.locator('[data-testid=stMain]').inner_text()[:500]}")
    page.close()
    return (first - began) * 1000, (whole - began) * 1000


def of_task(browser: Browser, house: House, task: str, rounds: int) -> dict[str, dict[str, float]]:
    """Every page on one task: the first opening, then the median of the others."""
    answer("down", "--project", house.project.root)
    house.up()
    context = signed_in(browser, house)
    found: dict[str, dict[str, float]] = {}
    for entry in catalogue.entries():
        cold = opened(context, house, entry.address, task)
        warm = [opened(context, house, entry.address, task) for _ in range(rounds)]
        found[entry.address] = {
            "cold_first_ms": round(cold[0]),
            "cold_whole_ms": round(cold[1]),
            "first_ms": round(statistics.median(first for first, _ in warm)),
            "whole_ms": round(statistics.median(whole for _, whole in warm)),
        }
    context.close()
    return found


def measured(records: int, small: int, rounds: int) -> dict[str, Any]:
    """Every page on both tasks, and what does not hold."""
    with sync_playwright() as playwright, started() as house:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.ARGUMENTS)
        made = {name: _full_project.made(house, name, size).seconds
                for name, size in (("small", small), ("large", records))}  # fmt: skip
        times = {name: of_task(browser, house, name, rounds) for name in made}
        browser.close()
    pages = {
        address: {
            **large,
            "small_whole_ms": times["small"][address]["whole_ms"],
            "ratio": round(large["whole_ms"] / times["small"][address]["whole_ms"], 2),
        }
        for address, large in times["large"].items()
    }
    missed = [
        address
        for address, page in pages.items()
        if page["first_ms"] > FIRST_LIMIT_MS or page["ratio"] > MOST_OF_THE_SMALL
    ]
    return {
        "benchmark": "pages", "records": records, "small": small, "made_s": made, "pages": pages,
        "limits": {"first_ms": FIRST_LIMIT_MS, "ratio": MOST_OF_THE_SMALL}, "missed": missed,
        "ratio": max(page["ratio"] for page in pages.values()),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    told = parser.parse_args()
    found = measured(told.records, told.small, told.rounds)
    if told.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for address, page in found["pages"].items():
        sys.stdout.write(f"{address:16} {page}\n")
    sys.stdout.write(f"not within the limits: {', '.join(found['missed']) or 'none'}\n")


if __name__ == "__main__":
    main()
