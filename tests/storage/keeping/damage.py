"""What time and disks do to files: a bit flipped, an end cut off, a file gone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def damaged(path: Path, dice: random.Random) -> Iterator[str]:
    """One file with something wrong, for the length of a block; what it was. It stays so until the end."""
    whole = path.read_bytes()
    kind = dice.choice(["flip"] * 6 + ["cut"] * 3 + ["gone"]) if whole else "gone"
    if kind == "flip":
        bit = dice.randrange(len(whole) * 8)
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        written, said = bytes(changed), f"bit {bit} of {path}"
    else:
        length = dice.randrange(len(whole)) if kind == "cut" else 0
        written, said = whole[:length], f"{path} {'cut to' if kind == 'cut' else 'gone, was'} {length}"
    path.unlink()  # a new file: another may be the same one by a link
    if kind != "gone":
        path.write_bytes(written)
    yield said
    if kind == "gone":
        assert not path.exists(), said
    else:
        assert path.read_bytes() == written, f"{said}: repaired silently"
        path.unlink()
    path.write_bytes(whole)
