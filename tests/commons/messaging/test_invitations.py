"""The one message to whom somebody else added: who, why, and how to say yes or no."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import clock
from commons.accounts.who import role_at
from commons.errors import Conflict
from commons.messaging import invitations, outbox
from commons.messaging.conversations import state
from commons.messaging.invitations import answering, telling
from commons.messaging.models import Message, MessageState, Topic
from commons.messaging.outbox import Recipient
from commons.messaging.replies import Handler, hear, react
from commons.messaging.words import LOCALES, plain, sayings, words
from commons.permissions import CONSOLE
from commons.roster import service as roster
from commons.roster.models import Consent, ConsentState, ContactMethod, Group, Person, RosterEntry
from commons.roster.reach import reach
from commons.sites.models import Site
from tests.builders import Cast, a_person, actor
from tests.commons.messaging.conftest import Post

tell = telling(role_at)


def added(
    cast: Cast,
    by: object = None,
    site: Site | None = None,
    number: str = "213 555 0142",
    language: str = "en",
) -> Person:
    who = actor(by or cast.rosa)  # type: ignore[arg-type]
    where = site or cast.lincoln
    return roster.add_person(
        who, where, name="Zoraida", language=language, group=Group.FAMILY, number=number
    )


def told(person: Person) -> list[str]:
    rows = Message.select().where(Message.person == person).order_by(Message.id)
    return [row.text.reveal("body") for row in rows]


def arrive() -> None:
    Message.update(state=MessageState.DELIVERED, sent_at=clock.now()).execute()


def asked(cast: Cast, **given: object) -> Person:
    person = added(cast, **given)  # type: ignore[arg-type]
    tell(clock.now())
    arrive()
    return person


def say(
    person: Person, text: str, about: Message | None = None, handler: Handler | None = None
) -> None:
    at = clock.now() + dt.timedelta(seconds=1)
    hear(person, at, text, about, (handler or answering(),))


def an_alert(site: Site, person: Person) -> None:
    way = ContactMethod.get(ContactMethod.person == person)
    texts, to = {("", "en"): "Closed."}, [Recipient(person.id, way.id, "", "en", 10)]
    outbox.enqueue(f"test:{site.id}", site.id, texts, to)
    arrive()


def test_it_says_who_added_them_why_and_how_to_say_no(cast: Cast) -> None:
    person = asked(cast)
    assert told(person) == [
        "The site lead of Lincoln Elementary added you so that the school can tell you when "
        "something happens.\n"
        "Reply YES to get these messages. Reply NO and we delete your number."
    ]


def test_it_names_nobody_and_needs_no_agreement(cast: Cast) -> None:
    person = asked(cast)
    assert "Rosa" not in told(person)[0]
    assert "Zoraida" not in told(person)[0]
    assert Topic.get().site is None


def test_an_administrator_and_the_office_are_called_so(cast: Cast) -> None:
    person = asked(cast, by=cast.mara)
    assert "An administrator of Lincoln Elementary" in told(person)[0]
    by_import = roster.add_person(
        CONSOLE, cast.lincoln, name="Bo", language="es", group=Group.FAMILY, number="213 555 0143"
    )
    tell(clock.now())
    assert "La oficina de Lincoln Elementary" in told(by_import)[0]


def test_each_is_asked_once_however_often_the_job_runs(cast: Cast) -> None:
    person = added(cast)
    assert [tell(clock.now()) for _ in range(3)] == [1, 0, 0]
    assert len(told(person)) == 1


def test_a_crash_while_asking_leaves_neither_message_nor_mark(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, whole = added(cast), outbox.enqueue

    def dies(*given: object, **more: object) -> None:
        whole(*given, **more)  # type: ignore[arg-type]
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(invitations.outbox, "enqueue", dies)
        with pytest.raises(SystemExit):
            tell(clock.now())
    assert told(person) == []
    tell(clock.now())
    assert len(told(person)) == 1


def test_whoever_agreed_on_paper_gets_nothing(cast: Cast) -> None:
    for _ in range(3):
        a_person(cast.lincoln, Group.FAMILY, consent=ConsentState.GIVEN)
    assert tell(clock.now()) == 0
    assert Message.select().count() == 0


def test_many_are_asked_a_batch_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "BATCH", 2)
    for _ in range(5):
        a_person(cast.lincoln, Group.FAMILY, consent=ConsentState.INVITED)
    assert [tell(clock.now()) for _ in range(4)] == [2, 2, 1, 0]


def test_two_schools_ask_in_one_message_and_one_yes_answers_both(cast: Cast) -> None:
    person = added(cast)
    added(cast, cast.ines, cast.other_school)
    tell(clock.now())
    arrive()
    (text,) = told(person)
    assert "Lincoln Elementary" in text
    assert "Brookside Middle" in text
    say(person, "YES")
    assert {row.state for row in Consent.select()} == {ConsentState.GIVEN}


def test_a_number_gets_at_most_two_in_an_hour_whoever_adds_it(cast: Cast) -> None:
    person = added(cast)
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as travel:
        for _ in range(5):
            Consent.update(told_at=None).execute()
            Topic.update(subject=Topic.subject.concat("x")).execute()
            tell(clock.now())
        assert len(told(person)) == 2
        travel.shift(dt.timedelta(minutes=61))
        tell(clock.now())
    assert len(told(person)) == 3


@pytest.mark.parametrize("text", ["YES", "1", "sí", "네", "¡Sí!"])
def test_yes_makes_them_reachable(cast: Cast, text: str) -> None:
    person = asked(cast)
    say(person, text)
    agreed = Consent.get()
    assert (agreed.state, agreed.reveal("source")) == (ConsentState.GIVEN, "said yes in Signal")
    assert agreed.recorded_by == "relay"
    assert len(reach(cast.lincoln, groups=[Group.FAMILY]).reachable) == 1
    assert told(person)[-1].startswith("Thank you. You get the messages of Lincoln Elementary")


@pytest.mark.parametrize("text", ["ok", "received", "who is this?", "👍", "2"])
def test_nothing_but_a_yes_is_a_yes(cast: Cast, text: str) -> None:
    person = asked(cast)
    say(person, text)
    assert Consent.get().state == ConsentState.INVITED


def test_a_thumb_on_the_question_is_no_agreement(cast: Cast) -> None:
    person = asked(cast)
    react(person, clock.now(), "👍", Message.get(), (answering(),))
    assert Consent.get().state == ConsentState.INVITED


def test_no_takes_them_off_the_list_and_nothing_more_is_sent(cast: Cast) -> None:
    person = asked(cast)
    say(person, "NO")
    assert Consent.get().state == ConsentState.WITHDRAWN
    assert RosterEntry.get().until is not None
    assert told(person)[-1].startswith("You are taken off the list of Lincoln Elementary.")
    assert told(person)[-1].endswith("Your number is deleted within 30 days.")
    assert tell(clock.now()) == 0


def test_no_erases_who_is_nowhere_else(cast: Cast) -> None:
    person, forgotten = asked(cast), []
    say(person, "NO", handler=answering(forgotten.append))
    assert forgotten == [person]
    assert len(told(person)) == 1  # the last word is said by whoever erases


def test_no_to_one_school_erases_nobody_whom_another_has(cast: Cast) -> None:
    person = a_person(cast.other_school, Group.FAMILY, name="Zoraida", number="+12135550142")
    assert asked(cast) == person
    forgotten: list[Person] = []
    say(person, "no", handler=answering(forgotten.append))
    assert forgotten == []
    assert told(person)[-1].startswith("You are taken off the list of Lincoln Elementary.")
    assert len(reach(cast.other_school, groups=[Group.FAMILY]).reachable) == 1


def test_a_legal_hold_is_told(cast: Cast) -> None:
    def refuses(_person: Person) -> None:
        raise Conflict("A legal hold covers this.")

    person = asked(cast)
    say(person, "NO", handler=answering(refuses))
    assert told(person)[-1].endswith(words("en").say("invited_held"))
    assert Consent.get().state == ConsentState.WITHDRAWN


def test_who_said_no_is_not_asked_again_when_they_are_added_again(cast: Cast) -> None:
    person = asked(cast)
    say(person, "NO")
    roster.forget_person(actor(cast.rosa), person)
    again = added(cast)
    assert tell(clock.now()) == 0
    assert told(again) == []
    # The lead sees that they said stop, instead of a person who vanishes.
    assert Consent.get(Consent.person == again).withdrawn_by == "signal"
    assert RosterEntry.get(RosterEntry.person == again).until is None


def test_an_answer_to_an_alert_is_not_taken_for_one_to_this(cast: Cast) -> None:
    person = a_person(cast.other_school, Group.FAMILY, name="Zoraida", number="+12135550142")
    asked(cast)
    an_alert(cast.other_school, person)
    for text in ("1", "no"):
        say(person, text)
    assert Consent.get(Consent.site == cast.lincoln).state == ConsentState.INVITED
    question = Message.select().order_by(Message.id).first()
    say(person, "yes", about=question)
    assert Consent.get(Consent.site == cast.lincoln).state == ConsentState.GIVEN


def test_an_open_question_of_a_conversation_has_its_answer(cast: Cast) -> None:
    person = asked(cast)
    state.ask(person, "language", "which", {}, clock.now())
    say(person, "1")
    assert Consent.get().state == ConsentState.INVITED


def test_a_stop_before_it_went_takes_it_back(cast: Cast) -> None:
    person = added(cast)
    tell(clock.now())
    say(person, "STOP")
    first = Message.select().order_by(Message.id).first()
    assert first.state == MessageState.CANCELLED


def test_a_yes_twice_is_one_yes(cast: Cast) -> None:
    person = asked(cast)
    say(person, "yes")
    say(person, "yes")
    assert Consent.get().state == ConsentState.GIVEN


def test_it_reaches_a_phone_and_the_yes_comes_back(post: Post) -> None:
    person = a_person(post.site, Group.FAMILY, consent=ConsentState.INVITED)
    tell(clock.now())
    post.deliver()
    assert [text.count("Reply YES") for text in post.texts(person)] == [1]
    post.say(person, "YES")
    post.deliver(handlers=(answering(),))
    assert Consent.get().state == ConsentState.GIVEN


@pytest.mark.parametrize("locale", LOCALES)
def test_the_question_offers_words_that_are_understood(locale: str) -> None:
    said = plain(words(locale).phrases["invited_answer"])
    for key in ("yes", "no"):
        assert any(word in said for word in sayings(key) & words(locale).commands[key])
