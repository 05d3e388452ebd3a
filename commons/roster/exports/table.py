"""A site's roster as a table that an import reads back to the same roster."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from commons import clock
from commons.roster import slots
from commons.roster.exports.cells import neutral
from commons.roster.models import Consent, ContactMethod, MethodKind, Person, RosterEntry
from commons.sites.models import Site

HEADINGS = (
    "name",
    "phone",
    "language",
    "group",
    "slot",
    "consent",
    "consent source",
    "exported by",
    "exported at",
)


def table(site: Site, exported_by: str) -> bytes:
    """Return everybody on the roster now as CSV in UTF-8, a row for each group they are in.

    Each row says who exported it and when, so that a copy that turns up can be asked about.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADINGS)
    mark = (exported_by, clock.now().isoformat(timespec="minutes"))
    for row in _rows(site):
        writer.writerow([neutral(cell) for cell in (*row, *mark)])
    return out.getvalue().encode("utf-8-sig")


def _rows(site: Site) -> Iterator[tuple[str, ...]]:
    numbers, agreed, filled = _numbers(site), _consents(site), slots.kinds_of(site)
    entries = RosterEntry.select(RosterEntry, Person).join(Person)
    entries = entries.where(RosterEntry.site == site, RosterEntry.until.is_null())
    for entry in entries.order_by(RosterEntry.id):
        person = entry.person
        yield (
            person.reveal("name"),
            numbers.get(person.id, ""),
            person.language,
            entry.group.value,
            "; ".join(kind.value.replace("_", " ") for kind in filled.get(person.id, ())),
            *agreed.get(person.id, ("invited", "")),
        )


def _numbers(site: Site) -> dict[int, str]:
    """Return the number that an import knows each person by; an account id is none."""
    rows = ContactMethod.select(ContactMethod).join(Person).join(RosterEntry)
    rows = rows.where(
        RosterEntry.site == site,
        RosterEntry.until.is_null(),
        ContactMethod.kind == MethodKind.SIGNAL,
    )
    found: dict[int, str] = {}
    for row in rows.order_by(ContactMethod.position, ContactMethod.id):
        if (value := row.reveal("value")).startswith("+"):
            found.setdefault(row.person_id, value)
    return found


def _consents(site: Site) -> dict[int, tuple[str, str]]:
    rows = Consent.select().where(Consent.site == site)
    return {row.person_id: (row.state.value, row.reveal("source")) for row in rows}
