"""The process that reads one file: `python -P child.py REQUEST`, batches on its standard output.

It runs from its path and loads as little as it can: nothing of the package `curation.imports` beside this
one, which brings the database with it, and no pandas, which pyarrow else loads to see that a list is no
frame. Both together took two thirds of the time until the first row.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

PACKAGE = "curation.imports"


class _NoPandas(MetaPathFinder):
    """Answers for pandas that it is not there."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Nothing for any other module, so that the next finder is asked."""
        if name == "pandas":
            raise ModuleNotFoundError("the process that reads does without pandas")


def main(request: str) -> None:
    """Read what the request says."""
    if PACKAGE not in sys.modules:
        stand_in = ModuleType(PACKAGE)
        stand_in.__path__ = [str(Path(__file__).resolve().parents[1])]
        sys.modules[PACKAGE] = stand_in
    sys.meta_path.insert(0, _NoPandas())
    from curation.imports.reading import serving

    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not get into the stream
    serving.serve(serving.Request.from_json(json.loads(request)), os.fdopen(out, "wb"))


if __name__ == "__main__":
    main(sys.argv[1])
