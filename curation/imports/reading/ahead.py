"""Batches taken up ahead of who uses them, so that the process that reads need not wait for its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_WAITING = 3
"""Batches that may wait: some 16 MB each at most, with their rows as they came."""


class Ahead(Generic[T]):
    """What an iterator gives, taken by a thread of its own: each time all that waits, in order.

    The iterator's fault is raised in its turn.
    """

    def __init__(self, source: Iterator[T], most: int) -> None:
        self._source = source
        self._most = most
        self._waiting: list[T] = []
        self._changed = Condition()
        self._fault: BaseException | None = None
        self._over = self._closed = False
        self._thread = Thread(target=self._run, name="reading ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[list[T]]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._over)
                if not self._waiting:
                    break
                found, self._waiting = self._waiting, []
                self._changed.notify_all()
            yield found
        if self._fault is not None:
            raise self._fault

    def close(self) -> None:
        """Take no more. Returns once the thread is gone, which the source must let happen."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            for each in self._source:
                with self._changed:
                    self._changed.wait_for(lambda: len(self._waiting) < self._most or self._closed)
                    if self._closed:
                        return
                    self._waiting.append(each)
                    self._changed.notify_all()
        except BaseException as fault:
            self._fault = fault
        finally:
            with self._changed:
                self._over = True
                self._changed.notify_all()


@contextmanager
def ahead(source: Iterator[T], stop: Callable[[], None]) -> Iterator[Iterator[list[T]]]:
    """What the source gives, taken ahead while the block lasts; then `stop` must make the source end."""
    taken = Ahead(source, MOST_WAITING)
    try:
        yield iter(taken)
    finally:
        stop()
        taken.close()
