"""May a version leave, and if so, as what: licences, teachers' terms, overrides, exports and their trail.

    found = sharing.standing(project, "triage", "v0001")     # who allows it, what stands against it
    sharing.share(project, "triage", "v0001", "dpo", path, by="ann")

`share` and `check` refuse rows of unknown or forbidding terms until an admin answers for them. What an
admin answered for is what stood there then: terms found worse afterwards are refused anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from curation import teachers
from curation.datasets.card.about import NOTHING_ELSE
from curation.datasets.exports import exporting
from curation.datasets.freezing import get
from curation.datasets.permissions import (
    LICENCES,
    Permission,
    Provenance,
    Verdict,
    identifier,
    permission,
)
from curation.datasets.sharing import past, words
from curation.datasets.sharing.card_facts import about
from curation.datasets.sharing.past import FILE, PastExport
from curation.datasets.sharing.sources import imports_of, sources
from curation.datasets.sharing.words import Answered
from curation.datasets.splits import SPLITS, TRAIN, VALIDATION
from storage import artifacts
from storage.errors import InvalidInput, NotFound
from storage.exports import named
from storage.exports.options import Tool
from storage.project import Project

TRAINED_ON = (TRAIN, VALIDATION)


@dataclass(frozen=True)
class ImportTerms:
    """Under which licence an import came. `stated_by` is empty where it was stated with the import."""

    import_id: str
    source: str
    licence: str
    verdict: Verdict
    stated_by: str


@dataclass(frozen=True)
class TeacherTerms:
    """Whether a teacher's terms let its outputs be trained on, where that stands, and when it was read."""

    name: str
    verdict: Verdict
    source: str
    read_on: date | None


@dataclass(frozen=True)
class Standing:
    """What holds for the rows of a version, and of what that follows."""

    permission: Permission
    imports: tuple[ImportTerms, ...]
    teachers: tuple[TeacherTerms, ...]
    answered: Answered | None


def standing(project: Project, task: str, version: str, splits: Sequence[str] = SPLITS) -> Standing:
    """Whether rows of these splits may leave. Raises NotFound for an unknown version."""
    manifest = get(project, task, version).manifest
    named_imports = filter(None, dict.fromkeys(imports_of(project, task, manifest).values()))
    imports = _imports(project, task, named_imports)
    licences = {each.import_id: each.licence for each in imports}
    found = [each for each in sources(project, task, version, licences) if each.split in splits]
    rows = [
        Provenance(licences.get(each.import_id or ""), each.teacher, each.rows, each.import_id is not None)
        for each in found
    ]
    named = _teachers(project, {each.teacher for each in found if each.teacher})
    answered = words.override_of(project, task, version)
    judged = permission(
        rows, {each.name: each.verdict for each in named}, override=answered.override if answered else None
    )
    return Standing(judged, imports, named, answered)


def check(project: Project, task: str, version: str, splits: Sequence[str] = TRAINED_ON) -> None:
    """Raise InvalidInput unless rows of these splits may be used, saying how many may not and why."""
    standing(project, task, version, splits).permission.check()


def splits_of(format: str, split: str | None) -> tuple[str, ...]:
    """The splits an export of this format holds. Raises InvalidInput for an unknown format or split."""
    if split is not None and split not in SPLITS:
        raise InvalidInput(f"There is no split {split!r}.", next_step=f"There are {', '.join(SPLITS)}.")
    return (split,) if split else (named(format).default_splits or SPLITS)


def share(
    project: Project, task: str, version: str, format: str, path: Path, *, by: str,
    split: str | None = None, tools: Sequence[Tool] = (), licence: str = "",
) -> PastExport:  # fmt: skip
    """Write a version for others, if its rows may leave, and write down that it left.

    `licence` is what the owner gives the exported version; the card says it. Raises InvalidInput for
    rows that may not leave, and what `exporting.written` raises; nothing is written then.
    """
    made, answered = shared(
        project, task, version, format, path, by=by, split=split, tools=tools, licence=licence
    )
    past.keep(project, task, made, answered)
    return made


