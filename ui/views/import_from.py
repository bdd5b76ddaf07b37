"""Where the next import comes from: an upload, a path, an address, or a source that was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from curation import sources
from curation.sources import Location, Source
from curation.tasks import Task
from storage.errors import InvalidInput
from storage.jobs import Job
from ui import uploads
from ui.actions import imports as act
from ui.components.words import ago, plain
from ui.resources import person, project

KIND, SOURCE = "import.kind", "import.source"
UPLOAD, PATH, ADDRESS, SAVED = (
    "Upload a file", "A file on this machine", "An address", "A saved source",
)  # fmt: skip
SUFFIXES = (
    "csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "arrow", "feather", "xlsx", "xlsm", "chatml",
    "zip", "gz", "zst", "bz2", "xz",
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """A file or folder that can be looked at, where it is from, and the source it was opened as."""

    location: Location
    path: Path
    source: Source | None = None


def choose(task: Task, running: Sequence[Job]) -> Chosen | None:
    """What the person chose; None until there is a file. Raises InvalidInput for what cannot be one."""
    saved = sources.listing(project(), task.name)
    kinds = [UPLOAD, PATH, ADDRESS, *([SAVED] if saved else [])]
    if st.session_state.get(KIND) not in (None, *kinds):
        del st.session_state[KIND]
    kind = st.segmented_control(
        "From where", kinds, key=KIND, default=UPLOAD, required=True, label_visibility="collapsed"
    )
    if kind == SAVED:
        return _saved(task, saved, running)
    if kind == UPLOAD:
        return _uploaded(None)
    given = _path() if kind == PATH else _address()
    if not given.strip():
        return None
    location = sources.located(given)
    if kind == ADDRESS and location.kind != "address":
        raise InvalidInput(
            f"{given.strip()!r} is no address.",
            next_step=f"Write one like https://host/listings.csv, or choose “{PATH}”.",
        )
    return _at(task, location, running, None)


def _path() -> str:
    return st.text_input("Path", key="import.path", placeholder="/data/listings.csv, or a folder")


def _address() -> str:
    return st.text_input(
        "Address", key="import.address", placeholder="https://host/listings.csv",
        help="https, s3, gs, az, sftp and others, or a dataset of the Hugging Face Hub: "
        "hf://datasets/owner/name. It is fetched by the machine that this app runs on.",
    )  # fmt: skip


def open_source(source_id: str) -> None:
    """Open a saved source in the form at the next drawing; for a button's callback."""
    st.session_state[KIND] = SAVED
    st.session_state[SOURCE] = source_id


def _saved(task: Task, saved: Sequence[Source], running: Sequence[Job]) -> Chosen | None:
    names = {each.source_id: each.name for each in saved}
    if st.session_state.get(SOURCE) not in (None, *names):
        del st.session_state[SOURCE]
    source_id = st.selectbox("Source", list(names), key=SOURCE, format_func=names.__getitem__)
    source = next((each for each in saved if each.source_id == source_id), None)
    if source is None:
        return None
    if source.location.kind == "upload":
        return _uploaded(source) or _at(task, source.location, running, source)
    st.caption(plain(source.location.shown))
    return _at(task, source.location, running, source)


def _uploaded(source: Source | None) -> Chosen | None:
    file = st.file_uploader(
        "A newer file" if source else "File", type=list(SUFFIXES), key="import.file",
        help="CSV, JSON, JSON lines, Parquet, Arrow, Excel, conversations in any of their usual forms, "
        "and ZIP, gzip, zstd, bzip2 or xz of these.",
    )  # fmt: skip
    if file is None:
        return None
    path = uploads.keep(project(), file.name, file)
    return Chosen(Location("upload", str(path)), path, source)


def _at(task: Task, location: Location, running: Sequence[Job], source: Source | None) -> Chosen | None:
    path = sources.at_hand(project(), location, source.source_id if source else "")
    if location.kind == "address":
        _fetch(task, location, path, running)
    if location.kind == "upload":
        location = Location("upload", str(path))
    return None if path is None else Chosen(location, path, source)


def _fetch(task: Task, location: Location, path: Path | None, running: Sequence[Job]) -> None:
    coming = any(job.kind == "fetch" and job.args.get("address") == location.where for job in running)
    with st.container(horizontal=True, vertical_alignment="center"):
        label = "Fetch it again" if path else "Fetch it"
        kind = "secondary" if path else "primary"
        if st.button(label, key="import.fetch", type=kind, disabled=coming):  # type: ignore[arg-type]
            act.start_fetch(project(), person(), task.name, location.where)
            st.rerun()
        if path is not None:
            fetched_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            st.caption(f"Fetched {ago(fetched_at)}. It is kept for a week, or until it is imported.")
        elif not coming:
            st.caption("It is fetched whole before it can be looked at.")
