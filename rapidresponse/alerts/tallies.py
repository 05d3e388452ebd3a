"""What became of a version's messages, counted from the tables and never kept beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import SQL, Case, fn

from commons.i18n import lazy_gettext as _l
from commons.messaging.models import Message, MessageState, Reply
from commons.roster.models import Person
from rapidresponse.alerts.models import (
    Acknowledgement,
    Alert,
    AlertVersion,
    LeftOut,
)
from rapidresponse.alerts.steps import language_name

ACKNOWLEDGED, CALLED = "acknowledged", "called"
# How an acknowledgement came that a person of the site wrote down after a call.
BY_CALL = "call"
LISTED = 50
# Best first, as the bar is drawn; the words of each are in the template.
ROWS = (
    (ACKNOWLEDGED, (ACKNOWLEDGED,)),
    (CALLED, (CALLED,)),
    ("read", (MessageState.READ,)),
    ("delivered", (MessageState.DELIVERED,)),
    ("sent", (MessageState.SENT,)),
    ("sending", (MessageState.SENDING,)),
    ("unknown", (MessageState.UNKNOWN,)),
    ("queued", (MessageState.QUEUED,)),
    ("waiting", (MessageState.HELD,)),
    ("call", (MessageState.FAILED, MessageState.EXPIRED)),
    ("taken_back", (MessageState.CANCELLED,)),
)
# An answer says nothing about a message that was taken back or never went.
_COUNTED = (
    MessageState.SENDING,
    MessageState.UNKNOWN,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.READ,
)
_MISSED = (MessageState.FAILED, MessageState.EXPIRED)
_HAVE = (ACKNOWLEDGED, CALLED, "read", "delivered")
_UNDER_WAY = ("sent", "sending", "unknown", "queued")
WHY_NOT = {
    "unregistered": _l("Signal does not know their number."),
    "key_changed": _l("Their phone changed. Ask them in person, then trust the new one."),
    "network": _l("The network failed several times."),
    "no_prekeys": _l("Signal could not prepare a message for their phone."),
    "declined": _l("The second person said no."),
    "superseded": _l("Newer words took its place."),
    "recalled": _l("It was taken back before it went."),
    "unknown_outcome": _l("Signal's answer was lost twice."),
    "gateway_unreachable": _l("The gateway did not answer."),
    "too_late": _l("It came too late to be of use."),
    "": _l("It came too late to be of use."),
}
_OTHERWISE = _l("Signal did not take it.")


@dataclass(frozen=True)
class Tally:
    """How many people of a version are in each state."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many should have it: all but those from whom it was taken back."""
        return sum(self.counts.values()) - self.counts["taken_back"]

    @property
    def have(self) -> int:
        """Return how many have it on their phone."""
        return sum(self.counts[name] for name in _HAVE)

    @property
    def under_way(self) -> int:
        """Return how many it is on its way to, an unknown outcome included."""
        return sum(self.counts[name] for name in _UNDER_WAY)

    @property
    def waiting(self) -> int:
        """Return for how many a second person has not decided."""
        return self.counts["waiting"]

    @property
    def calls(self) -> int:
        """Return how many were not reached, so that a person must call."""
        return self.counts["call"]

    @property
    def done(self) -> bool:
        """Return whether nothing can change any more but by reading and answering."""
        return not (self.under_way or self.waiting)


@dataclass(frozen=True)
class Words:
    """What somebody wrote back that a person has to read."""

    public_id: str
    initial: str
    language: str
    at: dt.datetime
    text: str


def tally(version: AlertVersion) -> Tally:
    """Return the counts of a version; who answered this version counts as acknowledged."""
    # Not by a join: whoever answered twice, received and safe, is still one person.
    who = Acknowledgement.select(Acknowledgement.person).where(Acknowledgement.version == version)
    answered = Message.state.in_(_COUNTED) & Message.person.in_(who)
    told = Message.state.in_(_MISSED) & Message.person.in_(who)
    state = Case(None, ((told, CALLED), (answered, ACKNOWLEDGED)), Message.state)
    rows: Any = (
        Message.select(state.alias("word"), fn.COUNT(Message.id))
        .where(Message.topic == version.topic_id)
        # By its alias: two placeholders are two expressions to PostgreSQL.
        .group_by(SQL("word"))
        .tuples()
    )
    found = {str(getattr(word, "value", word)): number for word, number in rows}
    counts = {
        name: sum(found.get(getattr(s, "value", s), 0) for s in states) for name, states in ROWS
    }
    return Tally(counts)


def acknowledged(alert: Alert) -> int:
    """Return how many people have answered the chain at all."""
    found = Acknowledgement.select(Acknowledgement.person).where(Acknowledgement.alert == alert)
    return int(found.distinct().count())


def why_not(reason: str) -> str:
    """Return in words why a message did not reach somebody."""
    return str(WHY_NOT.get(reason, _OTHERWISE))


def left_out(version: AlertVersion) -> dict[str, int]:
    """Return how many people were left out of a version, by reason."""
    rows: Any = (
        LeftOut.select(LeftOut.reason, fn.COUNT(LeftOut.id))
        .where(LeftOut.version == version)
        .group_by(LeftOut.reason)
        .order_by(LeftOut.reason)
        .tuples()
    )
    return dict(rows)


def replies(alert: Alert, limit: int = LISTED) -> list[Words]:
    """Return what people of the site wrote since the alert began and nobody has dealt with."""
    rows = (
        Reply.select(Reply, Person)
        .join(Person)
        .where(
            Reply.site == alert.site_id,
            Reply.received_at >= alert.started_at,
            Reply.handled_at.is_null(),
        )
        .order_by(Reply.id)
        .limit(limit)
    )
    return [
        Words(
            public_id=row.public_id,
            initial=initial(row.person),
            language=language_name(row.person.language),
            at=row.received_at,
            text=row.reveal("body"),
        )
        for row in rows
    ]


def initial(person: Person) -> str:
    """Return the first letter of a name, which is all that alert pages show of it."""
    return f"{person.reveal('name').strip()[:1]}…"
