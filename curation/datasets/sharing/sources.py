"""Where the rows of a version come from: how many of each split, of which import, of which teacher.

Versions, records and labels never change, so what was counted once is remembered. Rows are joined to
their import and their teacher only where there is more than one that differs: a page counts a million
rows this way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow.dataset as arrow

from curation.datasets.freezing import get
from curation.datasets.splits import SPLITS
from storage import artifacts, views
from storage.artifacts import Manifest
from storage.project import Project


@dataclass(frozen=True)
class Source:
    """`rows` rows of a split that are alike in where they come from.

    `import_id` is None for rows that no import brought. `teacher` is None where the rows hold nothing
    that a teacher said, and "" where nothing names the teacher any more.
    """

    split: str
    import_id: str | None
    teacher: str | None
    rows: int


def sources(project: Project, task: str, version: str, alike: Mapping[str, str]) -> tuple[Source, ...]:
    """The sources of a version's rows. Raises NotFound for an unknown version.

    `alike` gives each import a word; imports of the same word need not be told apart, and one of
    them then stands for all.
    """
    manifest = get(project, task, version).manifest
    origins = imports_of(project, task, manifest)
    words = {import_id: alike.get(import_id, "") for import_id in dict.fromkeys(origins.values())}
    files = tuple(entry.sha256 for entry in manifest.files)
    return _counted(project, task, version, files, tuple(origins.items()), tuple(words.items()))


def imports_of(project: Project, task: str, version: Manifest) -> dict[str, str]:
    """The import of each records artifact that a version was made of; "" where it names none.

    Where one of them is gone, of all that the task has: its rows may stand in another by now.
    """
    standing, whole = _pinned(project, task, version, "records")
    found = standing if whole else artifacts.listing(project, "records", task)
    return {
        each.artifact_id: next(
            (name.removeprefix("imports/") for name in each.inputs if name.startswith("imports/")), ""
        )
        for each in found
    }


def _pinned(project: Project, task: str, version: Manifest, kind: str) -> tuple[list[Manifest], bool]:
    """The artifacts of a kind that a version was made of and that stand, and whether these are all."""
    names = {name.removeprefix(f"{kind}/") for name in version.inputs if name.startswith(f"{kind}/")}
    found = [each for each in artifacts.listing(project, kind, task) if each.artifact_id in names]
    return found, len(found) == len(names)


@lru_cache(maxsize=64)
def _counted(
    project: Project,
    task: str,
    version: str,
    files: Sequence[str],
    origins: Sequence[tuple[str, str]],
    words: Sequence[tuple[str, str]],
) -> tuple[Source, ...]:
    """As `sources`; `files` are hashes of the version's, so that one rewritten since is counted anew."""
    manifest = get(project, task, version).manifest
    tables = arrow.dataset([manifest.path(f"{split}.parquet") for split in SPLITS])
    known, one_origin = dict(origins), len({word for _, word in words}) == 1
    first = next(iter(known.values()), "")
    teacher = _only_teacher(project, task, manifest)
    record = "''" if one_origin else "coalesce(r.artifact, '')"
    if "source" in tables.schema.names:
        record = f"CASE WHEN g.source = 'replay' THEN NULL ELSE {record} END"
    said = "''" if teacher is not None else "coalesce(l.teacher, '')"
    joins = ("" if one_origin else _TO_RECORDS) + ("" if teacher is not None else _TO_LABELS)
    with views.connect(project, task, only=("records", "teacher_labels")) as connection:
        connection.register("given", tables)
        found = views.answered(
            connection,
            f"SELECT g.split, {record} AS records, "
            f"CASE WHEN g.label_id IS NULL THEN NULL ELSE {said} END AS teacher, count(*) AS rows "
            f"FROM given AS g{joins} GROUP BY ALL ORDER BY ALL",
        )
    rows: Counter[tuple[str, str | None, str | None]] = Counter()
    for each in found:
        inside = each["records"] is not None
        origin = (first if one_origin else known.get(each["records"])) if inside else None
        who = teacher if teacher is not None and each["teacher"] is not None else each["teacher"]
        rows[each["split"], origin, who] += each["rows"]
    return tuple(Source(*key, rows=count) for key, count in rows.items())


_TO_RECORDS = """
LEFT JOIN (SELECT record_id, min(artifact) AS artifact FROM records GROUP BY record_id) AS r
ON r.record_id = g.record_id"""
_TO_LABELS = """
LEFT JOIN (SELECT label_id, min(teacher) AS teacher FROM teacher_labels GROUP BY label_id) AS l
ON l.label_id = g.label_id"""


def _only_teacher(project: Project, task: str, version: Manifest) -> str | None:
    """The one teacher of all labels that the version was made of; None where there may be several."""
    found, whole = _pinned(project, task, version, "labels")
    names = {each.facts.get("teacher", {}).get("name") for each in found}
    return names.pop() if whole and len(names) == 1 else None
