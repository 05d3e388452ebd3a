"""Reads a roster's table: which column is which, what must never be there, and one row of it."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons import i18n
from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.roster.consent import NEEDS_SOURCE
from commons.roster.exports.cells import bare
from commons.roster.models import ConsentState, Group, SlotKind
from commons.roster.numbers import e164
from commons.roster.service import checked_name
from commons.sites.sheet import Line, plain

WORDS = Path(__file__).with_name("columns.toml")


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the file, every word understood."""

    line: int
    name: str
    number: str  # empty for those who are told on paper or by a phone tree
    language: str  # empty where the file says none
    group: Group
    slots: tuple[SlotKind, ...]
    consent: ConsentState
    source: str

    @property
    def key(self) -> str:
        """Return what tells this person from others: the number; the name where there is none."""
        return self.number or f"name {plain(self.name)}"


@dataclass(frozen=True)
class Columns:
    """Which heading holds what, and which headings are not read."""

    where: dict[str, str]
    unread: tuple[str, ...]


@functools.cache
def _words() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@functools.cache
def _meanings(section: str) -> Mapping[str, str]:
    """Return what each word of a section means; the meaning itself is such a word."""
    found = {}
    for meaning, words in _words()[section].items():
        for word in (meaning, *words):
            found[plain(word)] = meaning
    return found


def columns(headings: list[str]) -> Columns:
    """Return where each thing stands; raise Invalid for a heading that must never be there.

    What a school asks about families shapes what can be taken from it, so that the whole file
    is refused, not only the column (I3).
    """
    where: dict[str, str] = {}
    unread = []
    for heading in filter(None, headings):
        meaning = _meanings("headings").get(plain(heading))
        if meaning is None:
            _refuse_forbidden(heading)
            unread.append(heading)
        elif meaning in where:
            raise Invalid(
                _l(
                    "The columns “%(one)s” and “%(other)s” mean the same. Keep one of them.",
                    one=where[meaning],
                    other=heading,
                )
            )
        else:
            where[meaning] = heading
    if "name" not in where and "first_name" not in where:
        raise Invalid(_l("The file has no column for the name. Give it the heading “name”."))
    if "phone" not in where:
        raise Invalid(_l("The file has no column for the number. Give it the heading “phone”."))
    return Columns(where, tuple(unread))


def _refuse_forbidden(heading: str) -> None:
    said = f" {plain(heading)} "
    never = _words()["never"]
    for harmless in never["unless"]:
        said = said.replace(f" {harmless} ", " ")
    if any(f" {word} " in said for word in never["words"]):
        raise Invalid(
            _l(
                "The column “%(heading)s” must not be in the file. Farolito never stores such "
                "things. Delete the column and import the file again.",
                heading=heading,
            )
        )


def row(line: Line, where: dict[str, str]) -> Row:
    """Return the person on a line; raise Invalid with a sentence when a word is not understood.

    Consent is only what the file says: nothing said is an invitation, and a yes needs a source.
    """
    if line.too_long:
        raise Invalid(_l("It has more cells than the table has headings."))
    given = {name: bare(line.cells.get(heading, "")) for name, heading in where.items()}
    name = given.get("name") or f"{given.get('first_name', '')} {given.get('last_name', '')}"
    consent = ConsentState(_consent(given.get("consent", "")))
    source = given.get("consent_source", "")
    if (consent == ConsentState.GIVEN and not source) or len(source) > 60:
        raise Invalid(NEEDS_SOURCE)
    return Row(
        line=line.number,
        name=checked_name(name),
        number=e164(given["phone"]) if given["phone"] else "",
        language=_language(given.get("language", "")),
        group=Group(_group(given.get("group", ""))),
        slots=_slots(given.get("slot", "")),
        consent=consent,
        source=source or "import",
    )


@functools.lru_cache(maxsize=512)
def _consent(word: str) -> str:
    meaning = _meanings("consents").get(plain(word))
    if meaning is None:
        raise Invalid(_l("The consent “%(word)s” is not understood. Write yes or no.", word=word))
    return meaning


@functools.lru_cache(maxsize=512)
def _group(word: str) -> str:
    meaning = _meanings("groups").get(plain(word))
    if meaning is None:
        raise Invalid(
            _l(
                "The group “%(word)s” is not known. Write staff, family, volunteer, observer "
                "or partner.",
                word=word,
            )
        )
    return meaning


@functools.lru_cache(maxsize=512)
def _language(word: str) -> str:
    if not word:
        return ""
    code = _meanings("languages").get(plain(word)) or i18n.pick(word)
    if code is None:
        raise Invalid(_l("Messages cannot be sent in “%(language)s” yet.", language=word))
    return code


@functools.lru_cache(maxsize=512)
def _slots(words: str) -> tuple[SlotKind, ...]:
    found = []
    for word in filter(None, (plain(part) for part in words.split(";"))):
        meaning = _meanings("slots").get(word)
        if meaning is None:
            raise Invalid(_l("The role “%(word)s” is not a role of a site.", word=word))
        found.append(SlotKind(meaning))
    return tuple(dict.fromkeys(found))
