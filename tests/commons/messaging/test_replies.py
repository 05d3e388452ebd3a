"""What comes back: receipts in any order, acknowledgements, STOP in any language, strangers."""

from __future__ import annotations

import dataclasses

import pytest

from commons import clock
from commons.messaging import envelopes, receiver, senders
from commons.messaging.models import Envelope, EnvelopeState, Message, MessageState, Reply
from commons.messaging.receiver import Receiver
from commons.messaging.replies import Inbound
from commons.messaging.words import words
from commons.roster.models import Consent, ConsentState, MethodState
from tests import builders
from tests.commons.messaging.conftest import Post, method, state

STOPS = [("en", "Stop."), ("es", "ALTO"), ("ko", "중지"), ("hy", "ՍՏՈՊ"), ("fa", "توقف")]


def told(post: Post, language: str = "en"):
    (person,) = post.people(1, language)
    post.tell([person])
    post.deliver()
    post.wait_for_receipts()
    return person


def test_a_read_receipt_moves_a_message_to_read(post: Post) -> None:
    person = told(post)
    assert state(person) == ("delivered", "")
    post.simulator.people.read(builders.number_of(person))
    post.wait_for_receipts()
    assert state(person) == ("read", "")


def test_receipts_in_any_order_and_number_change_nothing_more(post: Post) -> None:
    post.simulator.settings.automatic_receipts = False
    person = told(post)
    number = builders.number_of(person)
    phone = post.simulator.state.find(number)
    (message,) = (m for m in post.simulator.state.thread(phone) if m.to_phone)
    post.simulator.people.read(number)
    post.wait_for_receipts()
    for device in (1, 2, 2):
        post.simulator.people.receive(phone, message, device=device)
    post.wait_for_receipts()
    row = Message.get(Message.person == person)
    assert row.state is MessageState.READ
    assert row.delivered_at is not None


def test_a_receipt_that_beats_the_answer_is_not_lost(post: Post) -> None:
    post.simulator.settings.duplicate_receipts = True
    post.simulator.settings.receipt_delay_max_ms = 0.0
    topic_people = post.people(40)
    post.tell(topic_people)
    post.deliver()
    post.wait_for_receipts()
    assert {state(person) for person in topic_people} == {("delivered", "")}


def test_a_hidden_number_is_known_by_its_account(post: Post) -> None:
    (person,) = post.people(1)
    post.simulator.state.put_phone({"number": builders.number_of(person), "hidden": True})
    post.tell([person])
    post.deliver()
    post.wait_for_receipts()
    assert state(person) == ("delivered", "")
    post.say(person, "Where do we meet?")
    post.deliver()
    assert Reply.get().person == person


def test_the_gateways_contacts_say_whose_a_hidden_number_is(post: Post) -> None:
    (person,) = post.people(1)
    number, aci = builders.number_of(person), "99999999-9999-4999-8999-999999999999"
    assert senders.learn([(number, aci.upper())], {aci}) == 1
    assert method(person).reveal("recipient") == aci
    post.simulator.state.put_phone({"uuid": aci, "number": number})
    post.tell([person])
    post.deliver()
    assert len(post.texts(person)) == 1


def test_nothing_is_sent_to_an_account_that_a_receipt_claims(post: Post) -> None:
    post.simulator.settings.automatic_receipts = False
    person = told(post)
    stamp = Message.get(Message.person == person).timestamp
    aci = "99999999-9999-4999-8999-999999999999"
    receiver.store(_receipt(aci, stamp))
    post.deliver()
    post.tell([person], "second")
    post.deliver()
    assert post.texts(person) == ["School is closed.", "second"]
    post.say(person, "It is me, from my own number")
    post.deliver()
    assert method(person).reveal("recipient") != aci


def _receipt(uuid: str, *stamps: int) -> dict:
    now = clock.milliseconds()
    inner = {"when": now, "isDelivery": True, "isRead": False, "isViewed": False}
    return {
        "envelope": {
            "sourceUuid": uuid,
            "sourceNumber": None,
            "timestamp": now,
            "receiptMessage": {**inner, "timestamps": list(stamps)},
        },
        "account": "+12135550100",
    }


@pytest.mark.parametrize(("language", "word"), STOPS)
def test_stop_in_any_language_stops_everything_at_once(
    post: Post, language: str, word: str
) -> None:
    person = told(post, language)
    builders.a_consent(person, builders.a_site("Brookside Middle"))
    post.tell([person], "more", held=True)
    post.say(person, word)
    post.say(person, word)
    post.deliver()
    assert {row.state for row in Consent.select()} == {ConsentState.WITHDRAWN}
    assert Message.select().where(Message.state == MessageState.CANCELLED).count() == 1
    answers = [words(language).say("stop_done"), words(language).say("start_hint")]
    assert post.texts(person)[1:] == answers


def test_start_brings_the_messages_back(post: Post) -> None:
    person = told(post)
    post.say(person, "stop")
    post.say(person, "START")
    post.deliver()
    assert Consent.get(Consent.person == person).state is ConsentState.GIVEN
    assert post.texts(person)[-1] == words("en").say("start_done")


