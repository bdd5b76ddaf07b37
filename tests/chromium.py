"""Find a Chromium for the browser tests, or get one: the system's, Playwright's own, the distribution's.

Run as `python tests/chromium.py` it makes sure one is there; `executable()` names it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN = ("chromium", "fonts-liberation")  # without a font its pages are blank
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def executable() -> str | None:
    """The path of a Chromium that runs, or None."""
    named = os.environ.get("UNDERSTUDY_CHROMIUM")
    candidates = [named, *(shutil.which(name) for name in NAMES), str(MAC)]
    here = next((path for path in candidates if path and Path(path).exists()), None)
    if here is not None:
        return here
    own = _playwrights()
    return own if own and Path(own).exists() else None


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _get_one() -> None:
    if (
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=900).returncode
        == 0
    ):
        return
    apt = shutil.which("apt-get")
    if apt is None:
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*prefix, apt, "update", "-qq"], check=False)
    subprocess.run([*prefix, apt, "install", "-y", "-qq", "--no-install-recommends", *DEBIAN], check=False)


def main() -> int:
    """Exit 0 when a Chromium is there, 2 with what to do when none can be had."""
    if executable() is None:
        _get_one()
    found = executable()
    if found is None:
        sys.stderr.write(
            "No Chromium was found or could be installed, and the browser tests need one. Install it "
            "(`apt-get install chromium`, `brew install --cask chromium`) or set UNDERSTUDY_CHROMIUM.\n"
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
