"""What reading one file may cost in a project: the settings under `[imports]` of `understudy.toml`."""

from __future__ import annotations

from dataclasses import fields

from curation.imports.reading.limits import Limits
from storage.project import Project


def limits_of(project: Project) -> Limits:
    """The project's own limits; the defaults where nothing is set."""
    settings = project.settings.imports
    return Limits(**{field.name: getattr(settings, field.name) for field in fields(Limits)})
