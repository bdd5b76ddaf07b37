"""A definition as a file that a person reads and writes: YAML, or JSON, which is YAML too."""

from __future__ import annotations

from pathlib import Path

import yaml

from curation.datasets.definition.model import Definition, parsed
from storage.errors import InvalidInput

MOST_BYTES = 1_000_000


def to_yaml(definition: Definition) -> str:
    """The definition as YAML that says only what differs from the default; its name comes first."""
    values = {"name": definition.name, **definition.values()}
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)


def from_text(text: str, called: str = "The definition") -> Definition:
    """The definition that YAML or JSON says. Raises InvalidInput, naming what is wrong with it."""
    if len(text) > MOST_BYTES:
        raise InvalidInput(
            f"{called} has {len(text):,} characters.", next_step=f"At most {MOST_BYTES:,} are read."
        )
    try:
        values = yaml.load(text, Loader=_NoAliases)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as fault:
        where = getattr(fault, "problem_mark", None)
        line = f" in line {where.line + 1}" if where is not None else ""
        reason = getattr(fault, "problem", None) or "it nests too deeply"
        raise InvalidInput(
            f"{called} cannot be read{line}: {reason}.", next_step="Write it as YAML or JSON."
        ) from fault
    if values is None:
        return Definition()
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise InvalidInput(
            f"{called} holds no definition.",
            next_step="Write a field a line, such as `balance: 3`.",
        )
    return parsed(values)


def read(path: Path) -> Definition:
    """The definition that a `.yaml` or `.json` file says. Raises InvalidInput."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path.name} is too large for a definition.", next_step="Name another file.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "it is not UTF-8"
        raise InvalidInput(f"{path} cannot be read: {reason}.", next_step="Name another file.") from fault
    return from_text(text, path.name)


class _NoAliases(yaml.SafeLoader):
    """A safe loader that follows no aliases: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias; else as the loader does."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "it has an alias", mark)
        return super().compose_node(parent, index)
