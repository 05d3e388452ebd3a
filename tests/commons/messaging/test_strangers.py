"""Strangers: answered only when they begin something, with or without a number to show."""

from __future__ import annotations

import uuid

import pytest

from commons import clock, limits
from commons.messaging import receiver
from commons.messaging.conversations.engine import Engine
from commons.messaging.conversations.flows import Ask, End, Flow, Question, Started
from commons.messaging.models import Message, Reply
from commons.messaging.receiver import Receiver
from commons.roster import numbers
from commons.roster.models import ContactMethod, Person
from tests import builders
from tests.commons.messaging.conftest import Post

ACI = "99999999-9999-4999-8999-999999999999"
HIDDEN = {"uuid": ACI, "number": "+12135550177", "hidden": True}


def joining() -> Flow:
    """A conversation that strangers may begin: JOIN, or UNIRME."""
    words = {"join": "en", "unirme": "es"}
    name = Question(
        ask=lambda talk: {"en": "Your name?", "es": "¿Su nombre?"}[talk.person.language],
        read=lambda talk: talk.text,
        answer=lambda _talk, value: End(f"{value} ✓"),
    )
    return Flow(
        "joining",
        lambda text: Started({}, words[text.lower()]) if text.lower() in words else None,
        lambda _talk: Ask("name"),
        {"name": name},
        strangers=True,
    )


def known_only() -> Flow:
    """A conversation that strangers may not begin."""
    return Flow("data", lambda text: Started() if text == "my data" else None, lambda _t: End("."))


ENGINE = Engine((joining(), known_only()))
HANDLERS = (ENGINE.handle, ENGINE.ask_again)


def deliver(post: Post) -> None:
    assert post.simulator.drain()
    post.deliver(handlers=HANDLERS, may_begin=ENGINE.may_begin)


def texts(post: Post, reference: str) -> list[str]:
    phone = post.simulator.state.phone(reference)
    return [one.text for one in post.simulator.state.thread(phone) if one.to_phone and one.arrived]


def test_a_stranger_with_a_hidden_number_has_a_whole_conversation(post: Post) -> None:
    post.simulator.state.put_phone(HIDDEN)
    post.simulator.people.say(ACI, "Unirme")
    deliver(post)
    assert texts(post, ACI) == ["¿Su nombre?"]
    post.simulator.people.say(ACI, "Ana")
    deliver(post)
    assert texts(post, ACI) == ["¿Su nombre?", "Ana ✓"]
    method = ContactMethod.get()
    assert method.reveal("value") == method.reveal("recipient") == ACI
    assert (method.person.language, method.person.reveal("name")) == ("es", "")
    assert numbers.ending(method.reveal("value")) == ""
    assert "hidden" in numbers.spaced(method.reveal("value"))


def test_a_number_that_is_shown_later_takes_the_place_of_the_id(post: Post) -> None:
    post.simulator.state.put_phone(HIDDEN)
    post.simulator.people.say(ACI, "join")
    deliver(post)
    post.simulator.state.put_phone({**HIDDEN, "hidden": False})
    post.simulator.people.say(ACI, "Ana")
    deliver(post)
    assert ContactMethod.get().reveal("value") == "+12135550177"
    assert texts(post, ACI)[-1] == "Ana ✓"
    assert Person.select().count() == 1


def test_a_number_that_is_somebody_elses_stays_theirs(db: str) -> None:
    owner = builders.a_person(builders.a_site(), number="+12135550177")
    receive(envelope("join"))
    receive(envelope("Ana", number="+12135550177"))
    guest = ContactMethod.get(ContactMethod.person != owner)
    assert guest.reveal("value") == ACI
    assert builders.number_of(owner) == "+12135550177"


def test_a_stranger_whose_number_shows_is_answered_at_that_number(post: Post) -> None:
    post.simulator.people.say("+12135550178", "Join")
    deliver(post)
    assert texts(post, "+12135550178") == ["Your name?"]
    assert ContactMethod.get().reveal("value") == "+12135550178"


@pytest.mark.parametrize("text", ["Who is this?", "1", "my data", "stop", "help"])
def test_what_begins_nothing_for_strangers_is_not_answered(db: str, text: str) -> None:
    receive(envelope(text))
    assert not Person.select().exists()
    assert not Message.select().exists()
    assert not Reply.select().exists()


@pytest.mark.parametrize("aci", ["u:someone.01", "--config=/etc/passwd", "+1213"])
def test_an_address_that_is_none_becomes_nobody(db: str, aci: str) -> None:
    receive(envelope("join", aci=aci))
    assert not Person.select().exists()


def test_a_flood_of_strangers_is_answered_up_to_a_limit(db: str) -> None:
    for _ in range(70):
        receive(envelope("join", aci=str(uuid.uuid4())))
    assert Person.select().count() == 60
    assert Message.select().count() == 60


def test_one_guest_gets_twenty_answers_an_hour_and_stop_still_works(db: str) -> None:
    for _ in range(30):
        receive(envelope("join"))
    assert Message.select().count() == 20
    receive(envelope("stop"))
    assert Message.select().count() == 21


def test_somebody_on_a_roster_is_not_limited_as_a_guest(db: str) -> None:
    person = builders.a_person(builders.a_site())
    for _ in range(30):
        receive(envelope("join", aci="", number=builders.number_of(person)))
    assert Message.select().count() == 30
    limits.check("guest")


_stamps = iter(range(10_000))


def envelope(text: str, aci: str = ACI, number: str | None = None) -> dict[str, object]:
    stamp = clock.milliseconds() + next(_stamps)
    data = {"timestamp": stamp, "message": text}
    source = {"sourceUuid": aci or None, "sourceNumber": number, "timestamp": stamp}
    return {"envelope": {**source, "dataMessage": data}}


def receive(document: dict[str, object]) -> None:
    """Hear an envelope from an account id that the gateway's contacts do not have."""
    receiver.store(document)
    receiving = Receiver(HANDLERS, may_begin=ENGINE.may_begin)
    source = document["envelope"]["sourceUuid"]  # type: ignore[index]
    receiving.wake([source] if source else [])
    receiving.process()
