"""The roles of a site that somebody should fill, who fills them, and which are empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import IntegrityError

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.roster.models import Assignment, Person, RosterEntry, Slot, SlotKind
from commons.roster.words import SLOTS
from commons.sites.models import Site
from commons.sites.service import open_roles, when_opened

# Without these four nobody can carry out the protocol (research/alert-relay §6.1, RO1 and RO2).
REQUIRED = (
    SlotKind.SITE_LEAD,
    SlotKind.BACKUP_LEAD,
    SlotKind.SCHOOL_ADMINISTRATOR,
    SlotKind.CHECK_IN_EMPLOYEE,
)


def create_required(site: Site) -> None:
    """Make the slots that every site must fill; leave those alone that are there."""
    for kind in REQUIRED:
        make(site, kind)


def make(site: Site, kind: SlotKind) -> Slot:
    """Return the site's slot of this kind, making it if it is missing."""
    Slot.insert(
        site=site, kind=kind, required=kind in REQUIRED, position=list(SlotKind).index(kind)
    ).on_conflict_ignore().execute()
    return Slot.get(Slot.site == site, Slot.kind == kind)


def assign(actor: Actor, site: Site, kind: SlotKind, person: Person) -> Assignment:
    """Let a person of the roster fill a slot from now on; raise Conflict if they already do."""
    require(actor, "roster.edit", site)
    with transaction():
        here = RosterEntry.select().where(
            RosterEntry.site == site, RosterEntry.person == person, RosterEntry.until.is_null()
        )
        if not here.exists():
            raise Conflict(_l("This person is not on the site's roster. Add them first."))
        made = fill(make(site, kind), person)
        record(
            actor,
            "slot.filled",
            f"person:{person.public_id}",
            site=site.id,
            details={"slot": kind},
        )
        return made


def fill(slot: Slot, person: Person) -> Assignment:
    """Write the assignment, inside the caller's transaction; raise Conflict if it is there."""
    try:
        with transaction():
            return Assignment.create(slot=slot, person=person, since=clock.now())
    except IntegrityError:
        raise Conflict(_l("This person already fills this role.")) from None


def unassign(actor: Actor, site: Site, kind: SlotKind, person: Person) -> None:
    """End a person's time in a slot; raise Conflict when they do not fill it."""
    require(actor, "roster.edit", site)
    with transaction():
        if not end(site, person, kind):
            raise Conflict(_l("This person no longer fills this role."))
        record(
            actor,
            "slot.emptied",
            f"person:{person.public_id}",
            site=site.id,
            details={"slot": kind},
        )


def end(site: Site, person: Person, kind: SlotKind | None = None) -> int:
    """End a person's live assignments at a site, all or of one kind; return how many."""
    slots = Slot.select(Slot.id).where(Slot.site == site)
    if kind is not None:
        slots = slots.where(Slot.kind == kind)
    return int(
        Assignment.update(until=clock.now())
        .where(Assignment.slot.in_(slots), Assignment.person == person, Assignment.until.is_null())
        .execute()
    )


def gaps(site: Site) -> list[SlotKind]:
    """Return the required slots that nobody fills, in their order."""
    filled = Assignment.select(Assignment.slot).where(Assignment.until.is_null())
    rows = Slot.select().where(Slot.site == site, Slot.required, Slot.id.not_in(filled))
    return [row.kind for row in rows.order_by(Slot.position)]


def gap_words(site: Site) -> list[object]:
    """Return the required slots that nobody fills, in words; roles are no secret, names are."""
    return [SLOTS[kind] for kind in gaps(site)]


# Sites come before the roster and do not know it; opening one makes its slots all the same.
when_opened.append(create_required)
open_roles.append(gap_words)


def live(site: Site) -> Iterator[tuple[int, SlotKind]]:
    """Return the key of each person who fills a slot of the site now, with the slot's kind."""
    rows: Any = Assignment.select(Assignment.person, Slot.kind).join(Slot)
    rows = rows.where(Slot.site == site, Assignment.until.is_null())
    yield from rows.order_by(Slot.position).tuples()


def kinds_of(site: Site) -> dict[int, list[SlotKind]]:
    """Return which slots of the site each person fills, by the person's key."""
    found: dict[int, list[SlotKind]] = {}
    for person_id, kind in live(site):
        found.setdefault(person_id, []).append(kind)
    return found
