"""A file read in a process of its own, from outside it: started, waited for within limits, ended."""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from curation.imports.reading.batches import Batch
from curation.imports.reading.limits import Limits
from curation.imports.reading.serving import Request, raise_told
from storage.errors import InvalidInput

if TYPE_CHECKING:
    from curation.imports.reading.wire import Receiver

ROOT = Path(__file__).resolve().parents[3]
PIPE_BYTES = 1 << 20
"""How much may wait in the pipe, where the system can be told."""
TOLD_CHARS = 4_000


class ReadingFailed(RuntimeError):
    """A bug in the process that reads; carries what it wrote about it."""


class Session:
    """One process that reads one file: `header`, which is waited for, then `batches()`."""

    def __init__(self, request: Request, stream: io.BufferedIOBase, process: subprocess.Popen[bytes]) -> None:
        self._request = request
        self._stream = stream
        self._process = process

    @cached_property
    def header(self) -> dict[str, Any]:
        """What the file is. Raises as `batches`."""
        header = self._receiver.header
        if not header:
            list(self.batches())
        return header

    @cached_property
    def _receiver(self) -> Receiver:
        from curation.imports.reading.wire import Receiver

        with self._faults():
            return Receiver(self._stream)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End the process, so that nothing more comes."""
        self._process.kill()

    def batches(self) -> Iterator[Batch]:
        """The rows. Raises InvalidInput for what ended the reading, DiskFull."""
        columns = tuple(self._receiver.header.get("columns", ()))
        with self._faults():
            yield from self._receiver.batches(columns)
        if self._receiver.fault is not None:
            raise_told(self._receiver.fault, self._name, self._request.limits)
        if not self._receiver.ended:
            raise self._died()

    @property
    def _name(self) -> str:
        return Path(self._request.path).name

    @contextmanager
    def _faults(self) -> Iterator[None]:
        import pyarrow as pa

        try:
            yield
        except (pa.ArrowException, OSError, EOFError) as fault:
            raise self._died() from fault

    def _died(self) -> Exception:
        """Why the process ended before it said so."""
        code = self._process.wait()
        return _why(self._name, code, self._request)


@contextmanager
def session(request: Request) -> Iterator[Session]:
    """Start reading; the process is gone when the block ends, however far it came."""
    with tempfile.TemporaryDirectory(prefix="understudy-reading-") as spool:
        wanted = replace(request, spool=spool)
        with (Path(spool) / "stderr").open("wb") as told, _process(wanted, told) as process:
            assert process.stdout is not None
            stream = io.BufferedReader(_Patient(process.stdout.fileno(), wanted), PIPE_BYTES)
            yield Session(wanted, stream, process)


@contextmanager
def _process(request: Request, told: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    process = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name("child.py")), json.dumps(request.to_json())],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=told, bufsize=0, cwd=request.spool,
        env={
            **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "OMP_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "67108864",
            "MALLOC_TRIM_THRESHOLD_": "134217728",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
        },
    )  # fmt: skip
    assert process.stdout is not None
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    try:
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


class _Patient(io.RawIOBase):
    """The pipe, read with patience for `stall_s` at a time."""

    def __init__(self, number: int, request: Request) -> None:
        self._number = number
        self._request = request
        self._poll = select.poll()
        self._poll.register(number, select.POLLIN | select.POLLHUP)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes. Raises InvalidInput where none come in time."""
        end = time.monotonic() + self._request.limits.stall_s
        while not self._poll.poll(max(0.0, end - time.monotonic()) * 1_000):
            if time.monotonic() >= end:
                raise InvalidInput(
                    f"{Path(self._request.path).name} gave no rows for {self._request.limits.stall_s:g} s.",
                    next_step="Import it in parts, or raise the limit stall_s.",
                )
        return os.readv(self._number, [buffer])


def _why(name: str, code: int, request: Request) -> Exception:
    limits: Limits = request.limits
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return InvalidInput(
            f"{name} took more than {limits.cpu_s:,} s of computing to read, or the system's memory ran out.",
            next_step="Import it in parts, or raise the limit cpu_s.",
        )
    if code == -signal.SIGBUS:
        return InvalidInput(f"{name} got shorter while it was read.", next_step="Import it again.")
    with suppress(OSError):
        told = (Path(request.spool) / "stderr").read_text("utf-8", "replace")[-TOLD_CHARS:]
        if code >= 0 and "MemoryError" not in told:
            return ReadingFailed(f"Reading {name} ended with {code}.\n{told}")
    how = signal.Signals(-code).name if code < 0 else "out of memory"
    return InvalidInput(
        f"Reading {name} ended with a crash ({how}): it is damaged, or needs more than "
        f"{limits.memory_bytes // 1_000_000:,} MB of memory.",
        next_step="Write the file again, in smaller parts, or raise the limit memory_bytes.",
    )
