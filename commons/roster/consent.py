"""What people agreed to: given with its source, taken back at once, never assumed."""

from __future__ import annotations

import datetime as dt

from commons import clock, crypto
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import RELAY, Actor, require
from commons.roster.models import Consent, ConsentState, Person
from commons.sites.models import Site

SIGNAL = "signal"  # who withdrew: the person, from their own phone
NEEDS_SOURCE = _l("Say how we know that they agreed, like “paper form”.")


def checked_source(source: str) -> str:
    """Return where an agreement is known from; raise Invalid when nobody says."""
    source = " ".join(source.split())
    if not source or len(source) > 60:
        raise Invalid(NEEDS_SOURCE, {"source": NEEDS_SOURCE})
    return source


def of(person: Person, site: Site) -> Consent | None:
    """Return what a person agreed to at a site, or None where nobody asked."""
    return Consent.get_or_none(Consent.person == person, Consent.site == site)


def give_consent(actor: Actor, person: Person, site: Site, source: str) -> None:
    """Write down that a person agreed to a site's alerts; nothing happens if they had.

    A STOP that came from the person's own phone is only undone from there: Conflict.
    """
    require(actor, "roster.consent", site)
    source, now = checked_source(source), clock.now()
    with transaction():
        found = of(person, site)
        if found is None:
            start(person, site, ConsentState.GIVEN, source, actor.ref)
        elif found.state == ConsentState.GIVEN:
            return
        else:
            if found.withdrawn_by == SIGNAL and actor.ref != RELAY.ref:
                raise Conflict(
                    _l("They said STOP from their own phone. They can send START from there.")
                )
            _agree(found, source, actor.ref, now)
        record(actor, "consent.given", f"person:{person.public_id}", site=site.id)


def start(person: Person, site: Site, state: ConsentState, source: str, by: str) -> Consent:
    """Write the first consent of a person at a site, inside the caller's transaction."""
    now, public_id = clock.now(), crypto.public_id()
    gone = state == ConsentState.WITHDRAWN
    return Consent.create(
        public_id=public_id,
        person=person,
        site=site,
        state=state,
        recorded_by=by,
        since=now,
        withdrawn_at=now if gone else None,
        withdrawn_by=by if gone else None,
        **Consent.sealed(public_id, source=source),
    )


def withdraw(actor: Actor, person: Person, site: Site) -> None:
    """Write down that a person takes their consent back; raise Conflict if they had none."""
    require(actor, "roster.consent", site)
    with transaction():
        found = of(person, site)
        if found is None or found.state == ConsentState.WITHDRAWN:
            raise Conflict(_l("They have already said that they want no alerts."))
        _withdraw(found, actor.ref, clock.now())
        record(actor, "consent.withdrawn", f"person:{person.public_id}", site=site.id)


def refuse(person: Person, found: Consent, at: dt.datetime) -> None:
    """Withdraw one consent by a person's own word, said at this time; Conflict if it changed."""
    with transaction():
        _withdraw(found, SIGNAL, min(at, clock.now()))
        _record_own(found, person, "consent.withdrawn")


def withdraw_everywhere(person: Person, by: str = SIGNAL, at: dt.datetime | None = None) -> int:
    """Withdraw a person's consent at every site at once; return at how many it changed.

    `at` is when they said so, now if nothing is given. It cancels nothing that is queued:
    messaging does, in the same transaction.
    """
    rows = Consent.select().where(Consent.person == person, Consent.state != ConsentState.WITHDRAWN)
    when = min(at or clock.now(), clock.now())
    with transaction():
        changed = list(rows)
        for row in changed:
            _withdraw(row, by, when)
            _record_own(row, person, "consent.withdrawn")
    return len(changed)


def resume_everywhere(person: Person, by: str = SIGNAL, at: dt.datetime | None = None) -> int:
    """Give consent again wherever the person themselves had withdrawn it from their phone.

    What they withdrew later than `at` stays withdrawn: their phone sent START before STOP.
    """
    rows = Consent.select().where(
        Consent.person == person,
        Consent.state == ConsentState.WITHDRAWN,
        Consent.withdrawn_by == by,
    )
    if at is not None:
        rows = rows.where(Consent.withdrawn_at < at)
    with transaction():
        changed = list(rows)
        for row in changed:
            _agree(row, f"START by {by}", f"person:{person.public_id}", clock.now())
            _record_own(row, person, "consent.given")
    return len(changed)


def stopped_at(person: Person) -> dt.datetime | None:
    """Return when a person last said STOP from their phone, if no consent of theirs is left."""
    rows = list(Consent.select().where(Consent.person == person))
    if not rows or any(row.state != ConsentState.WITHDRAWN for row in rows):
        return None
    said: list[dt.datetime] = [row.withdrawn_at for row in rows if row.withdrawn_by == SIGNAL]
    return max(said, default=None)


def _record_own(row: Consent, person: Person, kind: str) -> None:
    subject = f"person:{person.public_id}"
    record(Actor(subject), kind, subject, site=row.site_id)


def _withdraw(found: Consent, by: str, now: dt.datetime) -> None:
    _change(found, state=ConsentState.WITHDRAWN, withdrawn_at=now, withdrawn_by=by)


def _agree(found: Consent, source: str, by: str, now: dt.datetime) -> None:
    _change(
        found,
        state=ConsentState.GIVEN,
        recorded_by=by,
        since=now,
        withdrawn_at=None,
        withdrawn_by=None,
        **Consent.sealed(found.public_id, source=source),
    )


def _change(found: Consent, **changes: object) -> None:
    same = (Consent.id == found.id) & (Consent.state == found.state)
    if not Consent.update(**changes).where(same).execute():
        raise Conflict(_l("Their consent changed a moment ago. Look at it again."))
