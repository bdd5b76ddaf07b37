"""Dataset versions: frozen, hashed rows with their split, and the way back from each to its import."""

from curation.datasets.crossing import Crossing, crossing
from curation.datasets.definition import Definition
from curation.datasets.exports.exporting import export, suffix
from curation.datasets.freezing import DatasetVersion, FreezePreview, freeze, get, listing, preview, rows
from curation.datasets.lineage import Lineage, lineage
from curation.datasets.row import DatasetRow

__all__ = [
    "Crossing", "DatasetRow", "DatasetVersion", "Definition", "FreezePreview", "Lineage", "crossing",
    "export", "freeze", "get", "lineage", "listing", "preview", "rows", "suffix",
]  # fmt: skip
