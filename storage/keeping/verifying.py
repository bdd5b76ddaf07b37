"""Verifying: every artifact read whole, then what points to artifacts. It changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from storage import database
from storage.artifacts import MANIFEST
from storage.errors import InvalidInput, ServiceUnavailable
from storage.keeping import names, places, removals
from storage.keeping.checking import Checked, check
from storage.keeping.names import Named
from storage.keeping.report import Fault, Report
from storage.project import Project

_THREADS = 2
_TELL_EVERY_BYTES = 1_000_000_000
Tell = Callable[[str], None]


def verify(
    project: Project, *, named: Iterable[Named] | None = None, tell: Tell = lambda told: None
) -> Report:
    """Compare all that is published with what its manifests say, and see that no name points nowhere.

    `named` are the artifacts that the database names, where the caller has read them; else they
    are read now, and where PostgreSQL does not answer the report says that they were not.
    """
    found = places.look(project)
    checked = list(_checked(found.artifacts, tell))
    gone, damaged = _removals(project)
    unanswered = ""
    if named is None:
        named, unanswered = _asked(project)
    standing = _Standing(project, {*found.artifacts, *(fault.reference for fault in found.faults)}, gone)
    # without what somebody removed while it was read
    checked = [each for each in checked if each.reference not in gone or found.stands(each.reference)]
    pointing = [*_inputs(checked, standing), *_names(named, standing)]
    sizes = [entry.size_bytes for each in checked if each.manifest for entry in each.manifest.files]
    half_removed = sorted(gone & {each.reference for each in checked})
    return Report(
        artifacts=len(checked),
        files=len(sizes),
        size_bytes=sum(sizes),
        faults=(*found.faults, *(fault for each in checked for fault in each.faults), *damaged, *pointing),
        strays=(*found.strays, *(stray for each in checked for stray in each.strays)),
        unfinished=(*found.unfinished, *(f"{each} (its removal)" for each in half_removed)),
        unsealed=tuple(each.reference for each in checked if each.manifest and not each.sealed),
        removed=len(gone),
        database=unanswered,
    )


@dataclass(frozen=True)
class _Standing:
    """Which artifacts may be pointed to: those seen, those removed on purpose, and those published since."""

    project: Project
    seen: set[str]
    gone: set[str]

    def lacks(self, reference: str) -> bool:
        """Whether `task/kind/id` is missing without an explanation."""
        known = reference in self.seen or reference in self.gone
        return not known and not (self.project.tasks_dir / reference / MANIFEST).is_file()


def _checked(folders: Mapping[str, Path], tell: Tell) -> Iterator[Checked]:
    """Each artifact, read by one of two threads: hashing and Parquet leave the interpreter free."""
    done, read, told = 0, 0, 0
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="verify") as pool:
        for each in pool.map(check, folders.values(), folders.keys()):
            done += 1
            read += sum(entry.size_bytes for entry in each.manifest.files) if each.manifest else 0
            if read - told >= _TELL_EVERY_BYTES:
                told = read
                tell(f"{done:,} of {len(folders):,} artifacts, {read / 1e9:.1f} GB read")
            yield each


def _removals(project: Project) -> tuple[set[str], list[Fault]]:
    """The artifacts written down as removed, and entries that cannot be read."""
    gone, faults = set(), []
    for path in removals.paths(project):
        name = path.relative_to(project.tasks_dir).as_posix()
        try:
            entry = removals.read(path)
        except InvalidInput as fault:
            faults.append(Fault(name, "", fault.what, fault.next_step))
            continue
        if path != removals.entry_path(project, entry.task, entry.reference):
            faults.append(Fault(name, "", f"is the entry of {entry.task}/{entry.reference}"))
            continue
        gone.add(f"{entry.task}/{entry.reference}")
    return gone, faults


def _asked(project: Project) -> tuple[list[Named], str]:
    try:
        with database.engine(project).connect() as connection:
            return names.named(connection), ""
    except ServiceUnavailable as fault:
        return [], fault.what


def _inputs(checked: Iterable[Checked], standing: _Standing) -> Iterator[Fault]:
    for each in checked:
        for reference in each.manifest.inputs if each.manifest else ():
            source = f"{each.reference.split('/', 1)[0]}/{reference}"
            if standing.lacks(source):
                yield Fault(each.reference, MANIFEST, f"was made from {source}, which is missing")


def _names(named: Iterable[Named], standing: _Standing) -> Iterator[Fault]:
    rows: dict[str, list[str]] = {}
    for each in named:
        target = f"{each.task}/{each.reference}"
        if standing.lacks(target):
            rows.setdefault(target, []).append(each.row)
    for target, by in rows.items():
        more = f" and {len(by) - 1:,} more" if len(by) > 1 else ""
        yield Fault(target, "", f"missing, but the database names it ({by[0]}{more})")
