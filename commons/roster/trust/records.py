"""Dated records of trust: seen, confirmed, verified, frozen; each with who wrote it down.

Every act takes the lock of the site's audit chain first, by recording itself: of two at the
same moment the second sees what the first has done.
"""

from __future__ import annotations

import datetime as dt

from peewee import IntegrityError

from commons import clock, crypto
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require, require_fresh
from commons.roster.models import Person
from commons.roster.trust.graph import VOUCHES_NEEDED
from commons.roster.trust.levels import graph_of, member_since
from commons.roster.trust.models import TrustKind, TrustRecord
from commons.sites.models import Site

LONGEST_VERIFIED = dt.timedelta(days=366)
NOT_ON_ROSTER = _l("This person is not on the site's roster. Add them first.")


def record_seen(actor: Actor, site: Site, person: Person) -> None:
    """Write down that the lead has seen a person: level 1; raise Conflict if it stands already."""
    require(actor, "trust.record", site)
    with transaction():
        _recorded(actor, "trust.seen", site, person)
        if not _write(actor, site, person, TrustKind.SEEN):
            raise Conflict(_l("It is already written down that they were seen."))


def note_admitted(actor: Actor, site: Site, person: Person) -> None:
    """Write down that whoever was admitted was seen, as a part of admitting them.

    Nothing happens where it stands already. Joins the caller's transaction.
    """
    require(actor, "trust.record", site)
    with transaction():
        if _write(actor, site, person, TrustKind.SEEN):
            _recorded(actor, "trust.seen", site, person)


def confirm(actor: Actor, site: Site, person: Person) -> None:
    """Say the lead's yes to the vouches that are there: level 2.

    Raises Conflict while there are not two that count, from two branches; NotFresh. A yes before
    is replaced, since it was to other vouches.
    """
    require(actor, "trust.record", site)
    require_fresh(actor)
    with transaction():
        _recorded(actor, "trust.confirmed", site, person)
        graph = graph_of(site)
        if graph.standing(person.id) >= 2:
            raise Conflict(_l("They are at level 2 or higher already."))
        if graph.holds(person.id, TrustKind.FROZEN):
            raise Conflict(_l("They wait for a review. Finish it first."))
        if graph.branches(person.id) < VOUCHES_NEEDED:
            raise Conflict(_l("Two members of different branches have to give their word first."))
        _end(actor, site, person, TrustKind.VOUCHED)
        _write(actor, site, person, TrustKind.VOUCHED)


def verify(actor: Actor, site: Site, person: Person, until: dt.datetime) -> None:
    """Write down the district's own check, or a finished training, until a day: level 3.

    Raises Invalid for a day that has passed or lies more than a year ahead; NotFresh. What stood
    before is replaced.
    """
    require(actor, "trust.verify", site)
    require_fresh(actor)
    if not clock.now() < until <= clock.now() + LONGEST_VERIFIED:
        sentence = _l("Choose a day from tomorrow to a year from now.")
        raise Invalid(sentence, {"until": sentence})
    with transaction():
        _recorded(actor, "trust.verified", site, person, until=until.isoformat())
        _end(actor, site, person, TrustKind.VERIFIED)
        _write(actor, site, person, TrustKind.VERIFIED, until)


def end_verified(actor: Actor, site: Site, person: Person) -> None:
    """Take a verification back before its day; raise Conflict if there is none."""
    require(actor, "trust.verify", site)
    with transaction():
        _recorded(actor, "trust.verification-ended", site, person)
        if not _end(actor, site, person, TrustKind.VERIFIED):
            raise Conflict(_l("They are not verified."))


def would_freeze(actor: Actor, site: Site, person: Person) -> int:
    """Return how many others would wait for a review if this person did; for the page before."""
    require(actor, "trust.record", site)
    graph = graph_of(site)
    return sum(not graph.holds(one, TrustKind.FROZEN) for one in graph.below(person.id))


def freeze(actor: Actor, site: Site, person: Person) -> int:
    """Have a person and everybody below them wait for a review, at level 0 meanwhile.

    Returns how many others that is. Raises Conflict when they wait already.
    """
    require(actor, "trust.record", site)
    with transaction():
        _recorded(actor, "trust.frozen", site, person)
        below = Person.select().where(Person.id.in_(graph_of(site).below(person.id)))
        if not _write(actor, site, person, TrustKind.FROZEN):
            raise Conflict(_l("They wait for a review already."))
        others = [one for one in below if _write(actor, site, one, TrustKind.FROZEN)]
        for one in others:
            _recorded(actor, "trust.frozen", site, one, by_way_of=person.public_id)
    return len(others)


def unfreeze(actor: Actor, site: Site, person: Person) -> None:
    """End the review of one person, and of nobody below them; raise Conflict if there is none."""
    require(actor, "trust.record", site)
    require_fresh(actor)
    with transaction():
        _recorded(actor, "trust.unfrozen", site, person)
        if not _end(actor, site, person, TrustKind.FROZEN):
            raise Conflict(_l("Nobody asked for a review of this person."))


def freeze_everywhere(actor: Actor, person: Person) -> None:
    """Freeze a person, and nobody below, at each site that trusts them; their phone was not them.

    Joins the caller's transaction, whose act needed its own permission.
    """
    sites = (
        Site.select()
        .join(TrustRecord)
        .where(TrustRecord.person == person, TrustRecord.ended_at.is_null())
    )
    for site in list(sites.distinct()):
        if _write(actor, site, person, TrustKind.FROZEN, member=False):
            _recorded(actor, "trust.frozen", site, person)


def records_of(actor: Actor, site: Site, person: Person) -> list[TrustRecord]:
    """Return what was ever written down about a person at a site, newest first."""
    require(actor, "trust.view", site)
    rows = TrustRecord.select().where(TrustRecord.site == site, TrustRecord.person == person)
    return list(rows.order_by(TrustRecord.since.desc(), TrustRecord.id.desc()))


def end_all(actor: Actor, site: Site, person: Person) -> int:
    """End what is written of somebody who leaves, a review excepted; return how many records.

    Whoever is frozen must not come back as if nothing had been.
    """
    kinds = [kind for kind in TrustKind if kind is not TrustKind.FROZEN]
    return _end(actor, site, person, *kinds)


def _recorded(actor: Actor, kind: str, site: Site, person: Person, **details: str) -> None:
    record(actor, kind, f"person:{person.public_id}", site=site.id, details=details)


def _write(
    actor: Actor,
    site: Site,
    person: Person,
    kind: TrustKind,
    until: dt.datetime | None = None,
    *,
    member: bool = True,
) -> bool:
    """Write a record inside the caller's transaction; return False where one stands already."""
    if member and member_since(site, person) is None:
        raise Conflict(NOT_ON_ROSTER)
    try:
        with transaction():
            TrustRecord.create(
                public_id=crypto.public_id(),
                site=site,
                person=person,
                kind=kind,
                since=clock.now(),
                until=until,
                recorded_by=actor.ref,
            )
    except IntegrityError:
        return False
    return True


def _end(actor: Actor, site: Site, person: Person, *kinds: TrustKind) -> int:
    return int(
        TrustRecord.update(ended_at=clock.now(), ended_by=actor.ref)
        .where(
            TrustRecord.site == site,
            TrustRecord.person == person,
            TrustRecord.kind.in_(kinds),
            TrustRecord.ended_at.is_null(),
        )
        .execute()
    )
