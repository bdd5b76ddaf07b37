"""Everything that changes the project or takes data out of it, behind a role and with a line in the log.

    from ui.actions import datasets as act
    made = act.freeze(project, person, "triage")       # NotAllowed, or done and written down

The pages, the routes and the commands act through these functions and through nothing else; a test
holds that, and another holds the table of who may do what.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from ui.actions.registry import ACTIONS, Registered


def every_action() -> Mapping[str, Registered]:
    """All actions by name, from every module of this folder."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")
    return ACTIONS
