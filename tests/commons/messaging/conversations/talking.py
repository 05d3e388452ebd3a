"""Talking with the relay in a test: each message is a moment later than the one before."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

from commons import clock
from commons.messaging.conversations.engine import Engine
from commons.messaging.conversations.flows import Flow
from commons.messaging.models import Message
from commons.messaging.replies import hear
from commons.roster.models import Person

_moments = itertools.count(1)


def later() -> dt.datetime:
    """Return a moment after all that were asked for before."""
    return clock.now() + dt.timedelta(milliseconds=next(_moments))


def say(person: Person, *texts: str, flows: Sequence[Flow]) -> None:
    """Let a person write to a relay that has these flows."""
    engine = Engine(flows)
    for text in texts:
        fresh = Person.get_by_id(person.id)
        hear(fresh, later(), text, None, (engine.handle, engine.ask_again))


def answers(person: Person) -> list[str]:
    """Return what the relay said to a person, oldest first."""
    rows = Message.select().where(Message.person == person).order_by(Message.id)
    return [row.text.reveal("body") for row in rows]
