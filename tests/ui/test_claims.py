"""Nowhere does the product claim more for its redaction than it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import curation
import ui

CLAIM = re.compile(r"de-?identif|anonymi[sz]", re.IGNORECASE)
SOURCES = (Path(ui.__file__).parent, Path(curation.__file__).parent)
DOCS = Path(__file__).resolve().parents[2] / "docs"
READ = (".py", ".js", ".css", ".html", ".md", ".toml", ".txt")


def texts() -> Iterator[Path]:
    for folder in (*SOURCES, DOCS):
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in READ and path.is_file())


def claims(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{path.name}:{number}" for number, line in enumerate(lines, start=1) if CLAIM.search(line)]


def test_no_page_no_card_and_no_document_says_that_people_cannot_be_known_again() -> None:
    read = list(texts())
    assert len(read) > 200
    assert [place for path in read for place in claims(path)] == []


@pytest.mark.parametrize("words", ["de-identified", "Deidentification", "anonymised", "anonymized"])
def test_such_a_claim_would_be_found(tmp_path: Path, words: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"A line.\nThe data is {words}.\n")
    assert claims(page) == ["page.md:2"]
