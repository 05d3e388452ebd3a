"""Those whom somebody else put on a roster: asked once, and left alone until they say yes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from peewee import fn

from commons import clock, limits
from commons.audit import record
from commons.database import transaction
from commons.errors import RateLimited
from commons.permissions import RELAY, Actor
from commons.roster import consent as consents
from commons.roster import slots
from commons.roster.joining.models import JoinRequest, JoinState
from commons.roster.models import (
    Consent,
    ConsentState,
    ContactMethod,
    MethodKind,
    MethodState,
    Person,
    RosterEntry,
)
from commons.sites.models import Site, SiteState

SOURCE = "said yes in Signal"
# How long after a yes a bare NO still takes it back; after that it may mean anything.
CHANGES_THEIR_MIND = dt.timedelta(hours=24)


def to_be_asked(most: int) -> list[Person]:
    """Return whom nobody has asked yet whether they want a site's messages, the oldest first."""
    rows: Any = Consent.select(Consent.person, fn.MIN(Consent.id)).join(Site)
    rows = rows.where(*_unasked(), fn.EXISTS(_usable(Consent.person)))
    rows = rows.group_by(Consent.person).order_by(fn.MIN(Consent.id)).limit(most)
    ids = [key for key, _first in rows.tuples()]
    people = Person.select().where(Person.id.in_(ids), Person.leaving_at.is_null())
    return sorted(people, key=lambda person: ids.index(person.id))


def _unasked() -> tuple[object, ...]:
    here = RosterEntry.select().where(
        RosterEntry.site == Consent.site,
        RosterEntry.person == Consent.person,
        RosterEntry.until.is_null(),
    )
    return (
        Consent.state == ConsentState.INVITED,
        Consent.told_at.is_null(),
        Site.state == SiteState.OPEN,
        fn.EXISTS(here),
    )


def _usable(person: object) -> Any:
    return ContactMethod.select().where(
        ContactMethod.person == person,
        ContactMethod.kind == MethodKind.SIGNAL,
        ContactMethod.state != MethodState.REFUSED,
        ContactMethod.held_at.is_null(),
    )


def way_to(person: Person) -> ContactMethod | None:
    """Return the contact method by which a person is asked, or None."""
    ways = _usable(person)
    found: ContactMethod | None = ways.order_by(ContactMethod.position, ContactMethod.id).first()
    return found


def claim(person: Person, now: dt.datetime) -> list[Consent]:
    """Mark a person as asked about everything that nobody has asked yet, and return these.

    Inside the caller's transaction, so that the question and the mark stand or fall together.
    """
    rows = Consent.select(Consent, Site).join(Site).where(Consent.person == person, *_unasked())
    return [row for row in rows.order_by(Consent.id) if _mark(row, now)]


def _mark(row: Consent, now: dt.datetime) -> bool:
    same = (Consent.id == row.id) & Consent.told_at.is_null()
    marked = Consent.update(told_at=now).where(same, Consent.state == ConsentState.INVITED)
    return bool(marked.execute())


def has_said_no(method: ContactMethod) -> bool:
    """Return whether whoever has this number said no to such a question in the last half year."""
    try:
        limits.check("said-no", method.reveal("value"))
    except RateLimited:
        return True
    return False


def still_no(person: Person, now: dt.datetime) -> None:
    """Take whoever has said no lately to have said no here as well, without asking again.

    They stay on the roster, where the lead sees that they want nothing. Inside the caller's
    transaction.
    """
    for row in claim(person, now):
        consents.refuse(person, row, now)


def asked(person: Person, at: dt.datetime) -> list[Consent]:
    """Return what an answer may be about: asked and open, or said yes to within a day."""
    rows = Consent.select(Consent, Site).join(Site)
    rows = rows.where(Consent.person == person, Consent.told_at.is_null(False))
    fresh = (Consent.state == ConsentState.GIVEN) & (Consent.since > at - CHANGES_THEIR_MIND)
    return list(rows.where((Consent.state == ConsentState.INVITED) | fresh).order_by(Consent.id))


def agree(person: Person, about: list[Consent]) -> None:
    """Write down a person's own yes at each site."""
    with transaction():
        for row in about:
            consents.give_consent(RELAY, person, row.site, SOURCE)


def refuse(person: Person, about: list[Consent], at: dt.datetime) -> bool:
    """Take a person who said no off these rosters; return whether nothing else holds them here.

    A fingerprint of their number is kept for half a year, so that nobody asks them again.
    """
    themselves = Actor(f"person:{person.public_id}")
    with transaction():
        for row in about:
            consents.refuse(person, row, at)
            leave(themselves, row.site, person)
        for method in ContactMethod.select().where(ContactMethod.person == person):
            if not has_said_no(method):
                limits.hit("said-no", method.reveal("value"))
    return not _is_anywhere(person)


def leave(actor: Actor, site: Site, person: Person) -> None:
    """End a person's entries and slots at a site, inside the caller's transaction."""
    RosterEntry.update(until=clock.now()).where(
        RosterEntry.site == site, RosterEntry.person == person, RosterEntry.until.is_null()
    ).execute()
    slots.end(site, person)
    record(actor, "person.removed", f"person:{person.public_id}", site=site.id)


def _is_anywhere(person: Person) -> bool:
    here = RosterEntry.select().where(RosterEntry.person == person, RosterEntry.until.is_null())
    waits = JoinRequest.select().where(
        JoinRequest.person == person, JoinRequest.state == JoinState.WAITING
    )
    return bool(here.exists() or waits.exists())
