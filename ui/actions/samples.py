"""Sample data for a task begun from a preset: the file, its recorded teacher and the first prompt."""

from __future__ import annotations

from pathlib import Path

from curation import teachers
from curation.imports import Terms
from curation.sample.preset_samples import TEACHER, PresetSample
from curation.sample.product_categories import LICENCE, TEACHER_TERMS
from storage.jobs import Job
from storage.project import Project
from ui.actions import imports, tasks
from ui.sign_in import Person

SOURCE = "written for Understudy"


def bring(project: Project, by: Person, task: str, sample: PresetSample) -> Job:
    """Write the sample's file, start its import, and make the teacher and the prompt that go with it.

    Each part is an action of its own. Raises NotAllowed, and what those raise.
    """
    by.require("run")
    path: Path = sample.write(project.cache_dir / "samples" / sample.preset)
    job = imports.start_import(
        project, by, task, path, sample.mapping, source=SOURCE, terms=Terms(licence=LICENCE, origin=SOURCE)
    )
    teacher = teachers.parse(
        {"kind": "recorded", "name": TEACHER, "column": sample.teacher_column, **TEACHER_TERMS}
    )
    tasks.save_teacher(project, by, teacher)
    tasks.create_prompt(
        project, by, task, system=sample.system, template=sample.template, reason=sample.reason
    )
    return job
