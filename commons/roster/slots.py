"""Filling roles: who takes one, from when to when, who comes first, and when it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.roster import gaps as found_gaps
from commons.roster.holders import live as live_now
from commons.roster.holders import unended
from commons.roster.kinds import KINDS, ORDER, Level
from commons.roster.kinds import required as required_kinds
from commons.roster.models import Assignment, Person, RosterEntry, Slot, SlotKind
from commons.roster.words import SLOTS
from commons.sites.models import District, DistrictKind, Site
from commons.sites.scope import WholeDistrict
from commons.sites.service import open_roles, when_opened

# Without these nobody can carry out the protocol (research/alert-relay §6.1, RO1 and RO2).
REQUIRED = required_kinds(Level.SITE)
GONE = _l("This person no longer fills this role.")


@dataclass(frozen=True)
class Term:
    """How somebody fills a role: as a backup or not, from when, and until when."""

    backup: bool = False
    since: dt.datetime | None = None  # now, where nobody says
    until: dt.datetime | None = None


USUAL = Term()


def create_required(site: Site) -> None:
    """Make the slots that every site must fill; leave those alone that are there."""
    for kind in REQUIRED:
        make(site, kind)


def make(place: Site | District, kind: SlotKind) -> Slot:
    """Return the slot of this kind of a site or district, making it if it is missing."""
    field = Slot.site if isinstance(place, Site) else Slot.district
    needed = isinstance(place, Site) and kind in REQUIRED
    Slot.insert(
        {field: place, Slot.kind: kind, Slot.required: needed, Slot.position: ORDER[kind]}
    ).on_conflict_ignore().execute()
    return Slot.get(field == place, Slot.kind == kind)


def kinds_for(place: Site | District) -> list[SlotKind]:
    """Return the roles that may be filled there, in order: a site may fill every one."""
    levels = set(Level)
    if isinstance(place, District):
        levels = {Level.DISTRICT}
        if place.kind == DistrictKind.COUNTY_OFFICE:
            levels = {Level.DISTRICT, Level.COUNTY_OFFICE}
    return [kind for kind, has in KINDS.items() if has.level in levels]


def allow(actor: Actor, place: Site | District) -> None:
    """Raise unless the actor may fill roles of this site or district."""
    if isinstance(place, Site):
        require(actor, "roster.edit", place)
    else:
        require(actor, "roster.slots-district", WholeDistrict(place.id))


def assign(
    actor: Actor, place: Site | District, kind: SlotKind, person: Person, term: Term = USUAL
) -> Assignment:
    """Let a person of the roster fill a role of a site, or of a district, for a term.

    Raises Conflict if they do in these days already, if enough people do, or if they are on no
    roster of the place; Invalid for days in the wrong order.
    """
    allow(actor, place)
    if kind not in kinds_for(place):
        raise NotFound(_l("There is no such role here."))
    with transaction():
        # The audit comes first: it locks the chain, so that two who fill one role do not cross.
        details = {"slot": kind, "backup": term.backup, "district": isinstance(place, District)}
        _record(actor, "slot.filled", person, place, details)
        if not on_roster(place, person):
            raise Conflict(_l("This person is not on the site's roster. Add them first."))
        return fill(make(place, kind), person, term)


def on_roster(place: Site | District, person: Person) -> bool:
    """Return whether somebody is on the roster of the site, or of a site of the district."""
    rows = RosterEntry.select().join(Site)
    here = Site.id == place.id if isinstance(place, Site) else Site.district == place
    found = rows.where(here, RosterEntry.person == person, RosterEntry.until.is_null())
    return bool(found.exists())


def _record(
    actor: Actor, kind: str, person: Person, place: Site | District, details: dict[str, Any]
) -> None:
    site = place.id if isinstance(place, Site) else None
    record(actor, kind, f"person:{person.public_id}", site=site, details=details)


def fill(slot: Slot, person: Person, term: Term = USUAL) -> Assignment:
    """Write the assignment, inside the caller's transaction; raise Conflict where it clashes."""
    since = term.since or clock.now()
    if term.until and term.until <= since:
        sentence = _l("The last day must come after the first one.")
        raise Invalid(sentence, {"until": sentence})
    others = list(Assignment.select().where(Assignment.slot == slot, unended(since)))
    others = [row for row in others if term.until is None or row.since < term.until]
    if any(row.person_id == person.id for row in others):
        raise Conflict(_l("This person already fills this role."))
    if not term.backup:
        _check_room(slot.kind, since, [row for row in others if not row.backup])
    position = max((row.position for row in others), default=-1) + 1
    try:
        with transaction():
            return Assignment.create(
                slot=slot,
                person=person,
                since=since,
                until=term.until,
                backup=term.backup,
                position=position,
            )
    except IntegrityError:
        raise Conflict(_l("This person already fills this role.")) from None


