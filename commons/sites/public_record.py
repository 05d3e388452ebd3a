"""Reads one school from the state's public directory; damaged values are mended or left out."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.sites.models import DistrictKind, Site, SiteKind, SiteState
from commons.sites.sheet import Line

WORDS = Path(__file__).with_name("record.toml")
REQUIRED = ("nces_district", "nces_school", "status", "district", "school", "type")
# A spreadsheet counts days from here, and takes "6-12" for the twelfth of June.
SPREADSHEET_EPOCH = dt.date(1899, 12, 30)
DAMAGED = "damaged "  # how the fingerprint of such a row begins
GRADE = "(?:P|PK|TK|K|[1-9]|1[0-2]|UG|Adult)"
# What a column holds when a list does not tell; a charter is told always.
UNTOLD: dict[str, Any] = {
    "kind": SiteKind.OTHER,
    **dict.fromkeys(("name", "grades", "street", "city", "zip_code", "region"), ""),
    **dict.fromkeys(("phone", "website"), ""),
    **dict.fromkeys(("latitude", "longitude")),
}

DAMAGED_CODE = _l("The state code was damaged by a spreadsheet. It was left out.")
MENDED_GRADES = _l("The grades had been turned into a date by a spreadsheet. They were mended.")
LOST_GRADES = _l("The grades cannot be read. They were left out.")
LOST_PLACE = _l("The coordinates are not in the United States. They were left out.")
UNKNOWN_KIND = _l("The type of school is not known here. It is listed as another school.")
NAMES_PEOPLE = _l("A column that names people was not read.")
LOST_WEBSITE = _l("The website's address cannot be read. It was left out.")


@dataclass(frozen=True)
class Office:
    """The district or county office above a school."""

    code: str
    name: str
    kind: DistrictKind
    county: str
    region: str


@dataclass(frozen=True)
class School:
    """One school as the public record has it, ready to be stored."""

    line: int
    office: Office
    state: SiteState
    values: dict[str, Any]  # what it tells, by column of Site; codes and district apart
    nces_code: str | None
    cds_code: str | None
    damaged: bool  # a spreadsheet has been at its state code, and so at the whole row
    notes: tuple[object, ...]

    @functools.cached_property
    def fingerprint(self) -> str:
        """Return a word that changes when any value of the row changes, and tells damaged rows."""
        whole = [self.office.code, self.state, self.values, self.nces_code, self.cds_code]
        word = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
        return (DAMAGED + word)[:64] if self.damaged else word


@functools.cache
def words() -> dict[str, Any]:
    """Return the words of the directory."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def columns(headings: list[str]) -> dict[str, str]:
    """Return the heading of each value; raise Invalid when one is missing that is needed."""
    written = {heading.casefold(): heading for heading in headings}
    times = Counter(heading.casefold() for heading in headings)
    found: dict[str, str] = {}
    for name, known in words()["headings"].items():
        present = [written[word] for word in known if word in written]
        if present:
            found[name] = present[0]
            if times[present[0].casefold()] > 1:
                raise Invalid(_l("The file has the column %(heading)s twice.", heading=present[0]))
        elif name in REQUIRED:
            raise Invalid(_l("The file has no column %(heading)s.", heading=known[0]))
    return found


def naming_people(headings: list[str]) -> int:
    """Return how many columns name people; they are never read."""
    signs = words()["people"]["words"]
    return sum(any(sign in heading.casefold() for sign in signs) for heading in headings)


def school(line: Line, where: dict[str, str]) -> School:
    """Return the school on a line; raise Invalid with a sentence when it cannot be used."""
    if line.too_long:
        raise Invalid(_l("It has more cells than the table has headings."))
    given = {name: _word(line.cells.get(heading, "")) for name, heading in where.items()}
    given["nces_district"] = given["nces_district"] or given.get("charter_district", "")
    _refuse_formulas(given, where)
    notes: list[object] = []
    latitude, longitude = _place(given, notes)
    told = {
        "kind": _kind(given, notes),
        "name": given["school"],
        "grades": _grades(given, notes),
        "street": given.get("street", ""),
        "city": given.get("city", ""),
        "zip_code": given.get("zip", "")[:5],
        "region": given.get("state", "").upper(),
        "phone": given.get("phone", "").removeprefix("+"),
        "website": _website(given, notes),
        "charter": given.get("charter", "").upper() == "Y",
        "latitude": latitude,
        "longitude": longitude,
    }
    values = {n: value for n, value in told.items() if n not in UNTOLD or value != UNTOLD[n]}
    _check(values)
    nces_code, cds_code = _nces(given), _cds(given)
    damaged = bool(given.get("cds_code")) and cds_code is None
    if damaged:
        notes.append(DAMAGED_CODE)
    if nces_code is None and cds_code is None:
        raise Invalid(_l("It has neither a national nor a state school code that can be used."))
    return School(
        line=line.number,
        office=_office(given),
        state=_state(given),
        values=values,
        nces_code=nces_code,
        cds_code=cds_code,
        damaged=damaged,
        notes=tuple(notes),
    )


