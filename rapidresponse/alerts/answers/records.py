"""Writing answers down, and what a person has got so far, to which an answer belongs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from peewee import EXCLUDED

from commons.messaging.models import Message, MessageState
from commons.roster.models import Person
from rapidresponse.alerts import watches
from rapidresponse.alerts.models import AckKind, Acknowledgement, Alert, AlertVersion

# Only somebody who may have got it can answer it.
GONE = (
    MessageState.SENDING,
    MessageState.UNKNOWN,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.READ,
)
# They say how somebody is now, so that the latest of each counts; of *received* the first does.
HOW_THEY_ARE = (AckKind.SAFE, AckKind.NEED_HELP)


def record(version: AlertVersion, person: Person, kind: AckKind, via: str, at: dt.datetime) -> None:
    """Write an answer down; the same again changes nothing but when somebody last said it."""
    watches.answered(version.alert, person, at)
    values = {"alert": version.alert_id, "version": version, "person": person}
    row = Acknowledgement.insert(kind=kind, via=via, at=at, **values)
    if kind not in HOW_THEY_ARE:
        row.on_conflict_ignore().execute()
        return
    key: list[Any] = [Acknowledgement.version, Acknowledgement.person, Acknowledgement.kind]
    row.on_conflict(
        conflict_target=key,
        update={Acknowledgement.at: EXCLUDED.at, Acknowledgement.via: EXCLUDED.via},
        # A phone that was off may tell us late what was said before.
        where=EXCLUDED.at > Acknowledgement.at,
    ).execute()


def newest_for(alert: Alert | int, person: Person) -> tuple[AlertVersion, Message] | None:
    """Return the newest version that went to a person, which an answer is about, with its message.

    None for somebody to whom nothing went.
    """
    found = (
        Message.select(Message, AlertVersion)
        .join(AlertVersion, on=(Message.topic == AlertVersion.topic), attr="version")
        .where(AlertVersion.alert == alert, Message.person == person, Message.state.in_(GONE))
        .order_by(AlertVersion.number.desc())
        .first()
    )
    return None if found is None else (found.version, found)


def standing_of(alert: Alert, person: Person) -> Acknowledgement | None:
    """Return what a person's answers to an alert come to: how they are, else that they got it."""
    rows: list[Acknowledgement] = list(
        Acknowledgement.select()
        .where(Acknowledgement.alert == alert, Acknowledgement.person == person)
        .order_by(Acknowledgement.at.desc(), Acknowledgement.id.desc())
    )
    return next((row for row in rows if row.kind in HOW_THEY_ARE), rows[0] if rows else None)
