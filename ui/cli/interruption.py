"""Ctrl-C, SIGTERM and a closed terminal, noticed at chosen moments.

A KeyboardInterrupt raised by a signal handler is lost when it strikes inside an import's or a
destructor's callback (seen: `up` went on and could not be stopped), and a second one, of an
impatient person, leaves half of the services running.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Whether the person asked this command to end."""

    def __init__(self) -> None:
        self._came = threading.Event()
        self._at_once = False

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal came."""
        if self._came.is_set():
            raise KeyboardInterrupt

    def wait(self, seconds: float) -> None:
        """Sleep for `seconds`. Raises KeyboardInterrupt as soon as a signal comes."""
        self._came.wait(seconds)
        self.check()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """In this block the first signal raises KeyboardInterrupt wherever the code stands."""
        self._at_once = True
        try:
            self.check()
            yield
            self.check()
        finally:
            self._at_once = False

    def _notice(self, number: int, frame: FrameType | None) -> None:
        first = not self._came.is_set()
        self._came.set()
        if first and self._at_once:
            raise KeyboardInterrupt


@contextmanager
def noticed() -> Iterator[Interruption]:
    """In this block signals are only noticed; the Interruption tells of them when it is asked."""
    interruption = Interruption()
    before = {number: signal.signal(number, interruption._notice) for number in _SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
