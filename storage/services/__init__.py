"""PostgreSQL, Redis, Argilla, the workers and the app of a project: started, watched, stopped.

    up(project) -> Addresses         start in order, wait until each answers
    down(project)                    stop in reverse, leave no process
    status(project) -> [ServiceState]
    addresses(project) -> Addresses

The calls live in `lifecycle` and `standing` and are loaded at first use, so that importing one
part of this folder (its ports, its secrets) costs nothing more.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.services.lifecycle import Event, down, up
    from storage.services.standing import Addresses, ServiceState, addresses, status

_HOMES = {
    "Addresses": "standing", "ServiceState": "standing", "addresses": "standing", "status": "standing",
    "Event": "lifecycle", "down": "lifecycle", "up": "lifecycle",
}  # fmt: skip
__all__ = ["Addresses", "Event", "ServiceState", "addresses", "down", "status", "up"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