def shared(
    project: Project, task: str, version: str, format: str, path: Path, *, by: str,
    split: str | None = None, tools: Sequence[Tool] = (), licence: str = "",
) -> tuple[PastExport, int | None]:  # fmt: skip
    """As `share`, for what has not left yet: nothing is written down. The number is the override's."""
    splits = splits_of(format, split)
    found = standing(project, task, version, splits)
    found.permission.check()
    said = (
        about(project, task, version, found.permission, _licences(found), licence)
        if format == exporting.HUB
        else NOTHING_ELSE
    )
    written = exporting.written(project, task, version, format, path, split=split, tools=tools, about=said)
    overridden = bool(found.permission.reasons) and found.answered is not None
    made = past.described(
        path, version=version, format=format, splits=splits, rows=written.rows, left_out=written.left_out,
        by=by, destination=FILE, overridden=overridden,
    )  # fmt: skip
    return made, found.answered.seq if overridden and found.answered else None


def sent(project: Project, task: str, made: PastExport, override_seq: int | None, destination: str) -> None:
    """Write down that an export left for somewhere else than a file."""
    past.keep(project, task, replace(made, destination=destination), override_seq)


def card(project: Project, task: str, version: str, *, licence: str = "") -> str:
    """The card that a Hub folder of the version has, as Markdown."""
    found = standing(project, task, version)
    said = about(project, task, version, found.permission, _licences(found), licence)
    return exporting.card(project, task, version, SPLITS, said)


def state_licence(project: Project, task: str, import_id: str, licence: str, by: str) -> None:
    """State the licence of an import that stands already. Raises NotFound for an unknown import."""
    known = {each.artifact_id for each in artifacts.listing(project, "imports", task)}
    known |= {
        name.removeprefix("imports/")
        for each in artifacts.listing(project, "records", task)
        for name in each.inputs
    }
    if import_id not in known:
        raise NotFound(f"Task {task!r} has no import {import_id!r}.", next_step="The Import page lists them.")
    words.state(project, task, import_id, licence, by)


def answer_for(project: Project, task: str, version: str, reason: str, by: str) -> None:
    """Let an admin answer for all rows of a version that may not leave. Raises InvalidInput if all may."""
    found = standing(project, task, version).permission
    if not found.reasons:
        raise InvalidInput(
            f"Nothing stands against any row of {version}.", next_step="Export it; no reason is needed."
        )
    words.answer_for(project, task, version, found.objections, reason, by)


def _imports(project: Project, task: str, import_ids: Iterable[str]) -> tuple[ImportTerms, ...]:
    """The terms of some imports, in this order; of one that is gone what a person stated."""
    stated = words.stated(project, task)
    manifests = {each.artifact_id: each for each in artifacts.listing(project, "imports", task)}
    found = []
    for import_id in import_ids:
        manifest, later = manifests.get(import_id), stated.get(import_id)
        facts = manifest.facts if manifest else {}
        licence = later.licence if later else ((facts.get("terms") or {}).get("licence") or "")
        verdict = LICENCES.get(identifier(licence), "unknown")
        source = str(facts.get("source") or facts.get("file") or import_id)
        found.append(ImportTerms(import_id, source, licence, verdict, later.by if later else ""))
    return tuple(found)


def _teachers(project: Project, names: set[str]) -> tuple[TeacherTerms, ...]:
    known = {each.name: each for each in teachers.listing(project)}
    found = []
    for name in sorted(names):
        teacher = known.get(name)
        if teacher is None:
            found.append(TeacherTerms(name, "unknown", "", None))
        else:
            found.append(TeacherTerms(name, teacher.may_train, teacher.terms_source, teacher.terms_date))
    return tuple(found)


def _licences(found: Standing) -> dict[str, str]:
    return {f"{each.import_id} ({each.source})": each.licence for each in found.imports}
