"""Which question is open with a person, as it is kept between two messages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from commons import clock, crypto
from commons.database import transaction
from commons.messaging.models import Conversation
from commons.roster.models import Person

# How long an answer is still an answer (issue 3.3).
OPEN_FOR = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Open:
    """A question that is open; `heard_at` is when the phone sent what led to it."""

    flow: str
    question: str
    answers: Mapping[str, str]
    heard_at: dt.datetime
    misses: int


def ask(
    person: Person,
    flow: str,
    question: str,
    answers: Mapping[str, str],
    at: dt.datetime,
    misses: int = 0,
) -> None:
    """Keep the question that is open from now on, instead of whichever was open before."""
    public_id = crypto.public_id()
    with transaction():
        close(person)
        Conversation.create(
            public_id=public_id,
            person=person,
            flow=flow,
            question=question,
            heard_at=at,
            misses=misses,
            # A phone whose clock is years ahead must not keep a question for years.
            expires_at=min(at, clock.now() + dt.timedelta(days=1)) + OPEN_FOR,
            **Conversation.sealed(public_id, answers=json.dumps(dict(answers))),
        )


def current(person: Person, now: dt.datetime) -> Open | None:
    """Return the question that is open with a person, or None."""
    row = Conversation.get_or_none(Conversation.person == person, Conversation.expires_at > now)
    if row is None:
        return None
    answers = json.loads(row.reveal("answers"))
    return Open(row.flow, row.question, answers, row.heard_at, row.misses)


def close(person: Person) -> None:
    """Forget the question that is open with a person."""
    Conversation.delete().where(Conversation.person == person).execute()
