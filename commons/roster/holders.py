"""Who fills the roles of a site now: its own people, then its district's, then the county's.

A role that a district or county office fills is read where it stands and never copied, so that
one change reaches every site at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from commons import clock
from commons.roster.kinds import ORDER, Level
from commons.roster.models import Assignment, Consent, ConsentState, Person, Slot, SlotKind
from commons.sites.models import District, DistrictKind, Site


@dataclass(frozen=True)
class Holder:
    """Somebody in a role, from when to when, and from whom a site has them."""

    assignment: Assignment
    person: Person
    kind: SlotKind
    level: Level
    district: District | None  # whose it is, where it is not the site's own

    @property
    def ahead(self) -> bool:
        """Return whether their time in the role has yet to begin."""
        return bool(self.assignment.since > clock.now())


def live(now: dt.datetime | None = None) -> Any:
    """Return the condition under which an assignment counts now; both its days may lie ahead."""
    now = now or clock.now()
    return (Assignment.since <= now) & unended(now)


def unended(now: dt.datetime | None = None) -> Any:
    """Return the condition under which an assignment counts now or will."""
    return Assignment.until.is_null() | (Assignment.until > (now or clock.now()))


def above(site: Site) -> list[District]:
    """Return whose roles a site has besides its own: its district's, then its county office's."""
    own = site.district
    if own.kind == DistrictKind.COUNTY_OFFICE or not own.county:
        return [own]
    offices = District.select().where(
        District.kind == DistrictKind.COUNTY_OFFICE,
        District.county == own.county,
        District.state == own.state,
    )
    return [own, *offices.order_by(District.id)]


def at(site: Site) -> Any:
    """Return the condition under which a slot holds at a site, whoever it belongs to."""
    return (Slot.site == site) | Slot.district.in_([office.id for office in above(site)])


def holders(site: Site, kind: SlotKind, now: dt.datetime | None = None) -> list[Holder]:
    """Return who fills a role at a site now, in calling order.

    The site's own come before those of its district, and these before those of the county
    office; among each, by their place, backups last.
    """
    return [holder for holder in site_holders(site, live(now)) if holder.kind == kind]


def site_holders(site: Site, when: Any = None) -> list[Holder]:
    """Return who fills any role at a site, in calling order; now, unless a condition says when."""
    ranks = {office.id: rank for rank, office in enumerate(above(site), 1)}
    found = [_holder(row) for row in _rows(at(site), when)]
    own = len(ranks) + 1

    def place(holder: Holder) -> tuple[Any, ...]:
        rank = ranks.get(holder.district.id, own) if holder.district else 0
        row = holder.assignment
        return (ORDER[holder.kind], rank, row.backup, row.position, row.id)

    return sorted(found, key=place)


def district_holders(district: District, when: Any = None) -> list[Holder]:
    """Return who fills the roles of a district or county office itself, in calling order."""
    found = [_holder(row) for row in _rows(Slot.district == district, when)]
    rows = [(ORDER[h.kind], h.assignment.backup, h.assignment.position, h) for h in found]
    rows.sort(key=lambda row: (*row[:3], row[3].assignment.id))
    return [row[3] for row in rows]


def _rows(where: Any, when: Any) -> Iterator[Assignment]:
    rows = Assignment.select(Assignment, Slot, Person, District).join(Slot)
    rows = rows.join(District, JOIN.LEFT_OUTER).switch(Assignment).join(Person)
    yield from rows.where(where, live() if when is None else when)


def _holder(row: Assignment) -> Holder:
    office = row.slot.district if row.slot.district_id else None
    if office is None:
        level = Level.SITE
    elif office.kind == DistrictKind.COUNTY_OFFICE:
        level = Level.COUNTY_OFFICE
    else:
        level = Level.DISTRICT
    return Holder(row, row.person, row.slot.kind, level, office)


def in_slots(site: Site, kinds: Iterable[SlotKind]) -> Any:
    """Return the query of the persons who now fill roles of these kinds at the site."""
    return (
        Assignment.select(Assignment.person)
        .join(Slot)
        .where(at(site), Slot.kind.in_(list(kinds)), live())
    )


def lent_consents(site: Site) -> dict[int, ConsentState]:
    """Return what the holders of roles above a site agreed to at the sites of that office.

    They are not on the site's own roster, and nobody asked them there: what they agreed to
    where they work counts for their role at every site it holds at. A STOP at any of these
    sites stands, whatever was agreed to at another.
    """
    rows: Any = (
        Assignment.select(Assignment.person, Consent.state)
        .join(Slot)
        .join(Site, on=(Site.district == Slot.district))
        .join(Consent, on=((Consent.site == Site.id) & (Consent.person == Assignment.person)))
        .where(Slot.district.in_([office.id for office in above(site)]), live())
    )
    found: dict[int, ConsentState] = {}
    for person_id, state in rows.tuples():
        settled = found.get(person_id) in (ConsentState.WITHDRAWN, ConsentState.GIVEN)
        if state == ConsentState.WITHDRAWN or not settled:
            found[person_id] = state
    return found
