"""`understudy.toml`: what a project is told from outside. It holds no secrets."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.errors import InvalidInput


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AppSettings(_Section):
    """The web app: where it listens, and the other host names it answers to (behind a proxy)."""

    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)
    names: tuple[str, ...] = ()


class ServiceSettings(_Section):
    """External services by URL; an empty string means: start our own.

    Keys and passwords never stand here: `argilla_api_key_env` names the environment
    variable that holds the key of an external Argilla.
    """

    postgres_url: str = ""
    postgres_database: str = "understudy"
    argilla_database: str = "argilla"
    redis_url: str = ""
    argilla_url: str = ""
    argilla_api_key_env: str = "ARGILLA_API_KEY"


class TrainingSettings(_Section):
    """What a training run may use of this machine."""

    threads: int = Field(default=1, ge=1)
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"


class ImportSettings(_Section):
    """What reading one file may cost, and how long raw rows are kept.

    `memory_bytes` counts what the process that reads takes above the interpreter and its libraries (on Linux
    only), `cpu_s` its computing time, `stall_s` the longest wait for its next rows. A file may unfold to
    `text_bytes`, and to `expansion` times its size once that is more than `small_bytes`. `row_bytes`
    bounds a row, `cell_chars` one cell, `columns` the columns, `members` the files of an archive or folder.
    Rows go in batches of at most `batch_rows` and about `batch_bytes`. Raw rows, rejects and examples are
    deleted once they are `keep_raw_days` old; 0 keeps them.
    """

    keep_raw_days: int = Field(default=0, ge=0, le=36_500)
    memory_bytes: int = Field(default=640_000_000, ge=64_000_000)
    cpu_s: int = Field(default=3_600, ge=1)
    stall_s: float = Field(default=120.0, ge=1)
    text_bytes: int = Field(default=32_000_000_000, ge=1_000_000)
    expansion: int = Field(default=500, ge=1)
    small_bytes: int = Field(default=256_000_000, ge=1_000_000)
    row_bytes: int = Field(default=8_000_000, ge=1_000)
    cell_chars: int = Field(default=1_000_000, ge=100)
    columns: int = Field(default=1_000, ge=1)
    members: int = Field(default=10_000, ge=1)
    batch_rows: int = Field(default=5_000, ge=1)
    batch_bytes: int = Field(default=8_000_000, ge=10_000)


class SharingSettings(_Section):
    """Where datasets are pushed to: the environment variable that holds the Hub's token."""

    hub_token_env: str = Field(default="HF_TOKEN", min_length=1)


class Settings(_Section):
    """All of `understudy.toml`."""

    name: str
    app: AppSettings = AppSettings()
    services: ServiceSettings = ServiceSettings()
    training: TrainingSettings = TrainingSettings()
    imports: ImportSettings = ImportSettings()
    sharing: SharingSettings = SharingSettings()


def load(path: Path) -> Settings:
    """Read `understudy.toml`. Raises InvalidInput naming the key and the value seen."""
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as fault:
        raise InvalidInput(f"{path} is not valid TOML: {fault}.", next_step="Mend that line.") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"{path}: {key} has {first['input']!r}: {first['msg']}.",
            next_step="Correct or remove that key.",
        ) from fault


def initial_text(name: str) -> str:
    """The `understudy.toml` of a new project."""
    return (
        f'name = "{name}"\n\n'
        '[app]\n# host = "127.0.0.1"\n# port = 8501\n# names = ["understudy.example.org"]\n\n'
        "[services]\n# Leave empty to let Understudy start its own.\n"
        '# postgres_url = "postgresql://user@host/database"\n# redis_url = "redis://host:6379/0"\n'
        '# argilla_url = "https://argilla.example.org"\n'
        '# argilla_api_key_env = "ARGILLA_API_KEY"\n\n'
        '[training]\n# threads = 1\n# device = "auto"\n\n'
        "[imports]\n# keep_raw_days = 90\n# memory_bytes = 640000000\n\n"
        '[sharing]\n# hub_token_env = "HF_TOKEN"\n'
    )
