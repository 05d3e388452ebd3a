"""Cells that a spreadsheet must not carry out, and the sign that keeps it from doing so.

A cell that begins, after blanks, with a sign that starts a formula gets an apostrophe in front
(abuse case 57); an import takes it off again.
"""

from __future__ import annotations

import unicodedata

SIGNS = frozenset("=+-@−")
BREAKS = frozenset("\t\r\n")
MARK = "'"


def dangerous(cell: str) -> bool:
    """Return whether a spreadsheet might take the cell for a formula."""
    for letter in cell:
        if letter in BREAKS:
            return True
        if letter.isspace() or not letter.isprintable():
            continue
        return unicodedata.normalize("NFKC", letter)[:1] in SIGNS
    return False


def neutral(cell: str) -> str:
    """Return the cell as text for a spreadsheet; a mark that it had is kept by a second one."""
    return MARK + cell if dangerous(cell.lstrip(MARK)) else cell


def bare(cell: str) -> str:
    """Return the cell as it was before `neutral`."""
    if cell.startswith(MARK) and dangerous(cell.lstrip(MARK)):
        return cell[1:]
    return cell
