"""What a version is built from: the definition, checked, stored by name, as a file and in words."""

from curation.datasets.definition.model import (
    DEFAULT_NAME,
    LABEL,
    Definition,
    Replay,
    Splits,
    Variations,
    parsed,
)

__all__ = ["DEFAULT_NAME", "LABEL", "Definition", "Replay", "Splits", "Variations", "parsed"]
