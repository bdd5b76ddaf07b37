"""Build the parsers of questions' and metadata properties' settings once.

Argilla 2.8.0 builds a new pydantic `TypeAdapter` each time it looks at the settings of a question
or of a metadata property (`Question.parsed_settings`, `MetadataProperty.parsed_settings` in
argilla_server/models/database.py), several times for each record and each answer: 82% of the time
of a bulk creation. What is parsed, and what is refused, stays the same.
"""

from __future__ import annotations

from typing import Any

from argilla_server.models import database
from pydantic import TypeAdapter

REPLACED = {
    database.Question: "TypeAdapter(QuestionSettings).validate_python(self.settings)",
    database.MetadataProperty: "TypeAdapter(MetadataPropertySettings).validate_python(self.settings)",
}
"""What each property returns in the release that this was written for."""


def install() -> None:
    """Replace both properties by ones that keep their parser."""
    kinds = {
        database.Question: database.QuestionSettings,
        database.MetadataProperty: database.MetadataPropertySettings,
    }
    for model, settings in kinds.items():
        model.parsed_settings = property(_parsing(TypeAdapter(settings)))


def _parsing(adapter: TypeAdapter[Any]) -> Any:
    def parsed_settings(self: Any) -> Any:
        return adapter.validate_python(self.settings)

    return parsed_settings
