"""What happens in the process that reads: limits set, the file opened, its batches sent, its faults told."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from curation.imports.reading.limits import Budget, Limits
from storage.errors import DiskFull, InvalidInput

SPARE_BYTES = 64_000_000
"""What may be taken above the memory limit to say that it was reached."""
PAGE_BYTES = 4_096
_ENOSPC = 28


@dataclass(frozen=True)
class Request:
    """What to read. `fingerprint` is what the file was when it was looked at, if it was before.

    `with_raw` asks for each row as a JSON object beside its columns.
    """

    what: Literal["rows", "header", "members"]
    path: str
    spool: str
    limits: Limits
    member: str | None = None
    as_table: bool = False
    fingerprint: str = ""
    with_raw: bool = False

    def to_json(self) -> dict[str, Any]:
        """The same, to be sent."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Request:
        """The opposite."""
        return cls(**{**given, "limits": Limits(**given["limits"])})


def load() -> None:
    """Load all that reading needs, while nothing is read yet."""
    from curation.imports.reading import formats, guarding, wire

    assert all((formats, guarding, wire))


def serve(request: Request, stream: BinaryIO) -> None:
    """Do what the request says; a fault a person can mend is sent, any other ends the process with 1."""
    from curation.imports.reading.wire import Sender

    sender = Sender(stream)
    try:
        _limit(request.limits)
        _answer(request, sender)
    except InvalidInput as fault:
        sender.fail({"kind": "invalid", "what": fault.what, "next_step": fault.next_step})
    except MemoryError:
        _more_memory()
        sender.fail({"kind": "memory"})
    except BrokenPipeError:
        os._exit(0)  # nobody reads on
    except OSError as fault:
        if fault.errno != _ENOSPC:
            raise
        sender.fail({"kind": "disk"})


def raise_told(fault: dict[str, str], name: str, limits: Limits) -> None:
    """Raise what a process that reads has told."""
    if fault["kind"] == "invalid":
        raise InvalidInput(fault["what"], next_step=fault["next_step"])
    if fault["kind"] == "disk":
        raise DiskFull(f"The disk filled while {name} was unpacked.", next_step="Free some space.")
    raise InvalidInput(
        f"{name} needs more than {limits.memory_bytes // 1_000_000:,} MB of memory to be read.",
        next_step="Write it in smaller rows or row groups, or raise the limit memory_bytes.",
    )


def fingerprint(path: Path) -> str:
    """What changes when the file does. Raises InvalidInput where it is gone."""
    try:
        inside = sorted(path.rglob("*")) if path.is_dir() else []
        stats = [path.stat(), *(one.lstat() for one in inside)]
    except (OSError, ValueError) as fault:
        raise InvalidInput(
            f"{path.name} vanished while it was read.", next_step="Put it back and import it again."
        ) from fault
    return "|".join(f"{one.st_ino}/{one.st_size}/{one.st_mtime_ns}" for one in stats)


def _answer(request: Request, sender: Any) -> None:
    from curation.imports.reading import formats
    from curation.imports.reading.guarding import guarded, with_raw

    path, spool, limits = Path(request.path), Path(request.spool), request.limits
    before = fingerprint(path)
    if request.fingerprint and request.fingerprint != before:
        raise _changed(path)
    if request.what == "members":
        sender.begin({"members": [asdict(one) for one in formats.members(path, limits, spool)]}, ())
        sender.end()
        return
    found = formats.find(path, limits, spool, request.member, as_table=request.as_table)
    header = {
        "format": found.opened.format, "shape": found.shape, "columns": list(found.columns),
        "detected": found.opened.detected, "fingerprint": before,
    }  # fmt: skip
    sender.begin(header, found.columns, with_raw=request.with_raw)
    if request.what == "rows":
        budget = Budget(path.name, path.stat().st_size if path.is_file() else limits.text_bytes, limits)
        for portion in guarded(found.opened.chunks(), found.columns, limits, budget):
            sender.send(with_raw(portion, found.columns) if request.with_raw else portion)
        if fingerprint(path) != before:
            raise _changed(path)
    sender.end()


def _changed(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path.name} changed while it was read.", next_step="Wait until it is written, and import it again."
    )


def _limit(limits: Limits) -> None:
    """Set what this process may take, where the system can be told."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # data, not address space: a file that is mapped to be read is no memory of ours
        own = int(Path("/proc/self/statm").read_text().split()[5]) * PAGE_BYTES
        most = own + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (most, most + SPARE_BYTES))


def _more_memory() -> None:
    if sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
