"""The clock in the page: from the key that decides to the next record painted, the same for every product.

A frame loop looks for a changed record after the key; the time is taken once that frame was painted. So
its resolution is one frame (16.7 ms at 60 Hz), for all alike.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Page

LIMIT_S = 60
FRAME_S = 1 / 60
_CLOCK = """
({ selector, keys, ctrl }) => {
  const all = (root, found = []) => {
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) all(node.shadowRoot, found);
    found.push(...root.querySelectorAll(selector));
    return found;
  };
  const read = () => all(document).map((node) => node.textContent).join("\\n");
  const clock = { times: [], shown: read(), pressed: null };
  window.__clock = clock;
  window.addEventListener("keydown", (event) => {
    if (!keys.includes(event.key) || event.ctrlKey !== ctrl) return;
    clock.shown = read();
    clock.pressed = event.timeStamp;
  }, true);
  const look = () => {
    if (clock.pressed !== null) {
      const now = read();
      if (now && now !== clock.shown) {
        const pressed = clock.pressed;
        clock.pressed = null;
        const painted = new MessageChannel();
        painted.port1.onmessage = () => clock.times.push(performance.now() - pressed);
        painted.port2.postMessage(0);
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
_ANSWERS = """
(path) => {
  const sent = window.fetch;
  window.__answers = [];
  window.__keys = [];
  window.addEventListener("keydown", (event) => window.__keys.push(event.timeStamp), true);
  window.fetch = async (...given) => {
    const answer = await sent(...given);
    if (String(given[0]).includes(path) && given[1]?.method === "POST" && answer.ok) {
      window.__answers.push(performance.now());
    }
    return answer;
  };
}
"""


@dataclass(frozen=True)
class Percentiles:
    """Milliseconds, over `n` decisions."""

    n: int
    p50: float
    p95: float
    most: float

    @classmethod
    def of(cls, times_ms: Sequence[float]) -> Percentiles:
        """Of some times."""
        values = np.asarray(times_ms)
        p50, p95 = (float(np.percentile(values, share)) for share in (50, 95))
        return cls(len(values), round(p50, 1), round(p95, 1), round(float(values.max()), 1))


def start(page: Page, selector: str, keys: Sequence[str], *, ctrl: bool = False) -> None:
    """Begin to watch what `selector` shows after each of `keys`."""
    page.evaluate(_CLOCK, {"selector": selector, "keys": list(keys), "ctrl": ctrl})


def watch_answers(page: Page, path: str) -> None:
    """Begin to note when each POST to `path` was answered well, and when each key was pressed."""
    page.evaluate(_ANSWERS, path)


def decide(page: Page, press: Callable[[Page], None], count: int, every_s: float) -> Percentiles:
    """`count` decisions, one every `every_s` seconds; each waits for the record before it to be gone.

    Each comes up to a frame later, by a seeded die: a third of a second is twenty frames, so that
    else every key would fall on the same moment of a frame, and the run would measure that moment.
    """
    dice = random.Random(4)
    before = len(times(page))
    began = time.monotonic()
    for number in range(count):
        due = began + number * every_s + dice.random() * FRAME_S
        time.sleep(max(0.0, due - time.monotonic()))
        press(page)
        _until(page, "window.__clock.times.length", before + number + 1)
    return Percentiles.of(times(page)[before:])


def times(page: Page) -> list[float]:
    """Every time so far, in milliseconds."""
    found: list[float] = page.evaluate("window.__clock.times")
    return found


def acknowledged(page: Page, count: int) -> Percentiles:
    """From each of the first `count` keys to the answer to what it sent; they are sent in order."""
    _until(page, "window.__answers.length", count)
    keys, answers = page.evaluate("[window.__keys, window.__answers]")
    return Percentiles.of([answer - key for key, answer in zip(keys[:count], answers[:count], strict=True)])


def _until(page: Page, count: str, least: int) -> None:
    """Wait until `count` is `least`; asked anew each time: pages may forbid Playwright its own waiting."""
    end = time.monotonic() + LIMIT_S
    while page.evaluate(count) < least:
        if time.monotonic() > end:
            raise TimeoutError(f"{count} is {page.evaluate(count)}, not {least}, after {LIMIT_S} s.")
        page.wait_for_timeout(10)
