"""Errors on a page: a sentence and the next step for what a person can fix, an id for a bug."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from storage.errors import UserError
from ui.components.words import plain

_LOG = logging.getLogger("understudy.ui")


@contextmanager
def guard() -> Iterator[None]:
    """Show what goes wrong inside the block instead of leaving the page blank."""
    try:
        yield
    except Exception as fault:
        show(fault)


def show(fault: Exception) -> None:
    """Put an error on the page.

    A UserError shows its sentence and next step. Anything else is a bug: it is logged with its
    traceback under an id that the page shows.
    """
    if isinstance(fault, UserError):
        st.error(f"{plain(fault.what)}\n\n{plain(fault.next_step)}".strip(), icon=":material/error:")
        return
    number = f"bug_{secrets.token_hex(4)}"
    _LOG.error("%s", number, exc_info=fault)
    st.error(
        f"Something broke on our side and was logged as **{plain(number)}**.\n\n"
        "Nothing half-done was kept. Try again; if it repeats, look for that id in services/logs.",
        icon=":material/bug_report:",
    )


def on_script_error(fault: Exception) -> bool:
    """What a callback or a page let escape; True tells Streamlit that it has been shown."""
    show(fault)
    return True
