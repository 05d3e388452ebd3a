"""Public places that the operator imported: read from lists, kept in a file in the data folder.

They are public record and only suggestions; what a school chooses becomes its meeting point.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons import clock, effects
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites import distance, naming, sheet
from commons.sites.models import PointKind
from commons.sites.points import LONGEST, SAME_PLACE_MILES
from commons.sites.sheet import Report, plain, tidy

FILE = "public-places.csv"
COLUMNS = ("name", "kind", "latitude", "longitude", "source")
# What a name says of its place, in English and Spanish; the first that fits wins.
_SIGNS = (
    (PointKind.LIBRARY, r"librar|bibliotec"),
    (PointKind.SCHOOL, r"school|escuela|elementary|academy"),
    (PointKind.PARK, r"park\b|parque|playground"),
    (PointKind.WORSHIP, r"church|iglesia|temple|templo|mosque|masjid|synagogue|ministr|parish"
     r"|parroquia|chapel|cathedral|catedral|cristian|christian|baptist|lutheran|methodist|catholic"),
    (PointKind.STORE, r"market\b|mercado|store\b|tienda"),
)  # fmt: skip
_path: Path | None = None


@dataclass(frozen=True)
class Place:
    """One public place; `key` tells it from every other."""

    key: str
    name: str
    kind: PointKind
    latitude: float
    longitude: float
    source: str


def use(folder: Path) -> None:
    """Keep the places in this folder from now on; called once by the composition root."""
    global _path
    _path = folder / FILE


def known() -> tuple[Place, ...]:
    """Return every place that was imported; none where the operator imported none."""
    if _path is None or not _path.exists():
        return ()
    return _load(_path, _path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _load(path: Path, _changed: int) -> tuple[Place, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_place(row) for row in csv.DictReader(file))


def import_places(actor: Actor, path: Path, source: str, *, dry_run: bool = False) -> Report:
    """Add the places of a list, and report each one that cannot be used.

    Reads a CSV with name, kind, latitude, longitude and source, the locations.csv of an HSDS
    data package, or a page of HSDS services in JSON. `source` stands where a row has none. A
    place that is there already, by name and within 30 meters, is counted as unchanged. Raises
    Invalid when the file is no such list, or no source is known.
    """
    require(actor, "sites.import")
    assert _path is not None, "call directory.use() first"
    report, found = Report(), {place.key: place for place in known()}
    by_name: dict[str, list[Place]] = {}
    for place in found.values():
        by_name.setdefault(plain(place.name), []).append(place)
    for line, row in _rows(path):
        try:
            place = _checked(row, source)
        except Invalid as refusal:
            report.refuse(line, refusal.sentence)
            continue
        same = by_name.setdefault(plain(place.name), [])
        if any((distance.miles(place, one) or 0) <= SAME_PLACE_MILES for one in same):
            report.unchanged += 1
            continue
        same.append(place)
        found[place.key] = place
        report.new += 1
    if report.new and not dry_run:
        _keep(actor, sorted(found.values(), key=lambda p: (p.name, p.key)), report.new)
    return report


def _keep(actor: Actor, places: list[Place], new: int) -> None:
    assert _path is not None
    # Written beside and renamed: the web may read at this moment.
    part = _path.with_suffix(f".{clock.milliseconds()}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows([p.name, p.kind.value, p.latitude, p.longitude, p.source] for p in places)
    with connection(), transaction():
        record(actor, "places.imported", "places:list", details={"new": new})
    effects.put_in_place(part, _path)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if path.suffix.lower() == ".json":
        yield from _hsds(path)
        return
    table = sheet.read(path)
    known_as = {plain(heading): heading for heading in table.headings}
    missing = [name for name in ("name", "latitude", "longitude") if name not in known_as]
    if missing:
        raise Invalid(_l("The file has no column %(heading)s.", heading=missing[0]))
    for line in table.lines:
        yield line.number, {plain(heading): cell for heading, cell in line.cells.items()}


def _hsds(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the locations of a page of HSDS services; the number is the service's."""
    no_page = _l("The file is no page of HSDS services. Import its locations.csv instead.")
    try:
        if path.stat().st_size > sheet.MOST_BYTES:
            raise Invalid(_l("The file is larger than 32 MiB. Divide it and import the parts."))
        page = json.loads(path.read_bytes())
        services = page["contents"] if isinstance(page, dict) else page
        pairs = [
            (number, link["location"])
            for number, service in enumerate(services, 1)
            for link in service.get("service_at_locations", ())
            if isinstance(link.get("location"), dict)
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Invalid(no_page) from None
    for number, location in pairs:
        yield number, {name: str(value) for name, value in location.items() if value is not None}


def _checked(row: dict[str, str], source: str) -> Place:
    if row.get("location type", row.get("location_type", "physical")) not in ("", "physical"):
        raise Invalid(_l("It is no place where one can stand."))
    name = naming.checked(row.get("name", ""), LONGEST, published=True)
    try:
        latitude, longitude = float(row.get("latitude", "")), float(row.get("longitude", ""))
    except ValueError:
        raise Invalid(_l("It has no latitude and longitude.")) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or (latitude, longitude) == (0, 0):
        raise Invalid(_l("Its latitude and longitude are nowhere on a map."))
    where = tidy(row.get("source", "")) or tidy(source)
    if not where:
        raise Invalid(_l("Say where the list comes from."))
    values = {"latitude": str(round(latitude, 5)), "longitude": str(round(longitude, 5))}
    kind = _kind(row.get("kind", ""), name)
    return _place({"name": name, "kind": kind.value, "source": where[:120], **values})


def _kind(word: str, name: str) -> PointKind:
    with suppress(ValueError):
        return PointKind(plain(word).replace(" ", "_"))
    for kind, signs in _SIGNS:
        if re.search(signs, plain(name)):
            return kind
    return PointKind.OTHER if word else PointKind.COMMUNITY_CENTER


def _place(row: dict[str, Any]) -> Place:
    whole = io.StringIO()
    csv.writer(whole).writerow([row["name"], row["latitude"], row["longitude"]])
    return Place(
        key=hashlib.sha256(whole.getvalue().encode()).hexdigest()[:16],
        name=row["name"],
        kind=PointKind(row["kind"]),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        source=row["source"],
    )
