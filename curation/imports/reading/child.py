"""The process that reads one file: `python -P child.py REQUEST`, batches on its standard output.

It runs from its path and loads as little as it can: nothing of the package `curation.imports` beside this
one, which brings the database with it; no pandas, which pyarrow else loads to see that a list is no frame;
no numpy, which pyarrow else loads at once and does without here. Nor does it look for garbage while it
loads. Together these took most of the time until the first row.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

PACKAGE = "curation.imports"


class _Without:
    """Answers for pandas and numpy that they are not there."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Nothing for any other module, so that the next finder is asked."""
        if name in ("pandas", "numpy"):
            raise ModuleNotFoundError(f"the process that reads does without {name}", name=name)


def main(request: str) -> None:
    """Read what the request says."""
    if PACKAGE not in sys.modules:
        stand_in = ModuleType(PACKAGE)
        stand_in.__path__ = [str(Path(__file__).resolve().parents[1])]
        sys.modules[PACKAGE] = stand_in
    sys.meta_path.insert(0, _Without())
    gc.disable()
    from curation.imports.reading import serving

    serving.load()
    gc.freeze()
    gc.enable()
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not get into the stream
    serving.serve(serving.Request.from_json(json.loads(request)), os.fdopen(out, "wb"))


if __name__ == "__main__":
    main(sys.argv[1])
