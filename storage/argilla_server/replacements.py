"""What of Argilla is replaced, for its server and for its worker alike.

Each module named here says which functions of argilla-server 2.8.0 it replaces and why, and
tests compare them with their sources. Installed before Argilla's app or a job is imported.
"""

from __future__ import annotations

import idle_webhooks
import membership_asked_once
import record_status_locked
import settings_parsed_once


def install() -> None:
    """Put all of them in place."""
    for module in (idle_webhooks, membership_asked_once, record_status_locked, settings_parsed_once):
        module.install()
