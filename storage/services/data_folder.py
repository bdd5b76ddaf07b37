"""PostgreSQL's data folder: made once, owned by the user PostgreSQL runs as, and reachable for it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psutil

from storage.errors import ServiceUnavailable, UserError
from storage.services import passage

_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
"""UTF-8 on every machine: macOS has no C.UTF-8 of old, and a small Linux often nothing else."""


def prepare(data: Path, binaries: Path, user: str | None, superuser: str) -> None:
    """Make the data folder if there is none, and see that `user` (None: ourselves) can work in it.

    Raises UserError where it cannot, ServiceUnavailable where `initdb` fails.
    """
    data.mkdir(parents=True, exist_ok=True)
    if user:
        _ensure_exists(user)
        for folder in (data, binaries):
            _require_reachable(user, folder)
        _require_runnable(user, binaries)
    _require_owned(data, uid_of(user))
    if not (data / "PG_VERSION").exists():
        if not _is_empty(data):
            raise UserError(
                f"{data} holds files, but no data of PostgreSQL.",
                next_step="Move them away, or restore the whole folder from a backup.",
            )
        _initdb(data, binaries, user, superuser)


def uid_of(user: str | None) -> int:
    """The number of `user`, or our own."""
    if user is None:
        return os.geteuid()
    import pwd

    return pwd.getpwnam(user).pw_uid


def remove_stale(lock: Path) -> None:
    """Remove a lock whose process number now belongs to something else, as after a restart of the machine.

    Where no process has that number PostgreSQL clears the lock itself; a living server keeps its own.
    """
    try:
        pid = int(lock.read_text().splitlines()[0])
        name = psutil.Process(abs(pid)).name()
    except (OSError, ValueError, IndexError, psutil.Error):
        return
    if not name.startswith("postgres"):
        lock.unlink(missing_ok=True)


def _ensure_exists(user: str) -> None:
    import pwd

    try:
        pwd.getpwnam(user)
    except KeyError:
        shell = "/usr/sbin/nologin"
        made = subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", shell, user],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise UserError(
                f"PostgreSQL does not run as root, and its user {user!r} could not be made: "
                f"{made.stderr.strip()}.",
                next_step="Make that user and group, or start Understudy as an ordinary user.",
            ) from None


def _require_reachable(user: str, folder: Path) -> None:
    if passage.may_enter(user, folder):
        return
    closed = passage.open_to(user, folder)
    if closed is not None:
        raise UserError(
            f"PostgreSQL does not run as root, and its user {user!r} cannot enter {closed} "
            f"(mode {stat.S_IMODE(closed.stat().st_mode):o}), where {folder} lies.",
            next_step=f"chmod o+x {closed}, put the project elsewhere (/srv), or do not run as root.",
        )


def _require_runnable(user: str, binaries: Path) -> None:
    """Mend a wheel that was installed under a closed umask: PostgreSQL's files become readable."""
    program = [str(binaries / "postgres"), "--version"]
    if passage.succeeds_as(user, program):
        return
    for path in (binaries.parent, *binaries.parent.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | (0o011 if mode & stat.S_IXUSR else 0))
    if not passage.succeeds_as(user, program):
        raise UserError(
            f"PostgreSQL does not run as root, and its user {user!r} cannot run {program[0]}.",
            next_step="Install Understudy where every user may read it, or do not run as root.",
        )


def _require_owned(data: Path, uid: int) -> None:
    owner = data.stat().st_uid
    if owner != uid and not _is_empty(data):
        raise UserError(
            f"{data} belongs to user {owner}, but PostgreSQL would run as user {uid}.",
            next_step=f"Start Understudy as the user who made the project, or chown -R {uid} {data}.",
        )


def _is_empty(folder: Path) -> bool:
    try:
        return not any(folder.iterdir())
    except PermissionError:
        return False


def _initdb(data: Path, binaries: Path, user: str | None, superuser: str) -> None:
    partial = data.with_name(".postgres-new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    if user:
        shutil.chown(partial, user, user)
    finished = subprocess.run(
        [
            str(binaries / "initdb"), "--auth=trust", "--encoding=UTF8", f"--locale={_LOCALE}",
            "--data-checksums", "-U", superuser, "-D", str(partial),
        ],
        capture_output=True, text=True, user=user, group=user,
        extra_groups=[] if user else None, cwd="/", check=False,
        env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
    )  # fmt: skip
    if finished.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise ServiceUnavailable(
            f"PostgreSQL could not make its data folder: {finished.stderr.strip()[-400:]}",
            next_step="Free space or mend the folder's rights, then start again.",
        )
    data.rmdir()
    partial.rename(data)
