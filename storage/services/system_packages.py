"""How this machine's package manager installs what pip cannot."""

from __future__ import annotations

import shutil

_MANAGERS: tuple[tuple[str, str, dict[str, str]], ...] = (
    # program, command, names where they differ from ours
    ("apt-get", "sudo apt-get install", {"redis": "redis-server", "chromium": "chromium"}),
    ("dnf", "sudo dnf install", {"redis": "valkey"}),
    ("pacman", "sudo pacman -S", {"redis": "valkey"}),
    ("apk", "sudo apk add", {"redis": "valkey"}),
    ("zypper", "sudo zypper install", {"redis": "redis7"}),
    ("brew", "brew install", {"chromium": "--cask chromium"}),
)


def install_command(package: str) -> str:
    """The command that installs `package` here, or advice where no known manager is found."""
    for program, command, names in _MANAGERS:
        if shutil.which(program):
            return f"{command} {names.get(package, package)}"
    return f"install {package} with your system's package manager"
