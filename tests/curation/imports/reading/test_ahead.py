"""What is taken ahead comes whole, in order, with the fault that ended it; and nothing is left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import chain

import pytest

from curation.imports.reading.ahead import MOST_WAITING, ahead


def never_stopped() -> None:
    """The sources here end by themselves."""


def counted(most: int, taken: list[int]) -> Iterator[int]:
    for number in range(most):
        taken.append(number)
        yield number


def test_all_comes_in_order_some_at_a_time() -> None:
    with ahead(iter(range(100)), never_stopped) as found:
        parts = list(found)
    assert [number for part in parts for number in part] == list(range(100))
    assert all(1 <= len(part) <= MOST_WAITING for part in parts)


def test_a_fault_comes_after_what_was_read_before_it() -> None:
    def failing() -> Iterator[int]:
        yield from range(3)
        raise ValueError("torn off")

    with ahead(failing(), never_stopped) as found:
        taken = chain.from_iterable(found)
        assert [next(taken), next(taken), next(taken)] == [0, 1, 2]
        with pytest.raises(ValueError, match="torn off"):
            next(taken)


def test_no_more_is_taken_than_may_wait_and_none_after_the_end() -> None:
    taken: list[int] = []
    running = threading.active_count()
    with ahead(counted(1_000, taken), never_stopped) as found:
        first = next(found)
    assert first[0] == 0
    assert len(taken) <= len(first) + MOST_WAITING + 1
    assert threading.active_count() == running


def test_a_source_that_waits_is_stopped() -> None:
    free = threading.Event()

    def waiting() -> Iterator[int]:
        yield 1
        free.wait()

    with ahead(waiting(), free.set) as found:
        assert next(found) == [1]
    assert free.is_set()
