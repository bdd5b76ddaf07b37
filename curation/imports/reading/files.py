"""Files as they are opened from outside: what one is, and its rows in batches."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from curation.imports.reading import supervised
from curation.imports.reading.ahead import ahead
from curation.imports.reading.archives import Member
from curation.imports.reading.batches import Batch, Reject, Row
from curation.imports.reading.limits import DEFAULT, Limits
from curation.imports.reading.opened import Format
from curation.imports.reading.serving import Request, fingerprint
from curation.imports.reading.shapes import Shape
from storage.errors import InvalidInput


@dataclass(frozen=True)
class OpenedFile:
    """A file whose format, columns and shape are known.

    `detected` says in words what was found out (encoding, delimiter, compression, sheet). `fingerprint` is
    the file as it was then: once it has changed it is not read.
    """

    path: Path
    format: Format
    columns: tuple[str, ...]
    shape: Shape
    detected: Mapping[str, str]
    member: str | None = None
    as_table: bool = False
    limits: Limits = DEFAULT
    fingerprint: str = field(default="", repr=False)

    def batches(self) -> Iterator[Batch]:
        """The rows from the start, in a process of their own. Raises InvalidInput, DiskFull."""
        request = _request("rows", self.path, self.member, self.limits)
        wanted = Request(**{**vars(request), "as_table": self.as_table, "fingerprint": self.fingerprint})
        with supervised.session(wanted) as reading:
            yield from reading.batches()

    def rows(self) -> Iterator[Row | Reject]:
        """The same row by row."""
        for batch in self.batches():
            yield from batch.rows()


def open_file(
    path: Path, *, member: str | None = None, as_table: bool = False, limits: Limits = DEFAULT
) -> OpenedFile:
    """Find out what a file or folder is.

    `member` is a file of an archive, a sheet of a workbook, or a split or file of a folder (see `members`).
    `as_table` leaves conversations as the columns they are. Raises InvalidInput for a file that is
    absent, unreadable, empty, damaged, too large for the limits, or of a format that is not read.
    """
    opened, _ = peek(path, rows=0, member=member, as_table=as_table, limits=limits)
    return opened


class Reading:
    """A file that a process has begun to read: `file` waits until it is known what the file is."""

    def __init__(
        self, session: supervised.Session, path: Path, member: str | None, limits: Limits, *, as_table: bool
    ) -> None:
        self._session = session
        self._opened = partial(_opened, path, member, limits=limits, as_table=as_table)

    @cached_property
    def file(self) -> OpenedFile:
        """What the file is. Raises as `open_file`."""
        return self._opened(self._session.header)

    @contextmanager
    def batches(self) -> Iterator[Iterator[list[Batch]]]:
        """Its batches, `raw` rows too, read on while others are used: each time those that wait, in order.

        Raises as `OpenedFile.batches`.
        """
        with ahead(self._session.batches(), self._session.stop) as batches:
            yield batches


@contextmanager
def reading(
    path: Path, *, member: str | None = None, as_table: bool = False, limits: Limits = DEFAULT
) -> Iterator[Reading]:
    """What a file is, and its batches, from the process that found it out: one start instead of two.

    The process is gone when the block ends, however far it came. Raises InvalidInput for a path that is no
    file that may be read.
    """
    request = _request("rows", path, member, limits)
    wanted = replace(request, as_table=as_table, with_raw=True, fingerprint=fingerprint(path))
    with supervised.session(wanted) as session:
        yield Reading(session, path, member, limits, as_table=as_table)


def peek(
    path: Path, *, rows: int, member: str | None = None, as_table: bool = False, limits: Limits = DEFAULT
) -> tuple[OpenedFile, list[Row | Reject]]:
    """What a file is, and its first `rows` rows and rejects. Raises as `open_file`."""
    request = _request("rows" if rows else "header", path, member, limits)
    found: list[Row | Reject] = []
    with supervised.session(Request(**{**vars(request), "as_table": as_table})) as reading:
        header = reading.header
        for batch in reading.batches():
            found.extend(batch.rows())
            if len(found) >= rows > 0:
                break
    return _opened(path, member, header, limits=limits, as_table=as_table), found[:rows]


def members(path: Path, *, limits: Limits = DEFAULT) -> tuple[Member, ...]:
    """What can be chosen of a file: an archive's files, a workbook's sheets, a folder's splits or files.

    Empty for a file that is one by itself. Raises InvalidInput for an archive that is refused as a whole.
    """
    with supervised.session(_request("members", path, None, limits)) as reading:
        found = tuple(Member(**one) for one in reading.header["members"])
        list(reading.batches())
    return found


def _opened(
    path: Path, member: str | None, header: dict[str, Any], *, limits: Limits, as_table: bool
) -> OpenedFile:
    return OpenedFile(
        path, header["format"], tuple(header["columns"]), header["shape"], header["detected"], member,
        as_table, limits, header["fingerprint"],
    )  # fmt: skip


def _request(what: str, path: Path, member: str | None, limits: Limits) -> Request:
    """What to ask for. Raises InvalidInput for a path that is no file that may be read."""
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
            raise InvalidInput(
                f"{path} is no file: {_KINDS.get(stat.S_IFMT(kind), 'a device')}.",
                next_step="Write it to a file first.",
            )
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except FileNotFoundError as fault:
        raise InvalidInput(f"There is no file {path}.", next_step="Check the path.") from fault
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise InvalidInput(f"{path} cannot be read: {reason}.", next_step="Check its permissions.") from fault
    if stat.S_ISREG(kind) and path.stat().st_size == 0:
        raise InvalidInput(f"{path.name} is empty.", next_step="Choose a file that has rows.")
    return Request(what, str(path.resolve()), "", limits, member)  # type: ignore[arg-type]


_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
