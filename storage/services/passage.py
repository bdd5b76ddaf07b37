"""Letting PostgreSQL's own user through to its files where Understudy runs as root.

A home folder is usually closed to others (0700). It is not opened to everyone: its access list
gets one entry, by which that one user may pass through, and neither list nor read what lies there.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

_ACCESS_LIST = "system.posix_acl_access"
_HEADER = struct.Struct("<I")
_ENTRY = struct.Struct("<HHI")
_VERSION = 2
_OWNER, _USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NOBODY_NAMED = 0xFFFFFFFF
_PASS = 0x1


def succeeds_as(user: str, command: Sequence[str]) -> bool:
    """Whether `command` ends with 0 as `user`: the one test that knows every kind of right."""
    import pwd

    finished = subprocess.run(
        list(command), user=user, group=pwd.getpwnam(user).pw_gid, extra_groups=[], cwd="/",
        env={"PATH": os.defpath}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    return finished.returncode == 0


def may_enter(user: str, folder: Path) -> bool:
    """Whether `user` can enter `folder`."""
    return succeeds_as(user, ["sh", "-c", 'cd -- "$1"', "sh", str(folder)])


def open_to(user: str, folder: Path) -> Path | None:
    """Let `user` pass through every parent of `folder`; the first it still cannot enter, or None."""
    import pwd

    for parent in reversed(folder.resolve().parents):
        if not may_enter(user, parent):
            let_pass(pwd.getpwnam(user).pw_uid, parent)
            if not may_enter(user, parent):
                return parent
    return None


def let_pass(uid: int, folder: Path) -> None:
    """Add `user:uid:--x` to the access list of `folder`; does nothing where there are no such lists."""
    if not hasattr(os, "setxattr"):
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    entries = _entries(folder) or {
        (_OWNER, _NOBODY_NAMED): mode >> 6 & 7,
        (_GROUP, _NOBODY_NAMED): mode >> 3 & 7,
        (_OTHER, _NOBODY_NAMED): mode & 7,
    }
    mask = entries.get((_MASK, _NOBODY_NAMED), entries[_GROUP, _NOBODY_NAMED])
    entries[_USER, uid] = entries.get((_USER, uid), 0) | _PASS
    entries[_MASK, _NOBODY_NAMED] = mask | _PASS
    packed = [_ENTRY.pack(tag, rights, name) for (tag, name), rights in sorted(entries.items())]
    try:
        os.setxattr(folder, _ACCESS_LIST, _HEADER.pack(_VERSION) + b"".join(packed))
    except OSError as fault:
        if fault.errno not in (errno.EOPNOTSUPP, errno.EPERM, errno.EROFS, errno.EINVAL):
            raise


def _entries(folder: Path) -> dict[tuple[int, int], int]:
    try:
        stored = os.getxattr(folder, _ACCESS_LIST)
    except OSError as fault:
        if fault.errno in (errno.ENODATA, errno.EOPNOTSUPP):
            return {}
        raise
    return {(tag, name): rights for tag, rights, name in _ENTRY.iter_unpack(stored[_HEADER.size :])}
