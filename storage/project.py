"""A project: a folder on disk, and where each kind of thing lies in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from storage import settings as settings_file
from storage.errors import Conflict, NotFound
from storage.identifiers import checked_name
from storage.settings import Settings

SETTINGS_NAME = "understudy.toml"
PROJECT_VARIABLE = "UNDERSTUDY_PROJECT"


@dataclass(frozen=True)
class Project:
    """A project folder and its settings; cheap to make, safe to pass to another process by `root`."""

    root: Path
    settings: Settings

    @property
    def name(self) -> str:
        """The project's name, also the name of its Argilla workspace."""
        return self.settings.name

    @property
    def jobs_dir(self) -> Path:
        """Logs and unpublished parts, one folder per job."""
        return self.root / "jobs"

    @property
    def services_dir(self) -> Path:
        """PostgreSQL, Redis and Argilla's files, logs and secrets."""
        return self.root / "services"

    @property
    def cache_dir(self) -> Path:
        """What can be made again: the demo's base model, tokenised rows."""
        return self.root / "cache"

    @property
    def tasks_dir(self) -> Path:
        """Artifacts, by task and kind."""
        return self.root / "tasks"

    def artifacts_dir(self, task: str, kind: str) -> Path:
        """The folder of one kind of artifact of one task."""
        return self.tasks_dir / checked_name(task, "task") / kind


def create(root: Path, name: str) -> Project:
    """Make a project folder. Raises Conflict where one stands already."""
    checked_name(name, "project")
    root = root.resolve()
    path = root / SETTINGS_NAME
    if path.exists():
        raise Conflict(f"{root} already holds a project.", next_step="Open it, or choose another folder.")
    root.mkdir(parents=True, exist_ok=True)
    path.write_text(settings_file.initial_text(name), encoding="utf-8")
    return open_project(root)


def open_project(root: Path) -> Project:
    """Open the project in `root`. Raises NotFound where no `understudy.toml` stands."""
    root = root.resolve()
    path = root / SETTINGS_NAME
    if not path.is_file():
        raise NotFound(
            f"{root} holds no {SETTINGS_NAME}.",
            next_step="Name a project folder with --project, or make one with `understudy init DIR`.",
        )
    return Project(root=root, settings=settings_file.load(path))


def find_project(given: Path | None = None) -> Project:
    """The project named by `--project`, else by $UNDERSTUDY_PROJECT, else the current folder's."""
    if given is not None:
        return open_project(given)
    return open_project(Path(os.environ.get(PROJECT_VARIABLE) or Path.cwd()))
