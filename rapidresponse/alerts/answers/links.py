"""What the link below somebody's copy of an alert opens: their words, and three answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commons import clock, limits
from commons.database import transaction
from commons.errors import Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.messaging import answer_links
from commons.messaging.models import Message, MessageText
from commons.roster.models import Person
from rapidresponse.alerts import endings
from rapidresponse.alerts.answers import records
from rapidresponse.alerts.models import AckKind, Acknowledgement, Alert, AlertVersion
from rapidresponse.alerts.versions import SUBJECT, versions_of

# A day after the alert its links are worth nothing.
LASTS = dt.timedelta(hours=24)
VIA = "link"


@dataclass(frozen=True)
class Opened:
    """What a link shows: the newest words that went to its person, and what they answered.

    `ended` says that the day after the alert is over: then nothing else may be shown.
    """

    alert: Alert
    person: Person
    version: AlertVersion
    text: MessageText
    newer: bool
    late: bool
    ended: bool
    answer: Acknowledgement | None


def open_link(token: str, now: dt.datetime | None = None) -> Opened:
    """Return what a link shows; raise NotFound for one that we did not make or nobody has now."""
    moment, message = now or clock.now(), _message(token)
    opened, person = _version(message), message.person
    if person is None:
        raise _nothing()
    alert: Alert = opened.alert
    version, copy = records.newest_for(alert, person) or (opened, message)
    return Opened(
        alert=alert,
        person=person,
        version=version,
        text=copy.text,
        newer=version.number > opened.number,
        late=endings.is_late(alert, versions_of(alert)[-1], moment),
        ended=alert.ended_at is not None and moment >= alert.ended_at + LASTS,
        answer=records.standing_of(alert, person),
    )


def answer(token: str, word: str) -> None:
    """Write down what the person of a link answers: received, safe or need_help.

    After the link has ended nothing is written. Raises NotFound, Invalid, RateLimited.
    """
    with transaction():
        opened = open_link(token)
        if word not in {kind.value for kind in AckKind}:
            raise Invalid(_l("Choose one of the three answers."))
        limits.hit("answer-link", str(answer_links.message_of(token)))
        if not opened.ended:
            records.record(opened.version, opened.person, AckKind(word), VIA, clock.now())


def _message(token: str) -> Message:
    number = answer_links.message_of(token)
    found = None
    if number is not None:
        query = Message.select(Message, Person, MessageText).join(Person)
        query = query.switch(Message).join(MessageText, on=(Message.text == MessageText.id))
        found = query.where(Message.id == number).first()
    if found is None:
        raise _nothing()
    return found  # type: ignore[no-any-return]


def _version(message: Message) -> AlertVersion:
    kind, _, public_id = message.topic.subject.partition(":")
    found = (
        AlertVersion.select(AlertVersion, Alert)
        .join(Alert)
        .where(AlertVersion.public_id == public_id)
        .first()
        if kind == SUBJECT
        else None
    )
    if found is None:
        raise _nothing()
    return found  # type: ignore[no-any-return]


def _nothing() -> NotFound:
    return NotFound(_l("There is nothing at this address, or it is not yours to see."))
