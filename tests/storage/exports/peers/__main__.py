"""LLaMA-Factory and Axolotl read the exports for them, each in an environment of its own.

    python -m tests.storage.exports.peers --json

The environments stand under .venv-peers and are made at the first run. Each has the tool alone
beside this project's own libraries: its pins are for training, and reading needs none of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from storage import exports
from storage.exports import Options
from storage.exports.rows import alternating, conversation
from tests.storage.exports.sample import Row, chat_rows, nasty_rows

HOME = Path(__file__).resolve().parents[4] / ".venv-peers"
PROGRAMS = Path(__file__).resolve().parent
PEERS: Mapping[str, Sequence[str]] = {
    "llamafactory": ["llamafactory==0.9.5", "av"],
    "axolotl": ["axolotl==0.19.0", "addict", "colorama", "pillow"],
}


def python_of(peer: str) -> Path:
    """The Python of a peer's environment, made at the first call, and anew where that was cut off."""
    program, whole = HOME / peer / "bin" / "python", HOME / peer / "whole"
    if not whole.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", HOME / peer], check=True)
        [site] = (HOME / peer).glob("lib/python*/site-packages")
        shared = [path for path in sys.path if path.endswith("site-packages")]
        (site / "of_the_project.pth").write_text("\n".join(shared) + "\n", encoding="utf-8")
        command = [program, "-m", "pip", "install", "--quiet", "--no-deps", *PEERS[peer]]
        subprocess.run(command, check=True)
        whole.touch()
    return program


def read(peer: str, program: str, *arguments: str) -> Any:
    """What a peer's program prints."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    ran = subprocess.run(
        [python_of(peer), PROGRAMS / program, *arguments], stdout=subprocess.PIPE, env=environment, check=True
    )
    return json.loads(ran.stdout.splitlines()[-1])


def by_llama_factory(folder: Path, format: str, rows: Sequence[Row]) -> bool:
    """Whether it aligns every row to the messages that the row has."""
    exports.write(rows, format, folder / format, options=Options(name="pans"))
    found = read(
        "llamafactory", "llama_factory_reads.py", str(folder / format), "pans_train", str(folder / "cache")
    )
    return bool(found == [alternating(exports.messages(row)) for row in rows])


def by_axolotl(folder: Path, rows: Sequence[Row]) -> bool:
    """Whether it tokenises every row whole, and trains on what people decided on and on nothing else."""
    exports.write(rows, "axolotl", folder / "axolotl")
    found = read("axolotl", "axolotl_reads.py", str(folder / "axolotl"))
    wanted = []
    for row in rows:
        chat = conversation(row)
        said = [(message["role"], f"{message['content']}<|end|>") for message in chat.messages]
        trained = [text for role, text in said[chat.answered_from :] if role == "assistant"]
        wanted.append({"text": "".join(f"<|{role}|>{text}" for role, text in said), "trained": trained})
    return bool(found == wanted)


def main() -> int:
    """Let each read nasty texts and conversations."""
    parser = argparse.ArgumentParser(prog="python -m tests.storage.exports.peers", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.parse_args()
    rows = [*(row for row in nasty_rows() if row.completion.strip()), *chat_rows()]
    with tempfile.TemporaryDirectory() as home:
        found = {
            "llama-factory-sharegpt": by_llama_factory(Path(home), "llama-factory-sharegpt", rows),
            "llama-factory-alpaca": by_llama_factory(Path(home), "llama-factory-alpaca", rows),
            "axolotl": by_axolotl(Path(home), rows),
        }
    peers = [name for packages in PEERS.values() for name in packages[:1]]
    sys.stdout.write(json.dumps({"rows": len(rows), "peers": peers, "read_as_written": found}) + "\n")
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
