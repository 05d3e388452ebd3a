"""Reads a table as people save it, and reports what became of each row."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 100_000
LONGEST_LINE = 32 * 1024  # characters


@dataclass(frozen=True)
class Line:
    """One row: the line it starts on, and its cells by heading."""

    number: int
    cells: dict[str, str]
    too_long: bool = False  # it has more cells than the table has headings


@dataclass(frozen=True)
class Sheet:
    """A table: its headings as written, and its rows."""

    headings: list[str]
    lines: list[Line]


@dataclass(frozen=True)
class Remark:
    """What is to be said of a row; line 0 is the table as a whole."""

    line: int
    sentence: object

    def __str__(self) -> str:
        """Return the remark as the command line prints it."""
        return f"line {self.line}: {self.sentence}" if self.line else str(self.sentence)


@dataclass
class Report:
    """How many rows are new, changed, unchanged and refused, with a sentence for each refusal."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return how many rows were read."""
        return self.new + self.changed + self.unchanged + len(self.refused)

    def refuse(self, line: int, sentence: object) -> None:
        """Count a row that cannot be used, and say why."""
        self.refused.append(Remark(line, sentence))

    def note(self, line: int, sentence: object) -> None:
        """Keep something that a person should know, though the row is used."""
        self.notes.append(Remark(line, sentence))

    def summary(self, noun: str) -> str:
        """Return the one line that the command line prints."""
        return (
            f"{self.total} {noun}: {self.new} new, {self.changed} changed, "
            f"{self.unchanged} unchanged, {len(self.refused)} refused"
        )


def read(source: Path | bytes) -> Sheet:
    """Return the table in a file, or in the bytes of one; raise Invalid with a sentence."""
    data = source if isinstance(source, bytes) else _load(source)
    if len(data) > MOST_BYTES:
        raise Invalid(_l("The file is larger than 32 MiB. Divide it and import the parts."))
    rows = _rows(_text(data))
    headings = [tidy(cell) for cell in next(rows, (1, []))[1]]
    if not any(headings):
        raise Invalid(_l("The file is empty. Its first line must hold the headings."))
    return Sheet(headings, list(_lines(rows, headings)))


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        sentence = _l("The file %(path)s cannot be read: %(why)s.", path=path, why=error.strerror)
        raise Invalid(sentence) from None


def _text(data: bytes) -> str:
    """Return the words of a file; spreadsheets save as UTF-8, UTF-16 or Windows-1252."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        # UTF-8 with a broken byte is not Windows-1252: its names would be stored garbled.
        if encoding == "cp1252" and re.search(rb"\xc3[\x80-\xbf]", data):
            break
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if "\0" not in text:
                return text
    raise Invalid(
        _l("The letters of the file cannot be read. Save it as “CSV UTF-8” and import it again.")
    )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row and the line that it starts on."""
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.reader(_short_lines(text), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in rows:
            yield start, cells
            start = rows.line_num + 1
    except csv.Error:
        sentence = _l(
            "The row on line %(line)s cannot be read. Look for a missing quotation mark.",
            line=start,
        )
        raise Invalid(sentence) from None


def _short_lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise Invalid(
                _l(
                    "Line %(line)s is longer than the row of a list can be. "
                    "Leave out the columns that are not needed.",
                    line=number,
                )
            )
        yield line


def _lines(rows: Iterator[tuple[int, list[str]]], headings: list[str]) -> Iterator[Line]:
    count = 0
    for start, cells in rows:
        tidied = [tidy(cell) for cell in cells[: len(headings)]]
        more = cells[len(headings) :]
        too_long = bool(more) and any(cell.strip() for cell in more)
        if not any(tidied) and not too_long:
            continue
        count += 1
        if count > MOST_ROWS:
            raise Invalid(_l("The file has more than 100,000 rows. Divide it into parts."))
        if tidied == headings:
            raise Invalid(
                _l("Line %(line)s repeats the headings. Keep one line of headings.", line=start)
            )
        known = dict(zip(headings, tidied, strict=False))
        yield Line(start, known, too_long)


def tidy(text: str) -> str:
    """Return the text with single spaces and nothing that cannot be seen."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    kept = (c if c.isprintable() or c in "\u200c\u200d" else " " for c in text)
    return " ".join("".join(kept).split())


def plain(text: str) -> str:
    """Return a heading or a word for comparing: lower case, no accents, single spaces."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
