"""Cells that no spreadsheet runs, and the way back.

Excel, LibreOffice and Google Sheets take a cell that begins with one of a few characters for a
formula, which may read other cells and call out (OWASP, "CSV Injection").
"""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet read a cell as a formula; the last four are the full-width forms."""


def defused(cell: str) -> str:
    """`cell` with an apostrophe before it if a spreadsheet would run it as a formula.

    A cell that already has apostrophes before such a character gets one more, so that `restored`
    gives back exactly what was there.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def restored(cell: str) -> str:
    """The cell that `defused` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS) else cell
