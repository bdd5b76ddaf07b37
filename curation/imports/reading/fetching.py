"""A file from anywhere fsspec reaches, brought into a folder of ours: https, S3, Google, Azure, ssh."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.artifacts import disk_faults
from storage.errors import InvalidInput, MissingDependency, ServiceUnavailable

BLOCK_BYTES = 1 << 20
NAME_CHARS = 100
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,30}://.", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class FetchLimits:
    """What fetching one file may cost."""

    size_bytes: int = 20_000_000_000
    seconds: float = 3_600.0


Progress = Callable[[int], None]
"""Called with the number of bytes fetched so far."""


def fetch(
    url: str,
    folder: Path,
    *,
    limits: FetchLimits | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Path:
    """Copy the file at `url` into `folder`, under its own name made safe; `options` go to fsspec.

    Written under a hidden name first: a fetch that fails leaves nothing. Raises InvalidInput for what is no
    URL of one file or larger than the limit, MissingDependency for a protocol whose package is not
    installed, ServiceUnavailable where the other side fails or is too slow, DiskFull.
    """
    import fsspec  # type: ignore[import-untyped]

    _check(url)
    may = limits or FetchLimits()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _safe_name(url)
    part = folder / f".tmp-{target.name}"
    try:
        with fsspec.open(url, "rb", **options) as stream, disk_faults(folder), part.open("wb") as out:
            _copied(url, stream, out, may, progress or (lambda size_bytes: None))
        with disk_faults(folder):
            part.replace(target)
    except FileNotFoundError as fault:
        if isinstance(fault.__cause__, OSError) and not isinstance(fault.__cause__, FileNotFoundError):
            raise _unreachable(url, fault.__cause__) from fault  # fsspec says so of any host that is down
        raise InvalidInput(f"There is nothing at {url}.", next_step="Check the address.") from fault
    except ImportError as fault:
        raise MissingDependency(
            f"{url.partition('://')[0]} addresses need a package that is not installed: {fault}.",
            next_step="Install it, or fetch the file by hand and name its path.",
        ) from fault
    except ValueError as fault:
        raise InvalidInput(f"{url} cannot be fetched: {fault}.", next_step="Check the address.") from fault
    except (OSError, TimeoutError) as fault:
        raise _unreachable(url, fault) from fault
    finally:
        part.unlink(missing_ok=True)
    return target


def _unreachable(url: str, fault: Exception) -> ServiceUnavailable:
    told = str(fault) or type(fault).__name__
    return ServiceUnavailable(f"{url} could not be fetched: {told}.", next_step="Try it again later.")


def _check(url: str) -> None:
    if not _URL.match(url):
        raise InvalidInput(f"{url[:200]!r} is no URL.", next_step="One reads like https://host/file.csv.")
    if "::" in url:
        raise InvalidInput(
            f"{url[:200]} chains one file system to another.", next_step="Name the file where it lies."
        )
    if url.endswith("/") or "*" in url:
        raise InvalidInput(f"{url[:200]} names no single file.", next_step="Name one file.")


def _safe_name(url: str) -> str:
    last = url.split("?", 1)[0].split("#", 1)[0].rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"[^\w.-]", "_", last)[-NAME_CHARS:].lstrip(".") or "fetched"


def _copied(url: str, stream: Any, out: Any, limits: FetchLimits, progress: Progress) -> None:
    end = time.monotonic() + limits.seconds
    size_bytes = 0
    while block := stream.read(BLOCK_BYTES):
        size_bytes += len(block)
        if size_bytes > limits.size_bytes:
            raise InvalidInput(
                f"{url} is larger than {limits.size_bytes:,} bytes.",
                next_step="Fetch a part of it, or raise the limit size_bytes.",
            )
        if time.monotonic() > end:
            raise ServiceUnavailable(
                f"{url} was not fetched within {limits.seconds:g} s.", next_step="Try it again later."
            )
        out.write(block)
        progress(size_bytes)