def test_words_that_nobody_understands_wait_for_a_person(post: Post) -> None:
    person = told(post)
    for text in ("Is the north gate open?", "Hello?"):
        post.say(person, text)
    post.deliver()
    assert [row.reveal("body") for row in Reply.select().order_by(Reply.id)] == [
        "Is the north gate open?",
        "Hello?",
    ]
    assert Reply.get().site == post.site
    assert post.texts(person)[1:] == [words("en").say("unknown")]


def test_a_handler_answers_in_the_persons_language(post: Post) -> None:
    person = told(post, "es")
    heard: list[Inbound] = []

    def handler(inbound: Inbound) -> str | None:
        heard.append(inbound)
        return "Gracias."

    post.say(person, "1")
    post.deliver(handlers=[handler])
    assert (heard[0].person, heard[0].meaning, heard[0].about) == (person, "ack", None)
    assert post.texts(person)[1:] == ["Gracias."]


def test_a_quote_and_a_reaction_say_which_message_is_meant(post: Post) -> None:
    person = told(post)
    first = Message.get(Message.person == person)
    heard: list[Inbound] = []
    post.say(person, "got it", quote_timestamp=first.timestamp)
    post.simulator.people.react(builders.number_of(person), "👍")
    post.simulator.drain()
    post.deliver(handlers=[lambda inbound: heard.append(inbound) or ""])
    assert [(one.meaning, one.about) for one in heard] == [("ack", first), ("reaction", first)]
    assert len(post.texts(person)) == 1


def test_help_is_answered(post: Post) -> None:
    person = told(post)
    post.say(person, "help")
    post.deliver()
    assert post.texts(person)[1:] == [words("en").say("help")]


def test_a_stranger_is_left_alone(post: Post) -> None:
    post.simulator.people.say("+12135550177", "Who is this?")
    post.simulator.drain()
    post.deliver()
    assert Reply.select().count() == 0
    assert post.all_texts() == []


def test_a_changed_key_marks_the_contact(post: Post) -> None:
    person = told(post)
    post.simulator.people.change_key(builders.number_of(person), say="It is me")
    post.simulator.drain()
    post.deliver()
    assert method(person).state is MethodState.FAILING


def test_words_that_are_taken_back_are_deleted(post: Post) -> None:
    person = told(post)
    message = post.simulator.people.say(builders.number_of(person), "My name is Ana")
    post.simulator.drain()
    post.deliver()
    assert Reply.select().count() == 1
    aci = method(person).reveal("recipient")
    receiver.store(_data(aci, {"remoteDelete": {"timestamp": message.timestamp}}))
    Receiver().process()
    assert Reply.select().count() == 0


def _data(uuid: str, part: dict) -> dict:
    data = {"timestamp": 1, "message": None, **part}
    return {"envelope": {"sourceUuid": uuid, "timestamp": 1, "dataMessage": data}}


def test_an_envelope_is_kept_once_and_emptied_when_done(post: Post) -> None:
    raw = _data("11111111-1111-4111-8111-111111111111", {"message": "hi"})
    assert receiver.store(raw)
    assert not receiver.store({"jsonrpc": "2.0", "method": "receive", "params": raw})
    found = Receiver()
    found.wake(["11111111-1111-4111-8111-111111111111"])
    found.process()
    row = Envelope.get()
    assert (row.state, row.body) == (EnvelopeState.DONE, None)


def test_a_poisoned_envelope_is_set_aside_and_harms_no_other(post: Post) -> None:
    person = told(post)
    receiver.store(b"\xff not json at all")
    receiver.store({"envelope": {"timestamp": "soon", "typingMessage": {}}})
    post.say(person, "Is there school?")
    found = Receiver()
    for _ in range(3):
        found.process()
        found.wake()
    failed = Envelope.select().where(Envelope.state == EnvelopeState.FAILED)
    assert failed.count() == 2
    assert all(row.body is None for row in failed)
    assert Reply.select().count() == 1


def test_an_unknown_account_is_given_up_in_the_end(db: str) -> None:
    asked: list[str] = []
    found = Receiver(ask_contacts=asked.append)
    receiver.store(_data("11111111-1111-4111-8111-111111111111", {"message": "hi"}))
    found.process()
    assert Envelope.get().state is EnvelopeState.STORED
    found.wake(asked)
    found.process()
    assert Envelope.get().state is EnvelopeState.DONE


def test_polling_brings_in_what_phones_say(post: Post) -> None:
    post.settings = dataclasses.replace(post.settings, receive="polling")
    post.simulator.settings.change({"mode": "normal", "webhook_url": ""})
    (person,) = post.people(1)
    post.tell([person])
    post.deliver()
    post.simulator.drain()
    post.deliver()
    assert state(person) == ("delivered", "")
    assert method(person).state is MethodState.WORKING


@pytest.mark.parametrize(
    "envelope",
    [
        {"typingMessage": {"action": "STARTED"}},
        {"syncMessage": {"readMessages": []}},
        {"callMessage": {}},
        {"dataMessage": {"timestamp": 1, "message": "x", "groupInfo": {"groupId": "g"}}},
        {"dataMessage": {"timestamp": 1, "message": None, "isExpirationUpdate": True}},
        {},
    ],
)
def test_what_is_of_no_use_is_ignored(envelope: dict) -> None:
    heard = envelopes.read({"envelope": {"timestamp": 1, **envelope}})
    assert heard.content == envelopes.Nothing()
