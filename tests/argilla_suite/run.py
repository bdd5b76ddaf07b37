"""Run the published tests of argilla-server against our search engine, on a real PostgreSQL.

    python -m tests.argilla_suite.run [--json] [pytest's arguments]

Its source distribution is downloaded (its tests are inside, and nothing of them is kept here) into
build/argilla-suite, and they run with the interpreter that $UNDERSTUDY_ARGILLA_SUITE_PYTHON names
(`make argilla-suite` makes it). Exits 0 only if at least 93 pass and none fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from storage import project
from storage.services import postgres, redis
from tests.argilla_stand import redis_running

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build" / "argilla-suite"
VERSION = "2.8.0"
ENOUGH = 93
TESTS = ("tests/unit/search_engine/test_commons.py", "tests/unit/api/handlers/v1")


def main() -> int:
    """Download, run, count."""
    arguments = [each for each in sys.argv[1:] if each != "--json"]
    source = downloaded()
    report = FOLDER / "report.xml"
    report.unlink(missing_ok=True)
    with services() as variables:
        command = [
            python(), "-m", "pytest", "-p", "engine_plugin", "-o", "log_cli=false", "-q",
            "--disable-warnings",
            f"--junitxml={report}", *TESTS, *arguments,
        ]  # fmt: skip
        done = subprocess.run(command, cwd=source, env=variables, check=False)
    passed, failed = counted(report)
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"passed": passed, "failed": failed, "at_least": ENOUGH}) + "\n")
    else:
        sys.stdout.write(
            f"{passed} of Argilla's tests passed, {failed} failed; {ENOUGH} must pass and none fail.\n"
        )
    return 0 if passed >= ENOUGH and not failed and done.returncode == 0 else 1


def downloaded() -> Path:
    """The folder of the source distribution, fetched once."""
    source = FOLDER / f"argilla_server-{VERSION}"
    if not (source / "tests").is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [python(), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--no-binary", ":all:", "--dest", str(FOLDER), f"argilla-server=={VERSION}"],
            check=True,
        )  # fmt: skip
        with tarfile.open(FOLDER / f"argilla_server-{VERSION}.tar.gz") as archive:
            archive.extractall(FOLDER, filter="data")
    return source


def python() -> str:
    """The interpreter with Argilla's server and its tests' packages."""
    return os.environ.get("UNDERSTUDY_ARGILLA_SUITE_PYTHON", str(ROOT / ".venv-argilla-suite/bin/python"))


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """A PostgreSQL and a Redis for the length of the run, and what the tests are told of them."""
    with tempfile.TemporaryDirectory(prefix="argilla-suite-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        made = project.create(Path(folder) / "p", "suite")
        with postgres.running(made), redis_running(made):
            postgres.ensure_databases(made)
            ours = (ROOT / "storage" / "argilla_server", Path(__file__).parent)
            yield os.environ | {
                "ARGILLA_HOME_PATH": f"{folder}/home",
                "ARGILLA_DATABASE_URL": postgres.url(made, "argilla", "asyncpg"),
                "ARGILLA_REDIS_URL": redis.url(made),
                "ARGILLA_SEARCH_ENGINE": "elasticsearch",  # its tests are skipped under another name
                "ARGILLA_ENABLE_TELEMETRY": "0",
                "HF_HUB_DISABLE_TELEMETRY": "1",
                "PYTHONPATH": os.pathsep.join(map(str, ours)),
                "TMPDIR": folder,
            }


def counted(report: Path) -> tuple[int, int]:
    """Tests passed, and tests failed or broken."""
    if not report.exists():
        return 0, 0
    suite = next(ElementTree.parse(report).iter("testsuite"))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return int(suite.get("tests", 0)) - failed - int(suite.get("skipped", 0)), failed


if __name__ == "__main__":
    sys.exit(main())
