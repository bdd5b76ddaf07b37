"""The shares that groups should have, typed or from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.exploring import against_reference, reference
from storage.errors import InvalidInput


def test_lines_are_read_however_they_are_written() -> None:
    text = "de: 60%\n\nfr = 25 %\nNew York; 10\nit 4.5\nA: b > c:\t0.5"
    assert reference.parse(text) == {"de": 60, "fr": 25, "New York": 10, "it": 4.5, "A: b > c": 0.5}
    assert reference.parse("  \n") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("de 60\nfr", "Line 2 gives no share"),
        ("de: many", "Line 1 gives no share"),
        ("de: nan", "gives no share"),
        (": 5", "gives no share"),
        ("de 1\nde: 2", "Line 2 names 'de' again"),
        ("\n".join(f"g{number}: 1" for number in range(1_001)), "more than 1,000 groups"),
    ],
)
def test_a_line_that_gives_no_share_is_named(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        reference.parse(text)


def test_a_file_has_two_columns_whatever_they_are_called(tmp_path: Path) -> None:
    path = tmp_path / "census.csv"
    path.write_text("language,share\nde,62.5\nfr,37.5%\n")
    assert reference.read(path) == {"de": 62.5, "fr": 37.5}
    found = against_reference({"de": 10, "fr": 90}, reference.read(path))
    assert [(group.name, group.verdict) for group in found] == [("de", "too few"), ("fr", "too many")]
    path.write_text("a,b,c\n1,2,3\n")
    with pytest.raises(InvalidInput, match=r"census\.csv has 3 columns"):
        reference.read(path)
    path.write_text("a,b\n")
    with pytest.raises(InvalidInput):
        reference.read(path)
    path.write_text("a,b\nde,often\n")
    with pytest.raises(InvalidInput, match=r"Row 2 of census\.csv gives no share"):
        reference.read(path)
