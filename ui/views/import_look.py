"""Looking into a file before anything is imported: which part of it, what it was recognised as, its rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from curation import imports, sources
from curation.imports import Preview
from ui.components.words import plain, several
from ui.resources import project
from ui.views.import_from import Chosen

_CELL_CHARACTERS = 400
_ROW_HIGH, _MOST_HIGH = 35, 260
_COLUMNS_NAMED = 5
_ALL = "All of it"
_FORMATS = {
    "csv": "Text in columns", "json": "JSON", "jsonl": "JSON lines", "parquet": "Parquet", "arrow": "Arrow",
    "excel": "An Excel sheet", "chatml": "ChatML",
}  # fmt: skip
_SHAPES = {
    "chat": "OpenAI’s chat messages", "batch": "an OpenAI Batch log", "log": "an OpenAI request log",
    "sharegpt": "ShareGPT conversations", "alpaca": "Alpaca instructions", "chatml": "ChatML conversations",
}  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """A file's first rows, as the person wants it read."""

    preview: Preview
    member: str | None
    as_table: bool


def look(chosen: Chosen) -> Looked | None:
    """Draw it. Raises InvalidInput for a file that cannot be read."""
    member = _member(chosen)
    asked = f"import.as_table.{chosen.path}.{member}"
    wanted = chosen.source.as_table if chosen.source else False
    as_table = bool(st.session_state.get(asked, wanted))
    preview = imports.preview(
        chosen.path, member=member, as_table=as_table, limits=imports.limits_of(project())
    )
    st.caption(plain(_detected(chosen.path, preview)))
    if preview.shape != "table" or as_table:
        if preview.shape != "table":
            st.markdown(
                f"Recognised as **{_SHAPES[preview.shape]}**: each conversation becomes "
                "`system`, `prompt`, `conversation` and `answer`."
            )
        st.toggle("Read it as a plain table instead", wanted, key=asked)
    if preview.rows:
        st.dataframe(
            [{name: text[:_CELL_CHARACTERS] for name, text in row.items()} for row in preview.rows],
            hide_index=True, height=min(_MOST_HIGH, _ROW_HIGH * (len(preview.rows) + 1) + 3),
            key="import.preview",
        )  # fmt: skip
    _rejected(preview)
    return Looked(preview, member, as_table) if preview.rows else None


def _member(chosen: Chosen) -> str | None:
    """Which part is read, where the file has several; None for the whole."""
    found = sources.choices(chosen.path, imports.limits_of(project()))
    names = [each.name for each in found if not each.refused]
    refused = [each for each in found if each.refused]
    if refused:
        with st.expander(f"{several(len(refused), 'file')} inside not read", icon=":material/block:"):
            for each in refused[:50]:
                st.caption(f"{plain(each.name)}: {plain(each.refused)}")
    if len(names) < 2:
        return chosen.source.member if chosen.source else None
    sizes = {each.name: each.size_bytes for each in found}
    options: list[str] = [_ALL, *names] if chosen.path.is_dir() else names
    wanted = chosen.source.member if chosen.source else None
    part = st.selectbox(
        "Which part", options, options.index(wanted) if wanted in options else 0,
        key=f"import.member.{chosen.path}",
        format_func=lambda name: f"{name} · {_size(sizes[name])}" if sizes.get(name) else name,
    )  # fmt: skip
    return None if part == _ALL else part


def _detected(path: Path, preview: Preview) -> str:
    found = [_FORMATS[preview.format], *(f"{name} {value}" for name, value in preview.detected.items())]
    if not preview.rows:
        columns = ", ".join(preview.columns[:_COLUMNS_NAMED])
        return (
            f"{path.name}: {', '.join(found)}. It names columns ({columns}) and holds no row that can be "
            "used. Choose another file."
        )
    return f"{path.name}: {', '.join(found)}. The first {several(len(preview.rows), 'row')}:"


def _rejected(preview: Preview) -> None:
    if preview.rejects:
        with st.expander(
            f"{several(len(preview.rejects), 'row')} on the way to them cannot be used",
            icon=":material/report:",
        ):
            st.dataframe(
                [{"Row": one.row_number, "Reason": one.reason, "What it held": one.row}
                 for one in preview.rejects], hide_index=True,
            )  # fmt: skip


def _size(size_bytes: int) -> str:
    if size_bytes < 1_000:
        return several(size_bytes, "byte")
    return f"{size_bytes / 1e3:,.0f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1e6:,.1f} MB"
