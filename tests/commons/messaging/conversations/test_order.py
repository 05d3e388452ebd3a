"""Whatever order phones' messages come in, and however often: no answer to a wrong question."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons import clock
from commons.messaging import receiver
from commons.messaging.conversations.engine import Engine
from commons.messaging.conversations.flows import (
    Ask,
    Choice,
    End,
    Flow,
    Next,
    Question,
    Started,
    Talk,
)
from commons.messaging.models import Conversation, Message
from commons.messaging.receiver import Receiver
from commons.roster.models import Consent, ConsentState, Person
from tests import builders

_serial = itertools.count(1)
# What each answer was given to: its person, the question, when that was asked, when it was sent.
stored: list[tuple[int, str, dt.datetime, dt.datetime]] = []


def _choices(_talk: Talk) -> list[Choice]:
    return [Choice("left", "Left"), Choice("right", "Right")]


def _question(name: str, following: str | None) -> Question:
    def answer(talk: Talk, _value: str) -> Next:
        asked = dt.datetime.fromisoformat(talk.answers["asked"])
        stored.append((talk.person.id, name, asked, talk.at))
        if following is None:
            return End("Done.")
        return Ask(following, {"asked": talk.at.isoformat()})

    return Question(ask=lambda _talk: name, answer=answer, choices=_choices)


def _flow(name: str) -> Flow:
    return Flow(
        name,
        lambda text: Started() if text == name else None,
        lambda talk: Ask(f"{name} one", {"asked": talk.at.isoformat()}),
        {
            f"{name} one": _question(f"{name} one", f"{name} two"),
            f"{name} two": _question(f"{name} two", None),
        },
    )


ENGINE = Engine((_flow("alpha"), _flow("beta")))
TEXTS = st.sampled_from(["alpha", "beta", "1", "2", "left", "9", "what now", "stop", "ok"])


def _envelope(aci: str, stamp: int, text: str) -> dict[str, object]:
    data = {"timestamp": stamp, "message": text}
    return {"envelope": {"sourceUuid": aci, "timestamp": stamp, "dataMessage": data}}


@st.composite
def _arrivals(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    """What a phone says, and in which order, and how often, it is heard."""
    said = draw(st.lists(TEXTS, min_size=1, max_size=7))
    once = draw(st.permutations(range(len(said))))
    again = draw(st.lists(st.integers(0, len(said) - 1), max_size=5))
    return said, [*once, *again]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(arrivals=_arrivals())
def test_no_order_gives_an_answer_to_a_wrong_question(
    db: str, arrivals: tuple[list[str], list[int]]
) -> None:
    said, order = arrivals
    person, first = _somebody(), clock.milliseconds() - 60_000
    stored.clear()
    receiving = Receiver([ENGINE.handle, ENGINE.ask_again])
    for index in order:
        receiver.store(_envelope(_aci_of(person), first + index, said[index]))
        receiving.process()
    for _, _, asked, sent in stored:
        assert sent > asked
    assert len({sent for *_, sent in stored}) == len(stored)
    assert Message.select().where(Message.person == person).count() <= len(said)
    _check_stop(person, said, first)


def _check_stop(person: Person, said: list[str], first: int) -> None:
    if "stop" not in said:
        return
    assert Consent.get(Consent.person == person).state is ConsentState.WITHDRAWN
    last = max(index for index, text in enumerate(said) if text == "stop")
    before = clock.from_milliseconds(first + last)
    left = Conversation.get_or_none(Conversation.person == person)
    assert left is None or left.heard_at > before


def _aci_of(person: Person) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, person.public_id))


def _somebody() -> Person:
    person = builders.a_person(builders.a_site(f"School {next(_serial)}"), number=None)
    builders.a_method(person, f"+1213{next(_serial):07d}", _aci_of(person))
    builders.ContactMethod.update(checked_at=clock.now()).execute()
    return person


def test_the_same_envelope_twice_changes_nothing(db: str) -> None:
    person, stamp = _somebody(), clock.milliseconds()
    stored.clear()
    receiving = Receiver([ENGINE.handle, ENGINE.ask_again])
    for text, at in (("alpha", stamp), ("1", stamp + 1), ("1", stamp + 1), ("alpha", stamp)):
        receiver.store(_envelope(_aci_of(person), at, text))
        receiving.process()
    assert [name for _, name, *_ in stored] == ["alpha one"]
    assert Conversation.get(Conversation.person == person).question == "alpha two"
    assert Message.select().where(Message.person == person).count() == 2


def test_a_crash_loses_nothing_and_repeats_nothing(db: str) -> None:
    person, stamp = _somebody(), clock.milliseconds()
    stored.clear()
    receiver.store(_envelope(_aci_of(person), stamp, "alpha"))
    broken = Receiver([ENGINE.handle, ENGINE.ask_again, lambda _inbound: None])

    def crash(_inbound: object) -> str | None:
        ENGINE.handle(_inbound)  # type: ignore[arg-type]
        raise RuntimeError("The power went.")

    broken.handlers = [crash]
    broken.process()
    assert not Conversation.select().exists()
    assert not Message.select().exists()
    Receiver([ENGINE.handle]).process()
    assert Conversation.get().question == "alpha one"
    assert Message.select().count() == 1
