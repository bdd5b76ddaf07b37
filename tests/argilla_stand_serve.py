"""Argilla's server as it is, its passwords hashed at bcrypt's lowest cost: tests make thousands of accounts.

Run by Argilla's own interpreter with the path of `serve.py`.
"""

from __future__ import annotations

import functools
import runpy
import sys
from pathlib import Path

import bcrypt

LOWEST_COST = 4

if __name__ == "__main__":
    serve = Path(sys.argv[1])
    bcrypt.gensalt = functools.partial(bcrypt.gensalt, rounds=LOWEST_COST)
    sys.path[0] = str(serve.parent)
    runpy.run_path(str(serve), run_name="__main__")
