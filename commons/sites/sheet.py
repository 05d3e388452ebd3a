"""Reads a table as people save it, and reports what became of each row."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 100_000


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
    text = _text(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        headings = [tidy(cell) for cell in next(rows, [])]
        lines = list(_lines(rows, headings))
    except csv.Error as error:
        raise Invalid(
            _l("The file is not a table of comma-separated values: %(error)s.", error=str(error))
        ) from None
    if not any(headings):
        raise Invalid(_l("The file is empty. Its first line must hold the headings."))
    return Sheet(headings, lines)


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        sentence = _l("The file %(path)s cannot be read: %(why)s.", path=path, why=error.strerror)
        raise Invalid(sentence) from None


def _text(data: bytes) -> str:
    """Return the words of a file; spreadsheets save as UTF-8, UTF-16 or Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _lines(rows: Any, headings: list[str]) -> Iterator[Line]:
    count, start = 0, rows.line_num + 1
    for cells in rows:
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise Invalid(_l("The file has more than 100,000 rows. Divide it into parts."))
            tidied = dict(zip(headings, map(tidy, cells), strict=False))
            yield Line(start, tidied, any(cell.strip() for cell in cells[len(headings) :]))
        start = rows.line_num + 1


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
