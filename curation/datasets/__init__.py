"""Dataset versions: frozen, hashed rows with their split, and the way back from each to its import."""

from curation.datasets.building import DatasetRow
from curation.datasets.exporting import export, suffix
from curation.datasets.freezing import DatasetVersion, FreezePreview, freeze, get, listing, preview, rows
from curation.datasets.lineage import Lineage, lineage

__all__ = [
    "DatasetRow", "DatasetVersion", "FreezePreview", "Lineage", "export", "freeze", "get", "lineage",
    "listing", "preview", "rows", "suffix",
]  # fmt: skip
