"""Whose Signal key changed waits for somebody who knows them; others are left alone."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.audit import AuditContent
from commons.errors import Conflict, Forbidden, NotFound
from commons.permissions import NotFresh
from commons.roster import holds
from commons.roster.models import ContactMethod, Person
from commons.roster.reach import Reason, among
from tests import builders
from tests.builders import Cast


@pytest.fixture
def held(cast: Cast) -> Person:
    person = builders.a_person(cast.lincoln, name="Ana Lee")
    holds.hold(ContactMethod.get(ContactMethod.person == person).id, clock.now())
    return person


def test_the_lead_finds_who_is_on_hold_at_their_site_alone(cast: Cast, held: Person) -> None:
    rosa, ines = builders.actor(cast.rosa), builders.actor(cast.ines)
    assert [person for person, _ in holds.held_people(rosa, cast.lincoln)] == [held]
    assert holds.held_people(ines, cast.other_school) == []
    with pytest.raises(NotFound):
        holds.held_people(ines, cast.lincoln)


def test_a_second_phone_is_used_while_the_first_is_on_hold(cast: Cast, held: Person) -> None:
    assert among(cast.lincoln, [held.id]).left_out[0].reason == Reason.KEY_CHANGED
    second = builders.a_method(held, builders.a_number())
    assert among(cast.lincoln, [held.id]).reachable[0].method_id == second.id


def test_who_said_stop_said_stop_whatever_their_key(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln, consent=builders.ConsentState.WITHDRAWN)
    holds.hold(ContactMethod.get(ContactMethod.person == person).id, clock.now())
    assert among(cast.lincoln, [person.id]).left_out[0].reason == Reason.SAID_STOP


def test_a_release_is_written_down_and_happens_once(cast: Cast, held: Person) -> None:
    rosa = builders.actor(cast.rosa)
    holds.release(rosa, cast.lincoln, held)
    assert not holds.is_held(held)
    row = AuditContent.get()
    assert (row.actor, row.subject) == (rosa.ref, f"person:{held.public_id}")
    for again in (holds.release, holds.not_them):
        with pytest.raises(Conflict):
            again(rosa, cast.lincoln, held)


def test_only_who_may_and_has_just_proved_who_they_are_decides(cast: Cast, held: Person) -> None:
    stale = builders.actor(cast.rosa, clock.now() - dt.timedelta(minutes=6))
    for decide in (holds.release, holds.not_them):
        with pytest.raises(NotFresh):
            decide(stale, cast.lincoln, held)
        for who in (cast.dev, cast.carmen, cast.amina, cast.luis):
            with pytest.raises(Forbidden):
                decide(builders.actor(who), cast.lincoln, held)
        with pytest.raises(NotFound):
            decide(builders.actor(cast.ines), cast.lincoln, held)
    assert holds.is_held(held)


def test_whoever_else_must_know_is_told_that_it_was_not_them(
    cast: Cast, held: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Person] = []
    monkeypatch.setattr(holds, "when_not_them", [lambda _actor, _site, person: told.append(person)])
    holds.not_them(builders.actor(cast.rosa), cast.lincoln, held)
    assert told == [held]