def _word(text: str) -> str:
    return "" if text.casefold() in words()["empty"]["words"] else text


def _refuse_formulas(given: dict[str, str], where: dict[str, str]) -> None:
    """Raise Invalid for a cell that a spreadsheet would run if the list were ever exported."""
    for name, text in given.items():
        # Some spreadsheets take the full-width signs of East Asia for the same.
        first = unicodedata.normalize("NFKC", text[:1])
        usual = name in ("latitude", "longitude") or (name, first) == ("phone", "+")
        if first and first in "=+-@" and not usual:
            sentence = _l("The cell under %(heading)s begins like a formula.", heading=where[name])
            raise Invalid(sentence)


def _nces(given: dict[str, str]) -> str | None:
    district, number = given["nces_district"], given["nces_school"]
    if not (re.fullmatch("[0-9]{1,7}", district) and re.fullmatch("[0-9]{1,5}", number)):
        return None
    # A spreadsheet drops the zeros in front.
    return district.zfill(7) + number.zfill(5)


def _cds(given: dict[str, str]) -> str | None:
    code = given.get("cds_code", "")
    # Seven zeros at the end are no school's: 1.9102E+13, written out again.
    whole = re.fullmatch("[0-9]{13,14}", code) and not code.endswith("0000000")
    return code.zfill(14) if whole else None


def _office(given: dict[str, str]) -> Office:
    code, name = given["nces_district"], given["district"]
    if not (re.fullmatch("[0-9]{1,7}", code) and name):
        raise Invalid(_l("Its district has no name, or no national code."))
    kind = words()["districts"].get(given.get("district_kind", ""))
    if kind is None:
        kind = "county_office" if "County Office of Education" in name else "district"
    county, region = given.get("county", "")[:80], given.get("state", "").upper()
    return Office(code.zfill(7), name[:200], DistrictKind(kind), county, region)


def _state(given: dict[str, str]) -> SiteState:
    status = given["status"]
    found = words()["states"].get(status)
    if found is None:
        raise Invalid(_l("Its status is “%(status)s”, not active or closed.", status=status[:40]))
    return SiteState(found)


def _kind(given: dict[str, str], notes: list[object]) -> SiteKind:
    found = words()["kinds"].get(given["type"])
    if found is None:
        notes.append(UNKNOWN_KIND)
        return SiteKind.OTHER
    return SiteKind(found)


def _grades(given: dict[str, str], notes: list[object]) -> str:
    text = given.get("grades") or given.get("grades_offered", "")
    if not text or re.fullmatch(f"{GRADE}(-{GRADE})?", text):
        return text
    mended = _span(int(text)) if re.fullmatch("[0-9]{5}", text) else ""
    notes.append(MENDED_GRADES if mended else LOST_GRADES)
    return mended


def _span(days: int) -> str:
    """Return the grades that a spreadsheet took for a day, or the empty string."""
    day = SPREADSHEET_EPOCH + dt.timedelta(days=days)
    return f"{day.month}-{day.day}" if day.month < day.day <= 12 and day.year > 2000 else ""


def _website(given: dict[str, str], notes: list[object]) -> str:
    text = given.get("website", "")
    if text and "://" not in text:
        text = f"http://{text}"
    # Nothing but a web address: the page shows it as a link.
    if text and not re.fullmatch(r"https?://[\w.-]+\.[a-z]{2,}(:\d+)?([/?#]\S*)?", text, re.I):
        notes.append(LOST_WEBSITE)
        return ""
    return text


def _place(given: dict[str, str], notes: list[object]) -> tuple[float | None, float | None]:
    try:
        latitude, longitude = float(given["latitude"]), float(given["longitude"])
    except (KeyError, ValueError):
        return None, None
    for south, north, west, east in words()["boxes"].values():
        if south <= latitude <= north and west <= longitude <= east:
            return latitude, longitude
    notes.append(LOST_PLACE)
    return None, None


def _check(values: dict[str, Any]) -> None:
    if "name" not in values:
        raise Invalid(_l("It has no name."))
    if not re.fullmatch(r"[A-Z]{2}|", values.get("region", "")):
        raise Invalid(_l("Its state must be two letters, like CA."))
    for name, value in values.items():
        longest = getattr(Site, name).max_length if isinstance(value, str) else None
        if longest and len(value) > longest:
            raise Invalid(_l("Its %(column)s is too long.", column=name.replace("_", " ")))
