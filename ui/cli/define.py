"""`understudy dataset define`: what versions are built from, as a file that one reads and keeps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, who

if TYPE_CHECKING:
    from curation.datasets.definition import Definition
    from storage.project import Project

FILES = (".yaml", ".yml", ".json")


def define(
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task's name.")],
    file: Annotated[
        Path | None, typer.Option(help="A .yaml or .json file to save; else the definition is shown.")
    ] = None,
    name: Annotated[str, typer.Option(help="Which definition; a file may give another name.")] = "default",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what versions of a task are built from, or save it from a file."""
    from curation.datasets.definition import files, storing
    from ui.actions import dataset_definitions as act

    home = opened(project)
    if file is None:
        saved = storing.get(home, task, name)
    else:
        wanted = files.read(file)
        if name != "default":
            wanted = wanted.model_copy(update={"name": name})
        standing = {each.definition.name: each.revision for each in storing.listing(home, task)}
        saved = act.define(home, who(), task, wanted, based_on=standing.get(wanted.name, 0))
    result = {
        "definition": saved.definition.model_dump(mode="json"), "revision": saved.revision,
        "sha256": saved.definition.content_hash(),
    }  # fmt: skip
    answer(as_json, result, lambda: files.to_yaml(saved.definition).rstrip())


def named(project: Project, task: str, given: str) -> Definition | None:
    """The definition of a name or of a file; None where nothing is given: the saved default counts."""
    from curation.datasets.definition import files, storing

    if not given:
        return None
    if given.endswith(FILES):
        return files.read(Path(given))
    return storing.get(project, task, given).definition
