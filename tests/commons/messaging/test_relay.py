"""Journeys of messages through the relay and the real simulator over HTTP."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine

from commons import clock
from commons.database import connection, transaction
from commons.errors import Conflict
from commons.messaging import doorbell, outbox
from commons.messaging.candidates import GUESTS
from commons.messaging.claims import Finished
from commons.messaging.gateway import Gateway
from commons.messaging.jobs import Job
from commons.messaging.models import Attempt, Message, MessageState
from commons.messaging.outbox import Recipient
from commons.messaging.outcomes import Kind, Outcome
from commons.messaging.relay import Relay
from commons.roster.models import Consent, ConsentState, ContactMethod, MethodState
from commons.roster.service import withdraw_everywhere
from tests import builders
from tests.commons.messaging.conftest import Post, method, state, until


def test_three_hundred_people_are_all_told_once(post: Post) -> None:
    topic = post.tell(post.people(300))
    post.deliver()
    post.wait_for_receipts()
    assert outbox.tally([topic.id])[MessageState.DELIVERED] == 300
    assert len(post.all_texts()) == 300
    assert Attempt.select().count() == 300


def test_the_most_urgent_go_first(post: Post) -> None:
    families, staff = post.people(3), post.people(3)
    post.tell(families, "families", priority=50)
    post.tell(staff, "staff", priority=10)
    post.one_at_a_time()
    post.deliver()
    assert post.all_texts() == ["staff"] * 3 + ["families"] * 3


def test_texts_reach_a_person_in_order(post: Post) -> None:
    (person,) = post.people(1)
    for number in range(5):
        post.tell([person], f"version {number}")
    post.deliver()
    assert post.texts(person) == [f"version {number}" for number in range(5)]


def test_held_messages_wait_for_their_release(post: Post) -> None:
    people = post.people(2)
    topic = post.tell(people, held=True)
    post.deliver()
    assert post.all_texts() == []
    assert outbox.release(topic.id) == 2
    post.deliver()
    assert len(post.all_texts()) == 2


def test_consent_withdrawn_after_queueing_stops_the_message(post: Post) -> None:
    stays, leaves = post.people(2)
    post.tell([stays, leaves])
    withdraw_everywhere(leaves)
    post.deliver()
    assert state(leaves) == ("cancelled", "consent")
    assert post.texts(stays)
    assert not post.texts(leaves)


def test_an_invited_person_gets_nothing(post: Post) -> None:
    person = builders.a_person(post.site, consent=ConsentState.INVITED)
    post.tell([person])
    post.deliver()
    assert state(person) == ("cancelled", "consent")


def test_what_was_cancelled_does_not_go(post: Post) -> None:
    (person,) = post.people(1)
    topic = post.tell([person])
    assert outbox.cancel(topic.id, "corrected") == 1
    post.deliver()
    assert state(person) == ("cancelled", "corrected")
    assert post.all_texts() == []


def test_what_comes_too_late_expires(post: Post) -> None:
    (person,) = post.people(1)
    post.tell([person], not_after=clock.now() - dt.timedelta(seconds=1))
    post.deliver()
    assert state(person) == ("expired", "too_late")


def test_an_erased_text_is_not_sent(post: Post) -> None:
    (person,) = post.people(1)
    topic = post.tell([person])
    assert outbox.erase_texts(topic.id) == 1
    post.deliver()
    assert state(person) == ("failed", "no_text")


def test_a_method_that_signal_refused_is_not_tried(post: Post) -> None:
    (person,) = post.people(1)
    ContactMethod.update(state=MethodState.REFUSED).execute()
    post.tell([person])
    post.deliver()
    assert state(person) == ("failed", "unregistered")
    assert Attempt.select().count() == 0


def test_an_unreadable_number_fails_alone(post: Post) -> None:
    broken, fine = post.people(2)
    other = ContactMethod.sealed("another row's id", value="+12135550199")["value"]
    ContactMethod.update(value=other).where(ContactMethod.person == broken).execute()
    post.tell([broken, fine])
    post.deliver()
    assert state(broken) == ("failed", "unreadable_number")
    assert post.texts(fine)


def test_two_relays_at_once_are_refused(post: Post) -> None:
    relay, stop = post.relay(), threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    try:
        until(lambda: hasattr(relay, "breaker"))
        with pytest.raises(Conflict):
            post.deliver()
    finally:
        stop.set()
        thread.join()


def test_a_running_relay_wakes_when_the_bell_rings(post: Post) -> None:
    doorbell.use(post.settings.doorbell)
    people, stop, relay = post.people(5), threading.Event(), post.relay()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    try:
        until(lambda: hasattr(relay, "breaker"))
        topic = post.tell(people)
        until(lambda: outbox.tally([topic.id])[MessageState.DELIVERED] == 5)
    finally:
        stop.set()
        doorbell.ring()
        thread.join()


def test_stopping_gives_back_what_nobody_has_begun(post: Post) -> None:
    post.simulator.settings.latency_ms = 300.0
    topic, stop, relay = post.tell(post.people(60)), threading.Event(), post.relay()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    until(lambda: len(relay.in_hand) > 16)
    stop.set()
    thread.join()
    counts = outbox.tally([topic.id])
    assert counts[MessageState.SENDING] == counts[MessageState.UNKNOWN] == 0
    post.simulator.settings.latency_ms = 0.0
    post.deliver()
    assert sorted(post.all_texts()) == ["School is closed."] * 60


def test_a_job_that_fails_does_not_stop_the_others(post: Post) -> None:
    ran = []

    def bad(_now: dt.datetime) -> None:
        raise RuntimeError("poisoned")

    post.deliver(jobs=[Job("bad", 60, bad), Job("good", 60, ran.append)])
    assert len(ran) == 1


def test_a_gateway_in_normal_mode_is_used_one_call_at_a_time(post: Post) -> None:
    post.simulator.settings.change({"mode": "normal", "webhook_url": ""})
    post.tell(post.people(5))
    relay = post.relay()
    relay.once()
    assert relay.in_flight == 1
    assert len(post.all_texts()) == 5


def test_consent_is_that_of_the_messages_site(post: Post) -> None:
    elsewhere = builders.a_site("Brookside Middle")
    person = builders.a_person(elsewhere)
    assert Consent.select().where(Consent.person == person).count() == 1
    post.tell([person], site=post.site)
    post.deliver()
    with connection():
        assert state(person) == ("cancelled", "consent")


@pytest.mark.parametrize(
    ("state_there", "goes"),
    [(ConsentState.GIVEN, True), (ConsentState.INVITED, False), (None, False)],
)
def test_a_guest_hears_by_what_they_agreed_to_where_they_are(
    post: Post, state_there: ConsentState | None, goes: bool
) -> None:
    person = builders.a_person(builders.a_site("Brookside Middle"), consent=state_there)
    for audience in GUESTS:
        to = Recipient(person.id, method(person).id, audience, "en", 10)
        outbox.enqueue(f"guest:{audience}", post.site.id, {(audience, "en"): audience}, [to])
    post.deliver()
    states = {row.state for row in Message.select().where(Message.person == person)}
    assert (MessageState.CANCELLED not in states) is goes
    assert len(post.texts(person)) == (len(GUESTS) if goes else 0)


def test_a_guest_who_said_stop_anywhere_hears_nothing(post: Post) -> None:
    person = builders.a_person(builders.a_site("Brookside Middle"))
    builders.a_consent(person, builders.a_site("Third"), ConsentState.WITHDRAWN)
    to = Recipient(person.id, method(person).id, "A7", "en", 10)
    outbox.enqueue("guest:one", post.site.id, {("A7", "en"): "words"}, [to])
    post.deliver()
    assert state(person) == ("cancelled", "consent")


def test_a_result_that_cannot_be_written_harms_no_other(post: Post) -> None:
    odd, *others = post.people(5)
    bad = builders.number_of(odd)

    class Odd(Gateway):
        def send(self, recipient: str, text: str) -> Outcome:
            if recipient == bad:
                return Outcome(Kind.RETRY, "a reason that nobody knows")
            return super().send(recipient, text)

    post.tell([odd, *others])
    Relay(Odd(post.simulator.url, post.settings.gateway_account), post.settings).once()
    assert {state(person)[0] for person in others} <= {"sent", "delivered"}
    assert state(odd)[0] == "sending"
    with time_machine.travel(clock.now() + dt.timedelta(seconds=91), tick=True):
        post.deliver()
    assert state(odd)[0] == "unknown"


def test_a_relay_that_died_leaves_its_messages_in_doubt(post: Post) -> None:
    (person,) = post.people(1)
    post.tell([person])
    relay = post.relay()
    with transaction():
        errands, _ = relay.claims.claim(clock.now(), 1, ())
    assert state(person)[0] == "sending"
    post.deliver()
    assert state(person)[0] == "unknown"
    late = Finished(errands[0], Outcome(Kind.SENT, timestamp=5), clock.now(), clock.now())
    with transaction():
        relay.claims.record([late])
    assert state(person)[0] == "sent"


def test_newer_words_do_not_overtake_what_is_in_doubt(post: Post) -> None:
    told, other = post.people(2)
    post.tell([told], "They are at the door.")
    with transaction():
        post.relay().claims.claim(clock.now(), 1, ())
    post.tell([told, other], "All clear.")
    post.deliver()
    assert (post.texts(told), post.texts(other)) == ([], ["All clear."])
    with time_machine.travel(clock.now() + dt.timedelta(seconds=62), tick=True):
        post.deliver()
    assert post.texts(told) == ["(repeat) They are at the door.", "All clear."]


def test_newer_words_do_not_overtake_what_is_tried_again_soon(post: Post) -> None:
    (person,) = post.people(1)
    post.plan(person, "network", times=1)
    post.tell([person], "They are at the door.")
    post.deliver()
    post.tell([person], "All clear.")
    post.deliver()
    with time_machine.travel(clock.now() + dt.timedelta(seconds=62), tick=True):
        post.deliver()
    assert post.texts(person) == ["They are at the door.", "All clear."]


def test_a_late_writer_changes_nothing(post: Post) -> None:
    (person,) = post.people(1)
    post.tell([person])
    relay = post.relay()
    with transaction():
        errands, _ = relay.claims.claim(clock.now(), 1, ())
        late = Finished(errands[0], Outcome(Kind.SENT, timestamp=5), clock.now(), clock.now())
        Message.update(lease="somebody else's").execute()
        relay.claims.record([late])
    assert state(person)[0] == "sending"


def test_a_claim_and_a_result_cost_no_rows_twice(post: Post) -> None:
    post.tell(post.people(3))
    relay = post.relay()
    with transaction():
        first, _ = relay.claims.claim(clock.now(), 2, ())
        busy = {errand.person_id for errand in first}
        second, _ = relay.claims.claim(clock.now(), 2, busy)
    assert (len(first), len(second)) == (2, 1)
    assert not busy & {errand.person_id for errand in second}
