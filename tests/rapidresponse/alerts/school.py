"""A school with its people, and the acts that tests of alerts begin with."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import time_machine

from app import TIMERS
from commons import clock, crypto
from commons.accounts.models import Account
from commons.database import transaction
from commons.messaging.models import Message, MessageState, MessageText
from commons.messaging.timers import Timers
from commons.roster.models import Group, Person, SlotKind
from commons.sites.models import Site
from rapidresponse.alerts import service
from rapidresponse.alerts.composer import Intent
from rapidresponse.alerts.models import Alert, AlertVersion, VersionKind
from rapidresponse.alerts.versions import versions_of
from tests import builders

ALL = ("A1", "A2", "A9")
PLACE = {"place": "main_entrance"}


@dataclasses.dataclass
class School:
    """Lincoln with a lead, a teacher, and two families: one Spanish, one Korean."""

    cast: builders.Cast
    lead: Person
    teacher: Person
    garcia: Person
    kim: Person

    @property
    def site(self) -> Site:
        return self.cast.lincoln

    @classmethod
    def make(cls, cast: builders.Cast) -> School:
        site = cast.lincoln
        with transaction():
            return cls(
                cast,
                lead=builders.a_person(site, slot=SlotKind.SITE_LEAD),
                teacher=builders.a_person(site),
                garcia=builders.a_person(site, Group.FAMILY, language="es"),
                kim=builders.a_person(site, Group.FAMILY, language="ko"),
            )


WORDS = {
    "T1": PLACE,
    "T2": {**PLACE, "posture": "hold"},
    "T3": {**PLACE, "relation": "near"},
    "T5": {"request": "letter"},
    "T6": {**PLACE, "relation": "near"},
    "T8": {"journey": "field_trip"},
    "T15": {"posture": "secure"},
}


def intent(
    type_: str = "T1", audiences: tuple[str, ...] = ALL, seen: bool = True, **given: Any
) -> Intent:
    return Intent(type_, words=WORDS[type_], audiences=audiences, seen=seen, **given)


GROUNDS = ("seen_at", "verified", "break_glass")


def signal_for(account: Account, person: Person) -> Person:
    """Tie an account to a person whom Signal reaches."""
    Account.update(person=person).where(Account.id == account.id).execute()
    return person


def send(site: Site, by: Account, chosen: Intent | None = None, **given: Any) -> Alert:
    values = {"key": crypto.public_id(), "at": clock.now(), "demonstration": True, **given}
    return service.send(builders.actor(by), site, chosen or intent(), **values)


def gone(alert: Alert) -> None:
    """Let the relay send all that is queued of an alert."""
    topics = [version.topic_id for version in versions_of(alert)]
    Message.update(state=MessageState.SENT).where(
        Message.topic.in_(topics), Message.state == MessageState.QUEUED
    ).execute()


def follow(
    alert: Alert, by: Account, kind: VersionKind, words: dict[str, str] | None = None, **given: Any
) -> AlertVersion:
    audiences = given.pop("audiences", ("A1",))
    seen = given.pop("seen", kind in (VersionKind.DEPARTED, VersionKind.ALL_CLEAR))
    grounds = {name: given.pop(name) for name in GROUNDS if name in given}
    chosen = Intent(alert.type, kind, words or DEFAULTS[kind], audiences, seen, **grounds)
    if given.pop("sent", True):
        gone(alert)
    values = {
        "after": versions_of(alert)[-1].number,
        "key": crypto.public_id(),
        "at": clock.now(),
        "demonstration": True,
        **given,
    }
    return service.follow_up(builders.actor(by), alert, chosen, **values)


DEFAULTS = {
    VersionKind.UPDATE: {"news": "counsel_called"},
    VersionKind.CORRECTION: {"old": "agents_at_entrance", "new": "nothing_seen"},
    VersionKind.DEPARTED: {},
    VersionKind.ALL_CLEAR: {"posture": "normal"},
}


def heard(version: AlertVersion, *states: MessageState) -> dict[int, str]:
    """Who has a message of a version, and as whom; in these states if any are given."""
    rows: Any = (
        Message.select(Message.person, MessageText.audience)
        .join(MessageText, on=(MessageText.id == Message.text))
        .where(Message.topic == version.topic_id)
    )
    if states:
        rows = rows.where(Message.state.in_(states))
    return dict(rows.tuples())


def texts(version: AlertVersion) -> dict[tuple[str, str], str]:
    """The words of a version by audience and language."""
    rows = MessageText.select().where(MessageText.topic == version.topic_id)
    return {(row.audience, row.language): row.reveal("body") for row in rows}


def first(alert: Alert) -> AlertVersion:
    return versions_of(alert)[0]


def put(version: AlertVersion, person: Person, state: MessageState, reason: str = "") -> Message:
    """Bring a message into a state, as the relay would."""
    here = (Message.topic == version.topic_id) & (Message.person == person)
    Message.update(state=state, reason=reason).where(here).execute()
    return Message.get(here)


def pass_time(until: dt.datetime) -> int:
    """Let the relay carry out what is due by then; return how many timers that were."""
    with time_machine.travel(until, tick=False):
        return Timers(TIMERS).run_due()