def _check_room(kind: SlotKind, since: dt.datetime, others: list[Assignment]) -> None:
    """Raise Conflict if so many fill the role on one of the days already."""
    for day in (since, *(row.since for row in others if row.since > since)):
        there = [row for row in others if row.since <= day and not _over(row, day)]
        if len(there) >= KINDS[kind].most:
            raise Conflict(
                _l(
                    "As many people as can fill this role already. End one of them, or add this "
                    "person as a backup."
                )
            )


def _over(row: Assignment, day: dt.datetime) -> bool:
    return row.until is not None and bool(row.until <= day)


def assignment_at(place: Site | District, public_id: str) -> Assignment:
    """Return an assignment of the place that has not ended; raise NotFound for any other."""
    here = Slot.site == place if isinstance(place, Site) else Slot.district == place
    rows = Assignment.select(Assignment, Slot, Person).join(Slot).switch(Assignment).join(Person)
    rows = rows.where(Assignment.public_id == public_id, here, unended())
    found: Assignment | None = rows.first()
    if found is None:
        raise NotFound(GONE)
    return found


def finish(actor: Actor, place: Site | District, given: Assignment) -> None:
    """End somebody's time in a role now; raise Conflict when it had ended."""
    allow(actor, place)
    with transaction():
        _record(actor, "slot.emptied", given.person, place, {"slot": given.slot.kind})
        ended = Assignment.update(until=clock.now()).where(Assignment.id == given.id, unended())
        if not ended.execute():
            raise Conflict(GONE)


def move(actor: Actor, place: Site | District, given: Assignment, up: bool) -> None:
    """Let somebody be called one place earlier or later; nothing happens at the edge."""
    allow(actor, place)
    with transaction():
        _record(actor, "slot.ordered", given.person, place, {"slot": given.slot.kind, "up": up})
        rows = Assignment.select().where(
            Assignment.slot == given.slot, Assignment.backup == given.backup, unended()
        )
        order = [row.id for row in rows.order_by(Assignment.position, Assignment.id)]
        if given.id not in order:
            raise Conflict(GONE)
        at = order.index(given.id)
        to = max(0, at - 1) if up else min(len(order) - 1, at + 1)
        order.insert(to, order.pop(at))
        for position, key in enumerate(order):
            Assignment.update(position=position).where(Assignment.id == key).execute()


def unassign(actor: Actor, site: Site, kind: SlotKind, person: Person) -> None:
    """End a person's time in a slot; raise Conflict when they do not fill it."""
    require(actor, "roster.edit", site)
    with transaction():
        if not end(site, person, kind):
            raise Conflict(GONE)
        _record(actor, "slot.emptied", person, site, {"slot": kind})


def end(site: Site, person: Person, kind: SlotKind | None = None) -> int:
    """End a person's roles at a site, all or of one kind; return how many.

    With all of them end those of the district, unless another of its sites still has the person.
    """
    here = Slot.site == site
    if kind is not None:
        here &= Slot.kind == kind
    elif not on_roster(site.district, person):
        here |= Slot.district == site.district
    slots = Slot.select(Slot.id).where(here)
    return int(
        Assignment.update(until=clock.now())
        .where(Assignment.slot.in_(slots), Assignment.person == person, unended())
        .execute()
    )


def gaps(site: Site) -> list[SlotKind]:
    """Return the required slots that nobody who can be reached fills, in their order."""
    return [gap.kind for gap in found_gaps.of_site(site)]


def gap_words(site: Site) -> list[object]:
    """Return the gaps of a site in words, without a reason; roles are no secret, names are."""
    return [SLOTS[gap.kind] for gap in found_gaps.of_site(site)]


# Sites come before the roster and do not know it; opening one makes its slots all the same.
when_opened.append(create_required)
open_roles.append(gap_words)


def live(site: Site, when: Any = None) -> Iterator[tuple[int, SlotKind]]:
    """Return the key of each person who fills a slot of the site itself, with the slot's kind."""
    rows: Any = Assignment.select(Assignment.person, Slot.kind).join(Slot)
    rows = rows.where(Slot.site == site, live_now() if when is None else when).tuples()
    yield from sorted(rows, key=lambda row: ORDER[row[1]])


def kinds_of(site: Site) -> dict[int, list[SlotKind]]:
    """Return which slots of the site each person fills, by the person's key."""
    found: dict[int, list[SlotKind]] = {}
    for person_id, kind in live(site):
        found.setdefault(person_id, []).append(kind)
    return found
