"""Label Studio from PyPI, in an environment of its own, with the same records and labels."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page

from storage.services import ports

HOME = Path(__file__).resolve().parents[2] / ".venv-peers" / "label-studio"
START_LIMIT_S = 180
NAME, PASSWORD, TOKEN = "reviewer@example.com", "reviews all day", "0123456789abcdef0123456789abcdef01234567"
SHOWN = ".lsf-richtext__container"


def installed() -> Path:
    """Its program; installed at the first call, which takes a few minutes."""
    program = HOME / "bin" / "label-studio"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        subprocess.run([HOME / "bin" / "pip", "install", "--quiet", "label-studio"], check=True)
    return program


def version() -> str:
    """The version that is installed."""
    code = "from importlib.metadata import version; print(version('label-studio'))"
    done = subprocess.run([HOME / "bin" / "python", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Its server on a fresh SQLite in `folder`; the address."""
    port = ports.free_port()
    command = [
        installed(), "start", "--no-browser", "--data-dir", folder, "--port", str(port), "--username", NAME,
        "--password", PASSWORD, "--user-token", TOKEN, "--enable-legacy-api-token", "--log-level", "ERROR",
    ]  # fmt: skip
    told = {
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "False",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command], env=os.environ | told, stdout=log, stderr=log, cwd=folder
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, url, folder / "log.txt")
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_LIMIT_S
    while True:
        try:
            if httpx.get(f"{url}/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(log.read_text()[-3000:])
        time.sleep(0.2)


def filled(url: str, texts: Sequence[str], labels: Sequence[str]) -> int:
    """A project with these texts and a choice of these labels, the first ones by the keys 1-9; its number."""
    choices = "".join(f'<Choice value="{label}"/>' for label in labels)
    shown = '<Text name="text" value="$text"/>'
    config = f'<View>{shown}<Choices name="label" toName="text">{choices}</Choices></View>'
    with httpx.Client(base_url=url, headers={"Authorization": f"Token {TOKEN}"}, timeout=120) as client:
        made = client.post(
            "/api/projects", json={"title": "Speed", "label_config": config}
        ).raise_for_status()
        number = int(made.json()["id"])
        rows = [{"data": {"text": text}} for text in texts]
        client.post(f"/api/projects/{number}/import", json=rows).raise_for_status()
    return number


def open_stream(page: Page, url: str, number: int) -> None:
    """Sign in and begin to label all tasks of the project."""
    page.goto(f"{url}/user/login")
    page.fill("input[name=email]", NAME)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)
    page.goto(f"{url}/projects/{number}/data?labeling=1")
    page.locator(SHOWN).first.wait_for()


def press(page: Page) -> None:
    """Choose the first label, then submit."""
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
