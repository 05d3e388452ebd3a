"""Somebody's Signal key changes: nothing more goes there until it is sure that it is them."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import clock
from commons.messaging import outbox
from commons.messaging.ears import Ears
from commons.messaging.gateway import Gateway
from commons.messaging.models import Attempt, Reply
from commons.permissions import Role
from commons.roster import holds
from commons.roster.models import ContactMethod, Person
from commons.roster.reach import Reason, among
from tests import builders
from tests.commons.messaging.conftest import Post, method, state


@pytest.fixture
def met(post: Post) -> tuple[Person, Person]:
    """Two people whom the relay has written to before, so that it knows their keys."""
    first, second = post.people(2)
    post.tell([first, second], "Hello.")
    post.deliver()
    post.wait_for_receipts()
    return first, second


def change_key(post: Post, person: Person, say: str | None = None) -> None:
    post.simulator.people.change_key(builders.number_of(person), say=say)
    assert post.simulator.drain()


def release(post: Post, person: Person) -> None:
    lead = builders.actor(builders.an_account(Role.SITE_LEAD, post.site))
    holds.release(lead, post.site, person)


def test_a_changed_key_that_is_heard_of_holds_the_person_and_nobody_else(
    post: Post, met: tuple[Person, Person]
) -> None:
    ana, bo = met
    change_key(post, ana, say="I have a new phone")
    post.deliver()
    assert method(ana).held_at is not None
    left_out = among(post.site, [ana.id, bo.id]).left_out
    assert [(row.person_id, row.reason) for row in left_out] == [(ana.id, Reason.KEY_CHANGED)]
    before = Attempt.select().count()
    post.tell([ana, bo], "School is closed.")
    post.deliver()
    assert state(ana) == ("failed", "key_changed")
    assert post.texts(bo)[-1] == "School is closed."
    # The gateway was not even asked about the held one.
    assert Attempt.select().count() == before + 1


def test_a_changed_key_that_a_send_finds_out_holds_as_well(
    post: Post, met: tuple[Person, Person]
) -> None:
    ana, _ = met
    change_key(post, ana)
    post.tell([ana])
    post.deliver()
    assert state(ana) == ("failed", "key_changed")
    assert holds.is_held(ana)


def test_a_held_person_gets_no_answer_either(post: Post, met: tuple[Person, Person]) -> None:
    ana, bo = met
    holds.hold(method(ana).id, clock.now())
    outbox.say(ana, "Your data: …", "test")
    outbox.say(bo, "Your data: …", "test")
    post.deliver()
    assert post.texts(ana) == ["Hello."]
    assert post.texts(bo)[-1] == "Your data: …"


def test_after_the_release_the_next_alert_arrives(post: Post, met: tuple[Person, Person]) -> None:
    ana, _ = met
    change_key(post, ana, say="1")
    post.deliver()
    release(post, ana)
    assert method(ana).trust_at is not None
    post.tell([ana], "School is open again.")
    post.deliver()
    assert "School is open again." in post.texts(ana)
    # What they wrote in between is heard now.
    assert Reply.get().person_id == ana.id
    assert (method(ana).held_at, method(ana).trust_at) == (None, None)


def test_until_the_gateway_is_told_messages_wait(post: Post, met: tuple[Person, Person]) -> None:
    ana, _ = met
    change_key(post, ana)
    holds.hold(method(ana).id, clock.now())
    release(post, ana)
    post.tell([ana], "School is open again.")
    post.relay().claims.claim(clock.now(), 5, ())
    assert state(ana) == ("queued", "")
    with time_machine.travel(clock.now() + dt.timedelta(seconds=5), tick=True):
        post.deliver()
        assert post.texts(ana)[-1] == "School is open again."


def test_a_gateway_that_does_not_answer_is_told_again(
    post: Post, met: tuple[Person, Person]
) -> None:
    ana, _ = met
    change_key(post, ana)
    holds.hold(method(ana).id, clock.now())
    release(post, ana)
    post.simulator.refuse()
    post.deliver()
    assert method(ana).trust_at is not None
    post.simulator.accept()
    post.deliver()
    assert method(ana).trust_at is None


def test_a_key_that_the_gateway_never_takes_comes_back_on_hold(
    post: Post, met: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, _ = met
    change_key(post, ana)
    holds.hold(method(ana).id, clock.now())
    release(post, ana)
    monkeypatch.setattr(Gateway, "trust", lambda *_: False)
    post.tell([ana])
    with time_machine.travel(clock.now() + dt.timedelta(minutes=3), tick=True):
        post.deliver()
        assert state(ana) == ("failed", "key_changed")
        assert holds.is_held(ana)
        assert method(ana).trust_at is None


def test_old_news_of_a_change_does_not_undo_the_release(
    post: Post, met: tuple[Person, Person]
) -> None:
    ana, _ = met
    earlier = clock.now()
    holds.hold(method(ana).id, earlier)
    release(post, ana)
    assert not holds.hold(method(ana).id, earlier)
    assert holds.hold(method(ana).id, clock.now() + dt.timedelta(seconds=1))
    assert method(ana).trust_at is None


def test_a_second_change_while_the_gateway_is_told_stays_held(
    post: Post, met: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, _ = met
    holds.hold(method(ana).id, clock.now())
    release(post, ana)

    def changes_again(*_: object) -> bool:
        holds.hold(method(ana).id, clock.now() + dt.timedelta(seconds=1))
        return True

    monkeypatch.setattr(Gateway, "trust", changes_again)
    relay = post.relay()
    assert isinstance(relay.ears, Ears)
    relay.ears.pass_on_trust()
    assert holds.is_held(ana)


def test_a_number_that_was_taken_over_is_a_stranger_from_now_on(
    post: Post, met: tuple[Person, Person]
) -> None:
    ana, _ = met
    number = builders.number_of(ana)
    change_key(post, ana)
    holds.hold(method(ana).id, clock.now())
    lead = builders.actor(builders.an_account(Role.SITE_LEAD, post.site))
    post.tell([ana])
    holds.not_them(lead, post.site, ana)
    post.deliver()
    assert state(ana) == ("failed", "no_method")
    assert not ContactMethod.select().where(ContactMethod.person == ana).exists()
    assert among(post.site, [ana.id]).left_out[0].reason == Reason.NO_CONTACT_METHOD
    phone = post.simulator.state.find(number)
    assert phone is not None
    assert [m.text for m in post.simulator.state.thread(phone) if m.to_phone and m.arrived] == [
        "Hello."
    ]
