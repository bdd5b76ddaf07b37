"""Two folders exchange their names in one step of the file system, so that no reader finds half of either."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_HERE = -100
_SWAP = 2
"""RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS have the same number."""
_CANNOT = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


def exchange(one: Path, other: Path) -> bool:
    """Let each have the other's name; False where this file system cannot do that in one step.

    Raises OSError, FileNotFoundError among them.
    """
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(first, second, _SWAP)
        else:
            failed = library.renameat2(_AT_HERE, first, _AT_HERE, second, _SWAP)
    except AttributeError:  # a C library without the call
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))
