"""Run what "done" means and write command, figure and date of each to docs/evidence/.

    python -m tests.evidence                all of it, from a clean clone (about two and a half hours)
    python -m tests.evidence check start    only these

Each step writes `docs/evidence/<step>.md` as soon as it has its figure, whatever comes after.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.evidence import backend, backend_at_length, curating, product, reviewing
from tests.evidence.running import Figure, run

ROOT = Path(__file__).resolve().parent.parent.parent
EVIDENCE = ROOT / "docs" / "evidence"

STEPS: dict[str, Callable[[Path], Figure]] = {
    "demo": product.demo,
    "start": product.start,
    "check": product.check,
    "suite": product.suite,
    "argilla-suite": backend.argilla_suite,
    "argilla-speed": backend.argilla_speed,
    "security": backend_at_length.security,
    "other-postgres": backend_at_length.other_postgres,
    "argilla-million": backend_at_length.argilla_million,
    "soak": backend_at_length.soak,
    "review-latency": reviewing.review_latency,
    "mirror": reviewing.mirror,
    "many-reviewers": reviewing.many_reviewers,
    "real-data": reviewing.real_data,
    "curation": curating.curation,
    "curation-speed": curating.curation_speed,
    "curation-million": curating.curation_million,
    "duplicates": curating.duplicates,
    "pages": curating.pages,
}


def main(names: list[str]) -> int:
    """Run the named steps, or all, on a clean clone of HEAD. Exit 0 when all hold."""
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="understudy-clone-"))
    place.chmod(0o711)
    clone = place / "understudy"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    commit, _ = run(["git", "rev-parse", "--short", "HEAD"], clone)
    if names and "demo" not in names:
        run(["make", "setup-dev"], clone)
    held = True
    for name in names or list(STEPS):
        figure = STEPS[name](clone)
        held &= figure.held
        _write(name, figure, commit.stdout.strip())
        sys.stdout.write(f"{name}: {'holds' if figure.held else 'DOES NOT HOLD'}: {figure.lines[0]}\n")
        sys.stdout.flush()
    return 0 if held else 1


def _write(name: str, figure: Figure, commit: str) -> None:
    cores = os.cpu_count()
    moment = datetime.now(UTC)
    (EVIDENCE / f"{name}.md").write_text(
        f"# `{figure.command}`\n\n"
        f"{'Holds' if figure.held else 'Does not hold'}. {moment:%Y-%m-%d %H:%M} UTC, commit {commit}, "
        f"Python {sys.version.split()[0]}, {cores} cores, a clean clone.\n\n" + "\n".join(figure.lines) + "\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
