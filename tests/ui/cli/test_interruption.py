import os
import signal
import time
from contextlib import suppress

import pytest

from ui.cli import interruption
from ui.cli.interruption import Interruption

NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_is_noticed_and_raises_only_where_it_is_asked_for(number: signal.Signals) -> None:
    with interruption.noticed() as interrupted:
        interrupted.check()
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt):
            interrupted.check()
        with pytest.raises(KeyboardInterrupt):
            interrupted.wait(0)


def test_waiting_ends_when_a_signal_comes() -> None:
    with interruption.noticed() as interrupted:
        before = signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, lambda number, frame: os.kill(os.getpid(), signal.SIGTERM))
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            interrupted.wait(60)
        assert time.monotonic() - began < 30
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, *before)


def interrupt_myself() -> bool:
    """Send this process a SIGINT; True if it struck here."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
    except KeyboardInterrupt:
        return True
    return False


def struck(interrupted: Interruption, times: int) -> list[bool]:
    """Interrupt a block that swallows what strikes it, as Python does inside a destructor."""
    found = []
    with suppress(KeyboardInterrupt), interrupted.at_once():
        found = [interrupt_myself() for _ in range(times)]
    return found


def test_at_once_the_first_signal_strikes_and_a_second_does_not() -> None:
    with interruption.noticed() as interrupted:
        assert struck(interrupted, times=3) == [True, False, False]


def test_a_signal_that_was_lost_in_the_block_ends_it_at_its_end() -> None:
    with interruption.noticed() as interrupted, pytest.raises(KeyboardInterrupt), interrupted.at_once():
        interrupt_myself()


def test_a_signal_that_came_earlier_keeps_the_block_from_starting() -> None:
    with interruption.noticed() as interrupted:
        assert not interrupt_myself()
        assert struck(interrupted, times=1) == []


def test_the_handlers_that_stood_before_stand_again() -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with interruption.noticed():
        assert [signal.getsignal(number) for number in NUMBERS] != before
    assert [signal.getsignal(number) for number in NUMBERS] == before
