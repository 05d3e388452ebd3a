"""A family with a phone, and the relay's side of signing in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from commons import clock
from commons.accounts.by_signal.flow import lock_flow, sign_in_flow
from commons.messaging.conversations.engine import Engine
from commons.messaging.replies import Inbound
from commons.messaging.words import read_reply
from commons.roster.models import Group, Person
from tests import builders, page


class Phone:
    """One person's Signal: says something to the relay, and reads the answer."""

    def __init__(self, person: Person) -> None:
        self.person, self.said = person, 0
        self.engine = Engine((sign_in_flow(), lock_flow()))

    def say(self, text: str) -> str | None:
        person = Person.get_by_id(self.person.id)
        # No two messages of a phone have one time, also while a test holds the clock.
        self.said += 1
        at = clock.now() + dt.timedelta(milliseconds=self.said)
        return self.engine.handle(Inbound(person, at, read_reply(text), text))

    def pick(self, code: str, number: str) -> str | None:
        """Send the code, and answer with a number of the page."""
        self.say(code)
        return self.say(number)


@dataclass
class Family:
    """Somebody on Lincoln's roster as family, with their phone."""

    person: Person
    phone: Phone


@pytest.fixture
def amina(cast: builders.Cast) -> Family:
    person = builders.a_person(cast.lincoln, Group.FAMILY, name="Amina Example")
    return Family(person, Phone(person))


@pytest.fixture
def other_browser(app: object) -> page.Browser:
    return page.Browser(app)
