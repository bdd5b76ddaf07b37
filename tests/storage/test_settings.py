"""Every setting is described where people look for it, with the default that it has."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel

from curation.imports.reading.limits import Limits
from storage.settings import ImportSettings, Settings

DOCS = Path(os.environ.get("UNDERSTUDY_DOCS_DIR") or Path(__file__).parents[2] / "docs")
SECTIONS = {
    name: kind.annotation
    for name, kind in Settings.model_fields.items()
    if isinstance(kind.annotation, type) and issubclass(kind.annotation, BaseModel)
}


def described(section: str) -> dict[str, str]:
    """{setting: default} as the table of a section says."""
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    [part] = re.findall(rf"## `\[{section}\]`\n(.*?)(?=\n## |\Z)", text, re.DOTALL)
    return dict(re.findall(r"^\| `(\w+)` \| `(.+?)` \|", part, re.MULTILINE))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_is_in_the_docs_with_its_default(section: str) -> None:
    kind = SECTIONS[section]
    said = {name: _value(default) for name, default in described(section).items()}
    given = {name: field.default for name, field in kind.model_fields.items()}
    assert said == {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}


def _value(written: str) -> object:
    return tomllib.loads(f"value = {written}")["value"]


def test_the_limits_of_reading_are_settings_with_the_same_defaults() -> None:
    settings = ImportSettings().model_dump(exclude={"keep_raw_days"})
    assert settings == {field.name: field.default for field in fields(Limits)}
