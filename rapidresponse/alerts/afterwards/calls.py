"""Who has not been reached, why, what is tried next, and telling them by telephone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from commons import audit, clock
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.i18n import time_words
from commons.messaging.models import Message, MessageState, MessageText
from commons.permissions import Actor, require
from commons.roster import service as roster
from commons.roster.models import ContactMethod, MethodKind, Person, RosterEntry
from commons.sites.models import Site
from rapidresponse.alerts import access, watches
from rapidresponse.alerts.audience import WHY_LEFT_OUT, gather
from rapidresponse.alerts.models import (
    AckKind,
    Acknowledgement,
    Alert,
    AlertVersion,
    LeftOut,
)
from rapidresponse.alerts.steps import audience_name, language_name
from rapidresponse.alerts.tallies import BY_CALL, initial, why_not

LISTED = 200
_NEEDS_A_CALL = (MessageState.FAILED, MessageState.EXPIRED)
SAID_STOP = "said_stop"


@dataclass(frozen=True)
class NotReached:
    """Somebody whom a version has not reached: name masked, why, and what happens next."""

    person: str  # empty for somebody who is not on the site's own roster
    initial: str
    audience: str
    language: str
    why: str
    next: str
    call: bool  # nothing is tried any more: a person has to tell them
    number: bool  # there is a number to call


def not_reached(version: AlertVersion, site: Site) -> list[NotReached]:
    """Return whom a version has not reached, those who need a call first, at most 200.

    What merely waits its turn in the queue is not among them.
    """
    found = [*_failed(version), *_left_out(version, site), *_in_doubt(version, site)][:LISTED]
    kinds = _kinds({person.id for person, *_ in found})
    here = _here(site, {person.id for person, *_ in found})
    return [
        NotReached(
            person=person.public_id if person.id in here else "",
            initial=initial(person),
            audience=audience_name(audience),
            language=language_name(person.language),
            why=why,
            next=then or _other_way(kinds[person.id]),
            call=call,
            number=bool(kinds[person.id] - {MethodKind.EMAIL}),
        )
        for person, audience, why, then, call in found
    ]


Found = tuple[Person, str, str, str, bool]


def _failed(version: AlertVersion) -> Iterator[Found]:
    for row in _messages(version, Message.state.in_(_NEEDS_A_CALL)):
        yield row.person, row.text.audience, why_not(row.reason), "", True


def _in_doubt(version: AlertVersion, site: Site) -> Iterator[Found]:
    later = (Message.state == MessageState.QUEUED) & (Message.due_at > clock.now())
    for row in _messages(version, (Message.state == MessageState.UNKNOWN) | later):
        when = time_words(row.due_at, site.timezone)
        if row.state is MessageState.UNKNOWN:
            why = _("Signal's answer was lost.")
            then = _("Without a receipt it is sent once more at %(time)s.", time=when)
        else:
            why = why_not(row.reason) if row.reason else _("Signal asks to wait.")
            then = _("It is tried again at %(time)s.", time=when)
        yield row.person, row.text.audience, why, then, False


def _left_out(version: AlertVersion, site: Site) -> Iterator[Found]:
    people = list(
        LeftOut.select(LeftOut, Person)
        .join(Person)
        .join(Acknowledgement, JOIN.LEFT_OUTER, on=_answered(version, LeftOut.person))
        .where(LeftOut.version == version, Acknowledgement.id.is_null())
        .order_by(LeftOut.id)
        .limit(LISTED)
    )
    if not people:
        # The whole audience is read only to say as whom somebody was left out.
        return
    audiences = version.audiences.split()
    as_whom = {one.person_id: one.audience for one in gather(site, audiences).missing}
    for row in people:
        why = str(WHY_LEFT_OUT.get(row.reason, row.reason))
        # Whoever said STOP is not called either.
        then = _("They asked not to be told.") if row.reason == SAID_STOP else ""
        audience = as_whom.get(row.person_id, audiences[-1])
        yield row.person, audience, why, then, row.reason != SAID_STOP


def _messages(version: AlertVersion, where: Any) -> list[Any]:
    rows: Any = (
        Message.select(Message, MessageText, Person)
        .join(MessageText, on=(MessageText.id == Message.text))
        .switch(Message)
        .join(Person)
        .switch(Message)
        .join(Acknowledgement, JOIN.LEFT_OUTER, on=_answered(version, Message.person))
        .where(Message.topic == version.topic_id, where, Acknowledgement.id.is_null())
        .order_by(Message.priority, Message.id)
        .limit(LISTED)
    )
    return list(rows)


def _answered(version: AlertVersion, person: Any) -> Any:
    return (Acknowledgement.version == version) & (Acknowledgement.person == person)


def _kinds(people: set[int]) -> dict[int, set[MethodKind]]:
    found: dict[int, set[MethodKind]] = {person: set() for person in people}
    for row in ContactMethod.select().where(ContactMethod.person.in_(people)):
        found[row.person_id].add(row.kind)
    return found


def _here(site: Site, people: set[int]) -> set[int]:
    """Return those on the site's own roster: only their numbers can be shown from here."""
    rows = RosterEntry.select(RosterEntry.person).where(
        RosterEntry.site == site, RosterEntry.until.is_null(), RosterEntry.person.in_(people)
    )
    return {row.person_id for row in rows}


def _other_way(kinds: set[MethodKind]) -> str:
    if not kinds:
        return _("No number of theirs is kept here. Send word with somebody.")
    if kinds == {MethodKind.EMAIL}:
        return _("Write to their e-mail address.")
    return _("Call them, or send word with somebody.")


def show_number(actor: Actor, alert: Alert, person_id: str) -> str:
    """Return a number to call, as one look of the roster's, with the alert as its reason."""
    person = roster.person_at(alert.site, person_id)
    return roster.reveal_number(actor, alert.site, person, f"Alert {alert.code}")


def told(actor: Actor, alert: Alert, version: AlertVersion, person_id: str) -> None:
    """Note that somebody was told by telephone; raise Conflict if they had answered before."""
    require(actor, access.SEND, alert.site)
    person = roster.person_at(alert.site, person_id)
    now = clock.now()
    with transaction():
        added = (
            Acknowledgement.insert(
                alert=alert,
                version=version,
                person=person,
                kind=AckKind.RECEIVED,
                via=BY_CALL,
                at=now,
            )
            .on_conflict_ignore()
            .as_rowcount()
            .execute()
        )
        if not added:
            raise Conflict(_l("They have answered this alert already."))
        watches.answered(alert, person, now)
        audit.record(
            actor,
            "alert.told-by-call",
            f"person:{person.public_id}",
            site=alert.site_id,
            details={"alert": alert.public_id, "version": version.number},
        )
