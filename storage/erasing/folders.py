"""An artifact without what was erased: written beside the old one, sealed, and exchanged for it at once.

Tables and weights in which nothing changes are linked, not copied. A kill leaves the old artifact or the
new one; what lies hidden beside it then is cleared away by the next call, before anything else.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from storage import artifacts
from storage.artifacts import KINDS, MANIFEST, FileEntry, Manifest
from storage.erasing import exchanging, rows
from storage.erasing.needles import Needles
from storage.erasing.rows import Mend, Touched, Wanted
from storage.project import Project

_HIDDEN = ".tmp-erasing-"
WEIGHTS = (".safetensors", ".bin", ".pt", ".gguf", ".npz")
"""What a model learnt: there are no rows in it to be taken out."""
Wants = Callable[[Manifest, FileEntry], Wanted]
Amend = Callable[[Manifest, Path, Mapping[str, Touched]], Mapping[str, Any]]
"""From the artifact as it was, the folder of what is left and what was done, to the facts it has now.

It may change text files in the folder.
"""


@dataclass(frozen=True)
class Rewritten:
    """What was done to an artifact (`task/kind/id`), by file."""

    reference: str
    files: Mapping[str, Touched]


def look(manifest: Manifest, wants: Wants) -> dict[str, Touched]:
    """What has to be done to an artifact, by file; `manifest.json` where only its facts have a text."""
    found = {entry.name: _looked(manifest, entry, wants(manifest, entry)) for entry in manifest.files}
    texts = wants(manifest, _FACTS).needles
    if texts.found_in(_as_text(manifest.facts)):
        found[MANIFEST] = Touched(masked=1)
    return {name: touched for name, touched in found.items() if touched}


def rewrite(
    project: Project,
    manifest: Manifest,
    wants: Wants,
    *,
    entry: Mapping[str, Any],
    amend: Amend | None = None,
    mends: Mapping[str, Mend] | None = None,
) -> Rewritten | None:
    """Take out of an artifact what `wants` says of each file; None where there is nothing.

    `entry` says in the manifest what happened (an id, a time); the rows by file and the hashes that
    stood before are added to it. `mends` repair the tables of a schema after rows are gone.

    Raises DiskFull: then the old artifact stands.
    """
    home = manifest.folder.parent
    _restored(home)
    found = look(manifest, wants)
    if not found:
        return None
    hidden = home / f"{_HIDDEN}{manifest.artifact_id}"
    with artifacts.disk_faults(home):
        hidden.mkdir()
        try:
            _written(project, manifest, wants, found, hidden, mends or {})
            facts = dict(amend(manifest, hidden, found)) if amend else dict(manifest.facts)
            _seal(manifest, hidden, wants, facts, entry, found)
        except BaseException:
            shutil.rmtree(hidden)
            raise
        _take_the_place(hidden, manifest.folder)
    return Rewritten(f"{manifest.task}/{manifest.reference}", found)


def clear(project: Project) -> None:
    """Finish or clear away what killed calls left, in every task, drafts of artifacts among them."""
    for task in sorted(project.tasks_dir.iterdir()) if project.tasks_dir.is_dir() else ():
        for kind in KINDS:
            _restored(task / kind)
            artifacts.sweep(task / kind)


def _looked(manifest: Manifest, entry: FileEntry, wanted: Wanted) -> Touched:
    path = manifest.folder / entry.name
    if entry.schema is not None:
        return rows.look(path, wanted)
    return Touched(masked=1) if is_text(path) and _text_holds(path, wanted.needles) else Touched()


def is_text(path: Path) -> bool:
    """Whether a file of an artifact is read as text: weights and what has NULs are not."""
    if path.suffix in WEIGHTS:
        return False
    with path.open("rb") as stream:
        return b"\x00" not in stream.read(8192)


def _text_holds(path: Path, needles: Needles) -> bool:
    return needles.found_in(path.read_text(encoding="utf-8", errors="replace"))


def _written(
    project: Project,
    manifest: Manifest,
    wants: Wants,
    found: Mapping[str, Touched],
    hidden: Path,
    mends: Mapping[str, Mend],
) -> None:
    for entry in manifest.files:
        source, target = manifest.folder / entry.name, hidden / entry.name
        target.parent.mkdir(parents=True, exist_ok=True)
        wanted = wants(manifest, entry)
        if entry.name not in found:
            _taken_over(source, target, may_change=entry.schema is None and source.suffix not in WEIGHTS)
        elif entry.schema is not None:
            rows.rewritten(source, target, wanted, mends.get(entry.schema))
        else:
            text = source.read_text(encoding="utf-8", errors="surrogateescape")
            target.write_text(wanted.needles.masked(text), encoding="utf-8", errors="surrogateescape")


def _taken_over(source: Path, target: Path, *, may_change: bool) -> None:
    """Link a file, or copy it: what `Amend` writes into a link would stand in the old artifact at once."""
    try:
        if not may_change:
            os.link(source, target)
            return
    except OSError:  # a file system without hard links
        pass
    shutil.copyfile(source, target)


def _seal(
    manifest: Manifest,
    hidden: Path,
    wants: Wants,
    facts: Mapping[str, Any],
    entry: Mapping[str, Any],
    found: Mapping[str, Touched],
) -> None:
    files = []
    for each in manifest.files:
        path = hidden / each.name
        _flush(path)
        kept = each.rows - found.get(each.name, Touched()).dropped if each.rows is not None else None
        files.append(
            replace(each, sha256=artifacts.sha256_of(path), size_bytes=path.stat().st_size, rows=kept)
        )
    said = {
        **entry,
        "rows": {name: touched.dropped for name, touched in found.items() if touched.dropped},
        "masked": {name: touched.masked for name, touched in found.items() if touched.masked},
        "manifest_sha256": artifacts.sha256_of(manifest.folder / MANIFEST),
    }
    if "content_hash" in manifest.facts and facts.get("content_hash") != manifest.facts["content_hash"]:
        said["content_hash"] = manifest.facts["content_hash"]
    needles = wants(manifest, _FACTS).needles
    sealed = replace(
        manifest, files=tuple(files), facts=needles.masked_value(dict(facts)),
        erased=(*manifest.erased, said),
    )  # fmt: skip
    (hidden / MANIFEST).write_bytes(artifacts.manifest_bytes(sealed))
    _flush(hidden / MANIFEST)
    for folder in (*(path for path in hidden.rglob("*") if path.is_dir()), hidden):
        _flush(folder)


def _take_the_place(hidden: Path, folder: Path) -> None:
    if not exchanging.exchange(hidden, folder):
        old = folder.parent / f"{_HIDDEN}{folder.name}.old"
        folder.rename(old)
        hidden.rename(folder)
        hidden = old
    _flush(folder.parent)
    shutil.rmtree(hidden)


def _restored(home: Path) -> None:
    """Undo or finish what a killed call left; where only the old name was gone, the new folder gets it."""
    for left in _hidden(home):
        name = left.name.removeprefix(_HIDDEN)
        if name.endswith(".old"):
            folder = home / name.removesuffix(".old")
            if not folder.exists():
                (home / f"{_HIDDEN}{folder.name}").rename(folder)
        if left.exists():
            shutil.rmtree(left)


def _hidden(home: Path) -> list[Path]:
    # the ones that end in ".old" first: the folder that one stands for must not be cleared away before it
    found = list(home.glob(f"{_HIDDEN}*")) if home.is_dir() else []
    return sorted(found, key=lambda path: (not path.name.endswith(".old"), path.name))


def _as_text(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_FACTS = FileEntry(MANIFEST, "", 0)
"""Stands for the manifest itself when it is asked what of it has to go."""
