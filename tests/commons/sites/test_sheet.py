"""Tables as people save them."""

import codecs
from pathlib import Path

import pytest

from commons.errors import Invalid
from commons.sites import sheet
from commons.sites.sheet import Report


@pytest.mark.parametrize(
    "data",
    [
        "name,city\nPeña,Bell\n".encode(),
        codecs.BOM_UTF8 + "name,city\r\nPeña,Bell\r\n".encode(),
        "name,city\nPeña,Bell\n".encode("cp1252"),
        "name;city\nPeña;Bell\n".encode(),
        codecs.BOM_UTF16_LE + "name\tcity\nPeña\tBell\n".encode("utf-16-le"),
    ],
    ids=["utf-8", "with a mark", "windows", "semicolons", "utf-16 with tabs"],
)
def test_every_way_in_which_a_spreadsheet_saves_is_read(data: bytes) -> None:
    assert sheet.read(data).lines[0].cells == {"name": "Peña", "city": "Bell"}


def test_a_row_keeps_the_line_it_starts_on_when_a_cell_is_broken_over_lines() -> None:
    lines = sheet.read(b'name,city\n"Ana\nLee",Bell\n\nBo,Bell\n').lines
    assert [line.number for line in lines] == [2, 5]
    assert lines[0].cells["name"] == "Ana Lee"


def test_a_row_with_too_many_cells_says_so() -> None:
    assert sheet.read(b"name,city\nLee, Ana,Bell\n").lines[0].too_long


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert sheet.tidy(" Ana\u200b \x00 Lee\t") == "Ana Lee"


def test_words_are_compared_without_accents_capitals_and_signs() -> None:
    assert sheet.plain("Número de_Teléfono:") == "numero de telefono"


@pytest.mark.parametrize("data", [b"", b"\n\n", b" , \n1,2\n"])
def test_an_empty_file_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Invalid, match="first line must hold the headings"):
        sheet.read(data)


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        sheet.read(tmp_path / "none.csv")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_BYTES", 10)
    with pytest.raises(Invalid, match="32 MiB"):
        sheet.read(b"name,city\nAna,Bell\n")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'name,city\nBo,Bell\n"Ana,Bell\nLee,Bell\n', "row on line 3 cannot be read"),
        (b'name,city\n"Ana"Lee,Bell\n', "row on line 2 cannot be read"),
        (b"name,city\nAna,Bell\nName,City\nname, city\n", "Line 4 repeats the headings"),
        (b"," * 40_000, "Line 1 is longer"),
        (b"name,city\nA\0na,Bell\n", "letters of the file cannot be read"),
        (b"name,city\nAna\x81,Bell\n", "letters of the file cannot be read"),
        ("name,Peña\n".encode() + b"Pe\xf1a,Bell\n", "letters of the file cannot be read"),
        (codecs.BOM_UTF16_LE + b"n\0a", "letters of the file cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        sheet.read(data)


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 1)
    with pytest.raises(Invalid, match="100,000 rows"):
        sheet.read(b"name\nAna\nBo\n")


def test_the_report_is_one_line_that_adds_up() -> None:
    report = Report(new=2, changed=1, unchanged=4)
    report.refuse(7, "It has no name.")
    assert report.summary("sites") == "8 sites: 2 new, 1 changed, 4 unchanged, 1 refused"
    assert str(report.refused[0]) == "line 7: It has no name."
