"""From the key to the next record painted: the queue card, Argilla's own UI, Label Studio.

    python -m tests.benchmarks.review_latency --json

In one run, by one clock in the page (`_stopwatch.py`): 200 decisions at three a second on a queue of
2,000 and one of 100,000 records, then a burst of 20 in 2 s; the same clock on Argilla's UI and on Label
Studio (installed into .venv-peers/label-studio at the first run), at the pace that each can keep.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from storage import argilla_client
from tests import chromium
from tests.benchmarks import _argilla_page, _label_studio, _review_house, _stopwatch
from tests.benchmarks._stopwatch import Percentiles
from tests.faults.house import House, started

SMALL, LARGE = 2_000, 100_000
DECISIONS, EVERY_S = 200, 1 / 3
BURST, BURST_S = 20, 2.0
PEERS_EVERY_S = 0.8
LIMITS_MS = {"painted p50": 16, "painted p95": 50, "acknowledged p50": 100, "acknowledged p95": 250}
MOST_OF_THE_BETTER = 0.4
LONG_BYTES, MANY_LABELS = 200_000, 5_600


def tab(browser: Browser) -> Page:
    """A window of a laptop's size."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_default_timeout(60_000)
    return page


def ours(browser: Browser, house: House, records: int, decisions: int) -> dict[str, Any]:
    """The queue card: painted and acknowledged, then the burst."""
    queue, seconds = _review_house.opened(house, f"speed-{records}", _review_house.texts(records))
    page = tab(browser)
    _review_house.open_page(page, house, queue)
    _stopwatch.start(page, _review_house.TITLE, ["a"])
    _stopwatch.watch_answers(page, "/api/reviews")
    painted = _stopwatch.decide(page, _review_house.press, decisions, EVERY_S)
    acknowledged = _stopwatch.acknowledged(page, decisions)
    before = stored(house, queue.argilla_id)
    began = time.monotonic()
    for number in range(BURST):
        time.sleep(max(0.0, began + number * BURST_S / BURST - time.monotonic()))
        _review_house.press(page)
    _stopwatch.acknowledged(page, decisions + BURST)
    found = {
        "product": "queue card", "records": records, "painted": asdict(painted),
        "acknowledged": asdict(acknowledged), "burst_stored": stored(house, queue.argilla_id) - before,
        "cards_ms": fetched(page, queue.name), "filled_s": round(seconds),
    }  # fmt: skip
    page.close()
    return found


def fetched(page: Page, queue: str) -> float:
    """Milliseconds in which the server hands out 30 cards, the median of eleven times."""
    times = page.evaluate(
        """async (queue) => {
            const times = [];
            for (let turn = 0; turn < 11; turn++) {
                const began = performance.now();
                await (await fetch(`/api/cards?queue=${queue}&limit=30`)).json();
                times.push(performance.now() - began);
            }
            return times.sort((one, other) => one - other);
        }""",
        queue,
    )
    return round(times[len(times) // 2], 1)


def first_paints(browser: Browser, house: House) -> dict[str, dict[str, float]]:
    """Milliseconds from opening the page's address to its first paint, and to the record painted.

    Of a record of 200 kB, and of one with 5,600 labels to choose from; the second of two openings, as a
    person who reviews has the page's scripts already.
    """
    long = [(f"number {n}: " + "a long text goes on and on. " * LONG_BYTES)[:LONG_BYTES] for n in range(3)]
    many = [f"Aisle {n // 280} > Shelf {n // 28} > Goods {n}" for n in range(MANY_LABELS)]
    queues = {
        "200 kB": _review_house.opened(house, "long", long)[0],
        "5,600 labels": _review_house.opened(house, "many", _review_house.texts(50), many)[0],
    }
    found = {}
    for name, queue in queues.items():
        page = tab(browser)
        _review_house.open_page(page, house, queue)
        page.reload()
        page.locator(_review_house.TITLE).wait_for()
        paint, record = page.evaluate(
            "[performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.now()]"
        )
        found[name] = {"first_paint_ms": round(paint), "record_ms": round(record)}
        page.close()
    return found


def stored(house: House, queue_id: str) -> int:
    """The answers that Argilla holds."""
    return sum(1 for _ in argilla_client.connect(house.project).responses(queue_id))


def argilla(browser: Browser, house: House, url: str, decisions: int) -> Percentiles:
    """Argilla's own UI, on the same server."""
    owner = argilla_client.connect(house.project)
    texts = _review_house.texts(SMALL)
    queue_id = _argilla_page.filled(owner, house.project.name, texts, _review_house.LABELS)
    page = tab(browser)
    _argilla_page.open_queue(page, url, queue_id, "owner", house.password)
    _stopwatch.start(page, _argilla_page.SHOWN, ["Enter"])
    found = _stopwatch.decide(page, _argilla_page.press, decisions, PEERS_EVERY_S)
    page.close()
    return found


def label_studio(browser: Browser, decisions: int) -> Percentiles:
    """Label Studio, on its own server."""
    with tempfile.TemporaryDirectory() as folder, _label_studio.running(Path(folder)) as url:
        number = _label_studio.filled(url, _review_house.texts(SMALL), _review_house.LABELS)
        page = tab(browser)
        _label_studio.open_stream(page, url, number)
        _stopwatch.start(page, _label_studio.SHOWN, ["Enter"], ctrl=True)
        found = _stopwatch.decide(page, _label_studio.press, decisions, PEERS_EVERY_S)
        page.close()
    return found


def measured(decisions: int, large: int) -> dict[str, Any]:
    """Everything, one after the other on one machine."""
    _label_studio.installed()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.ARGUMENTS)
        with started() as house:
            rows = [ours(browser, house, records, decisions) for records in (SMALL, large)]
            paints = first_paints(browser, house)
            url = str(house.up()["argilla_url"])
            of_argilla = argilla(browser, house, url, decisions)
        of_label_studio = label_studio(browser, decisions)
        browser.close()
    peers = [
        {"product": "Argilla's own UI", "records": SMALL, "painted": asdict(of_argilla)},
        {"product": f"Label Studio {_label_studio.version()}", "records": SMALL,
         "painted": asdict(of_label_studio)},
    ]  # fmt: skip
    better = min(peer["painted"]["p50"] for peer in peers)  # type: ignore[index]
    return {
        "benchmark": "review_latency", "rows": [*rows, *peers], "limits_ms": LIMITS_MS,
        "first_paints": paints,
        "ratio": round(rows[0]["painted"]["p50"] / better, 2), "ratio_wanted": MOST_OF_THE_BETTER,
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--decisions", type=int, default=DECISIONS)
    parser.add_argument("--large", type=int, default=LARGE, help="records of the larger queue")
    told = parser.parse_args()
    found = measured(told.decisions, told.large)
    if told.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for row in found["rows"]:
        figures = {name: value for name, value in row.items() if name not in ("product", "records")}
        sys.stdout.write(f"{row['product']}, {row['records']:,} records: {figures}\n")
    sys.stdout.write(f"first paints: {found['first_paints']}\n")
    sys.stdout.write(f"ours to the better peer: {found['ratio']} (at most {found['ratio_wanted']})\n")


if __name__ == "__main__":
    main()
