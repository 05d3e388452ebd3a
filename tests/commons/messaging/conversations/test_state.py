"""One question is open with a person at a time, for half an hour."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.messaging.conversations import state
from commons.messaging.models import Conversation
from commons.roster.models import Person
from tests import builders


@pytest.fixture
def person(db: str) -> Person:
    return builders.a_person(builders.a_site())


def test_a_question_is_kept_with_what_was_said_before_it(person: Person) -> None:
    now = clock.now()
    state.ask(person, "join", "name", {"code": "ABCD"}, now, misses=1)
    assert state.current(person, now) == state.Open("join", "name", {"code": "ABCD"}, now, 1)


def test_the_newest_question_takes_the_place_of_the_one_before(person: Person) -> None:
    state.ask(person, "join", "name", {}, clock.now())
    state.ask(person, "language", "which", {}, clock.now())
    assert state.current(person, clock.now()).flow == "language"
    assert Conversation.select().count() == 1


def test_a_question_is_over_after_half_an_hour(person: Person) -> None:
    now = clock.now()
    state.ask(person, "join", "name", {}, now)
    assert state.current(person, now + dt.timedelta(minutes=29)) is not None
    assert state.current(person, now + dt.timedelta(minutes=31)) is None


def test_a_question_can_be_closed(person: Person) -> None:
    state.ask(person, "join", "name", {}, clock.now())
    state.close(person)
    assert state.current(person, clock.now()) is None


def test_two_people_have_their_own_questions(person: Person) -> None:
    other = builders.a_person(builders.a_site("Brookside Middle"))
    state.ask(person, "join", "name", {}, clock.now())
    assert state.current(other, clock.now()) is None


def test_what_they_said_is_sealed(person: Person) -> None:
    state.ask(person, "join", "name", {"name": "Ana"}, clock.now())
    assert b"Ana" not in bytes(Conversation.get().answers.data)
