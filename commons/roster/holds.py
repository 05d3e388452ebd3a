"""Holding what goes to somebody whose Signal key changed, until it is sure that it is them.

Whoever takes over a number gets a new key: nothing more is sent there. Somebody who knows the
person sees or calls them; then the relay tells the gateway to trust the new key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require, require_fresh
from commons.roster.models import ContactMethod, Person, RosterEntry
from commons.sites.models import Site

# How long messages wait for the gateway to be told; after that they find out themselves.
PATIENCE = dt.timedelta(minutes=2)
NOT_HELD = _l("Nobody needs to make sure of them any more. Somebody else was faster.")

# What else ends when a phone turns out not to be the person's: sessions, trust.
when_not_them: list[Callable[[Actor, Site, Person], object]] = []


def hold(method_id: int, learnt_at: dt.datetime) -> bool:
    """Send nothing there from now on; return whether that is new.

    What was learnt before somebody made sure of them is old news, and changes nothing.
    """
    held = ContactMethod.update(held_at=clock.now(), trust_at=None).where(
        ContactMethod.id == method_id,
        ContactMethod.held_at.is_null(),
        ContactMethod.trust_at.is_null() | (ContactMethod.trust_at < learnt_at),
    )
    return bool(held.execute())


def is_held(person: Person) -> bool:
    """Return whether somebody has yet to make sure of a person's changed Signal key."""
    return (
        ContactMethod.select()
        .where(ContactMethod.person == person, ContactMethod.held_at.is_null(False))
        .exists()
    )


def held_people(actor: Actor, site: Site) -> list[tuple[Person, dt.datetime]]:
    """Return who of the site's roster is on hold, and since when; longest first."""
    require(actor, "roster.release", site)
    here = RosterEntry.select(RosterEntry.person).where(
        RosterEntry.site == site, RosterEntry.until.is_null()
    )
    rows: Any = (
        ContactMethod.select(ContactMethod, Person)
        .join(Person)
        .where(ContactMethod.held_at.is_null(False), ContactMethod.person.in_(here))
    )
    return [(row.person, row.held_at) for row in rows.order_by(ContactMethod.held_at)]


def release(actor: Actor, site: Site, person: Person) -> None:
    """Write down that somebody has seen or called a person and that it is them.

    What is sent to them waits until the relay has told the gateway. Raises NotFresh, and Conflict
    where nothing is on hold.
    """
    _require(actor, site)
    with transaction():
        freed = ContactMethod.update(held_at=None, trust_at=clock.now()).where(
            ContactMethod.person == person, ContactMethod.held_at.is_null(False)
        )
        if not freed.execute():
            raise Conflict(NOT_HELD)
        record(actor, "contact.released", f"person:{person.public_id}", site=site.id)


def not_them(actor: Actor, site: Site, person: Person) -> None:
    """Take a number away from a person, since somebody else has it now.

    Whoever writes from it is a stranger from now on. Raises NotFresh, and Conflict where nothing
    is on hold.
    """
    _require(actor, site)
    with transaction():
        gone = ContactMethod.delete().where(
            ContactMethod.person == person, ContactMethod.held_at.is_null(False)
        )
        if not gone.execute():
            raise Conflict(NOT_HELD)
        record(actor, "contact.not-them", f"person:{person.public_id}", site=site.id)
        for action in when_not_them:
            action(actor, site, person)


def to_be_trusted() -> list[ContactMethod]:
    """Return the methods whose new key the gateway has yet to be told to trust, oldest first."""
    rows = ContactMethod.select().where(ContactMethod.trust_at.is_null(False))
    return list(rows.order_by(ContactMethod.trust_at))


def trusted(method: ContactMethod) -> None:
    """Note that the gateway trusts the key; a later change of it or a later yes stands."""
    ContactMethod.update(trust_at=None).where(
        ContactMethod.id == method.id, ContactMethod.trust_at == method.trust_at
    ).execute()


def _require(actor: Actor, site: Site) -> None:
    require(actor, "roster.release", site)
    require_fresh(actor)
