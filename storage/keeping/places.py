"""What lies under `tasks/`: published artifacts, what is unfinished, and what does not belong there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from storage.artifacts import KINDS, MANIFEST
from storage.identifiers import is_name
from storage.keeping import removals
from storage.keeping.report import Fault
from storage.project import Project


@dataclass
class Places:
    """Folders of artifacts by `task/kind/id`, and the rest by its path under `tasks/`."""

    artifacts: dict[str, Path] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    def stands(self, reference: str) -> bool:
        """Whether an artifact that was seen is there still."""
        return self.artifacts[reference].is_dir()


def look(project: Project) -> Places:
    """Walk the folders by name; no manifest is read."""
    found = Places()
    for task in _entries(project.tasks_dir):
        if not (task.is_dir() and is_name(task.name)):
            _foreign(found, task, project.tasks_dir)
            continue
        for home in _entries(task):
            if home.is_dir() and home.name in KINDS:
                for folder in _entries(home):
                    _artifact(found, folder, project.tasks_dir)
            elif not (home.is_dir() and home.name == removals.FOLDER):
                _foreign(found, home, project.tasks_dir)
    return found


def _artifact(found: Places, folder: Path, tasks: Path) -> None:
    reference = folder.relative_to(tasks).as_posix()
    if folder.name.startswith("."):
        found.unfinished.append(reference)
        return
    if (folder / MANIFEST).is_file():
        found.artifacts[reference] = folder
        return
    try:
        filled = any(folder.iterdir())
    except FileNotFoundError:  # removed at this moment
        return
    except NotADirectoryError:
        filled = False
    if filled:
        # a folder appears under its own name only with its manifest in it
        found.faults.append(Fault(reference, MANIFEST, "missing"))
    else:
        found.strays.append(reference)


def _foreign(found: Places, path: Path, tasks: Path) -> None:
    name = path.relative_to(tasks).as_posix()
    (found.unfinished if path.name.startswith(".tmp-") else found.strays).append(name)


def _entries(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.iterdir()) if folder.is_dir() else ()
