"""Reads one school from the state's public directory; damaged values are mended or left out."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import re
import tomllib
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

DAMAGED_CODE = _l("The state code was damaged by a spreadsheet. It was left out.")
MENDED_GRADES = _l("The grades had been turned into a date by a spreadsheet. They were mended.")
LOST_GRADES = _l("The grades cannot be read. They were left out.")
LOST_PLACE = _l("The coordinates are not in the United States. They were left out.")
UNKNOWN_KIND = _l("The type of school is not known here. It is listed as another school.")
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
    values: dict[str, Any]  # by column of Site; the codes and the district apart
    nces_code: str | None
    cds_code: str | None
    notes: tuple[object, ...]

    @functools.cached_property
    def fingerprint(self) -> str:
        """Return a word that changes when any value of the row changes."""
        whole = [self.office.code, self.state, self.values, self.nces_code, self.cds_code]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


@functools.cache
def words() -> dict[str, Any]:
    """Return the words of the directory."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def columns(headings: list[str]) -> dict[str, str]:
    """Return the heading of each value; raise Invalid when one is missing that is needed."""
    written = {heading.casefold(): heading for heading in headings}
    found: dict[str, str] = {}
    for name, known in words()["headings"].items():
        present = [written[word] for word in known if word in written]
        if present:
            found[name] = present[0]
        elif name in REQUIRED:
            raise Invalid(_l("The file has no column %(heading)s.", heading=known[0]))
    return found


def school(line: Line, where: dict[str, str]) -> School:
    """Return the school on a line; raise Invalid with a sentence when it cannot be used."""
    if line.too_long:
        raise Invalid(_l("It has more cells than the table has headings."))
    given = {name: _word(line.cells.get(heading, "")) for name, heading in where.items()}
    notes: list[object] = []
    latitude, longitude = _place(given, notes)
    values = {
        "kind": _kind(given, notes),
        "name": given["school"],
        "grades": _grades(given, notes),
        "street": given.get("street", ""),
        "city": given.get("city", ""),
        "zip_code": given.get("zip", "")[:5],
        "region": given.get("state", "").upper(),
        "phone": given.get("phone", ""),
        "website": _website(given, notes),
        "charter": given.get("charter", "").upper() == "Y",
        "latitude": latitude,
        "longitude": longitude,
    }
    _check(values)
    nces_code, cds_code = _nces(given), _cds(given, notes)
    if nces_code is None and cds_code is None:
        raise Invalid(_l("It has neither a national nor a state school code that can be used."))
    state = _state(given)
    return School(line.number, _office(given), state, values, nces_code, cds_code, tuple(notes))


def _word(text: str) -> str:
    return "" if text.casefold() in words()["empty"]["words"] else text


def _nces(given: dict[str, str]) -> str | None:
    district, number = given["nces_district"], given["nces_school"]
    if not (district.isdecimal() and number.isdecimal()):
        return None
    # A spreadsheet drops the zeros in front.
    district, number = district.zfill(7), number.zfill(5)
    return district + number if len(district) == 7 and len(number) == 5 else None


def _cds(given: dict[str, str], notes: list[object]) -> str | None:
    code = given.get("cds_code", "")
    if re.fullmatch(r"\d{13,14}", code):
        return code.zfill(14)
    if code:
        notes.append(DAMAGED_CODE)
    return None


def _office(given: dict[str, str]) -> Office:
    code, name = given["nces_district"], given["district"]
    if not (code.isdecimal() and len(code) <= 7 and name):
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
        raise Invalid(_l("Its status is “%(status)s”, not active or closed.", status=status))
    return SiteState(found)


def _kind(given: dict[str, str], notes: list[object]) -> SiteKind:
    found = words()["kinds"].get(given["type"])
    if found is None:
        notes.append(UNKNOWN_KIND)
        return SiteKind.OTHER
    return SiteKind(found)


def _grades(given: dict[str, str], notes: list[object]) -> str:
    text = given.get("grades") or given.get("grades_offered", "")
    if not re.fullmatch(r"\d{4,6}", text):
        return text
    mended = _span(int(text))
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
    if not values["name"]:
        raise Invalid(_l("It has no name."))
    if not re.fullmatch(r"[A-Z]{2}|", values["region"]):
        raise Invalid(_l("Its state must be two letters, like CA."))
    for name, value in values.items():
        longest = getattr(Site, name).max_length if isinstance(value, str) else None
        if longest and len(value) > longest:
            raise Invalid(_l("Its %(column)s is too long.", column=name.replace("_", " ")))
