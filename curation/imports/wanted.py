"""What is to be imported, on whose word, and how: and what of it makes two imports the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from curation import preparing
from curation.imports.files import OpenedFile
from curation.imports.hashing import Content
from curation.imports.mapping import ColumnMapping
from curation.imports.terms import Terms
from curation.preparing import Preparation, Preparer
from curation.redaction import Ruling
from curation.tasks import Task
from storage import artifacts
from storage.artifacts import Manifest
from storage.project import Project


@dataclass(frozen=True)
class Wanted:
    """One import before it is made. `rulings` are what people said of uncertain identifiers."""

    project: Project
    task: Task
    file: OpenedFile
    mapping: ColumnMapping
    content: Content
    source: str
    source_id: str | None
    imported_by: str
    terms: Terms
    preparation: Preparation
    rulings: Mapping[str, Ruling]

    def preparer(self) -> Preparer:
        """What the texts go through; the recipe's filters judge the inputs."""
        secret = preparing.secret(self.project)
        return Preparer(self.preparation, secret, self.rulings, judged=tuple(self.mapping.inputs))

    def identity(self, model: str | None) -> dict[str, Any]:
        """What two imports have in common that would make the same records of the same rows."""
        ruled = json.dumps(sorted(self.rulings.items()))
        prepared = {
            "preparation": self.preparation.content_hash(),
            "rulings": hashlib.sha256(ruled.encode()).hexdigest()[:20],
            "model": model,
        }
        return {
            "sha256": self.content.sha256,
            "member": self.file.member,
            "as_table": self.file.as_table,
            "mapping": self.mapping.canonical(),
            "task_revision": self.task.revision,
            "prepared_by": prepared,
        }

    def facts(self, preparer: Preparer) -> dict[str, Any]:
        """What the manifest says of it, whatever came of the rows."""
        preparation = self.preparation
        return {
            "file": self.file.path.name,
            "format": self.file.format,
            "shape": self.file.shape,
            "detected": dict(self.file.detected),
            "size_bytes": self.content.size_bytes,
            "source": self.source,
            "source_id": self.source_id,
            "terms": asdict(self.terms),
            "imported_by": self.imported_by,
            "preparation": {
                "revision": preparation.revision,
                "recipe": preparation.recipe.model_dump(mode="json"),
                "recipe_hash": preparation.recipe.content_hash(),
                "policy": preparation.policy.model_dump(mode="json"),
                "model": preparer.model,
                "libraries": preparing.libraries(preparation, preparer.model),
            },
            **self.identity(preparer.model),
        }


def made_before(wanted: Wanted, model: str | None) -> Manifest | None:
    """The import that read the same bytes in the same way and whose records stand, if there is one."""
    same = wanted.identity(model)
    stands = {
        manifest.artifact_id for manifest in artifacts.listing(wanted.project, "records", wanted.task.name)
    }
    for manifest in artifacts.listing(wanted.project, "imports", wanted.task.name):
        facts = manifest.facts
        if all(name in facts and facts[name] == value for name, value in same.items()):
            if facts["records_id"] is None or facts["records_id"] in stands:
                return manifest
    return None
