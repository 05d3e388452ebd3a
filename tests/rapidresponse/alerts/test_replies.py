"""What an answer means: the quote decides, then the question, then the one live alert."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.errors import Conflict, NotFound
from commons.messaging.conversations.engine import Engine
from commons.messaging.conversations.language import language_flow
from commons.messaging.models import Conversation, Message, MessageState, Reply
from commons.messaging.replies import hear, react
from commons.messaging.words import words
from commons.roster.models import Person
from rapidresponse.alerts import replies, tallies
from rapidresponse.alerts.models import Acknowledgement, Alert, VersionKind
from rapidresponse.alerts.replies import acknowledge
from tests import builders
from tests.rapidresponse.alerts.school import School, follow, intent, put, send

HANDLERS = (acknowledge,)


def got(alert: Alert, person: Person, number: int = 1) -> Message:
    """A message that is on the person's phone."""
    version = alert.versions.where(replies.AlertVersion.number == number).get()
    return put(version, person, MessageState.DELIVERED)


def say(person: Person, text: str, about: Message | None = None) -> None:
    hear(person, clock.now(), text, about, HANDLERS)


def acknowledged() -> list[tuple[int, int, str]]:
    return [(a.alert_id, a.person_id, a.via) for a in Acknowledgement.select()]


def last_answer(person: Person) -> str:
    rows = Message.select().where(Message.person == person).order_by(Message.id.desc())
    return rows.first().text.reveal("body")


@pytest.mark.parametrize("text", ["1", "ok", " 👍 ", "１", "recibido", "۱"])
def test_a_bare_answer_acknowledges_the_one_live_alert(school: School, text: str) -> None:
    alert = send(school.site, school.cast.rosa)
    got(alert, school.teacher)
    say(school.teacher, text)
    assert acknowledged() == [(alert.id, school.teacher.id, "reply")]
    assert alert.code in last_answer(school.teacher)


def test_an_answer_comes_in_the_persons_language(school: School) -> None:
    builders.Person.update(language="es").where(Person.id == school.teacher.id).execute()
    got(send(school.site, school.cast.rosa), school.teacher)
    say(Person.get_by_id(school.teacher.id), "1")
    assert "Gracias" in last_answer(school.teacher)


def test_a_quote_decides_between_two_alerts(school: School) -> None:
    one, two = (send(school.site, school.cast.rosa) for _ in range(2))
    quoted = got(one, school.teacher)
    got(two, school.teacher)
    say(school.teacher, "1", about=quoted)
    assert acknowledged() == [(one.id, school.teacher.id, "quote")]


@pytest.mark.parametrize("emoji", ["👍", "❤️", "😢"])
def test_any_reaction_acknowledges_and_is_not_answered(school: School, emoji: str) -> None:
    alert = send(school.site, school.cast.rosa)
    message = got(alert, school.teacher)
    react(school.teacher, clock.now(), emoji, message, HANDLERS)
    assert acknowledged() == [(alert.id, school.teacher.id, "reaction")]
    assert Message.select().where(Message.person == school.teacher).count() == 1


def test_between_two_alerts_we_ask_and_the_number_decides(school: School) -> None:
    one, two = (send(school.site, school.cast.rosa) for _ in range(2))
    got(one, school.teacher)
    got(two, school.teacher)
    say(school.teacher, "1")
    assert acknowledged() == []
    assert f"2 = {one.code}" in last_answer(school.teacher)
    say(school.teacher, "2")
    assert acknowledged() == [(one.id, school.teacher.id, "reply")]
    assert not Conversation.select().exists()


def test_a_code_in_the_answer_needs_no_question(school: School) -> None:
    one, two = (send(school.site, school.cast.rosa) for _ in range(2))
    got(one, school.teacher)
    got(two, school.teacher)
    say(school.teacher, f"ok {one.code.lower()}")
    assert acknowledged() == [(one.id, school.teacher.id, "reply")]


def test_a_question_is_open_for_half_an_hour(school: School) -> None:
    for _ in range(2):
        got(send(school.site, school.cast.rosa), school.teacher)
    say(school.teacher, "1")
    hear(school.teacher, clock.now() + dt.timedelta(minutes=31), "2", None, HANDLERS)
    assert acknowledged() == []


def test_a_number_that_was_sent_before_the_question_does_not_answer_it(school: School) -> None:
    for _ in range(2):
        got(send(school.site, school.cast.rosa), school.teacher)
    early = clock.now()
    say(school.teacher, "ok")
    hear(school.teacher, early, "2", None, HANDLERS)
    assert acknowledged() == []
    assert Conversation.select().exists()


def test_a_question_of_a_conversation_takes_its_number_before_the_alert(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    got(alert, school.teacher)
    engine = Engine((language_flow(),))
    handlers = (engine.handle, acknowledge, engine.ask_again)
    for text in ("language", "1"):
        hear(school.teacher, clock.now(), text, None, handlers)
    assert acknowledged() == []
    assert last_answer(school.teacher) == words("en").say("language_done")
    hear(school.teacher, clock.now(), "1", None, handlers)
    assert acknowledged() == [(alert.id, school.teacher.id, "reply")]


@pytest.mark.parametrize("text", ["ok", "👍", "recibido"])
def test_received_acknowledges_though_a_question_is_open(school: School, text: str) -> None:
    alert = send(school.site, school.cast.rosa)
    got(alert, school.teacher)
    engine = Engine((language_flow(),))
    for said in ("language", text):
        handlers = (engine.handle, acknowledge, engine.ask_again)
        hear(school.teacher, clock.now(), said, None, handlers)
    assert acknowledged() == [(alert.id, school.teacher.id, "reply")]


def test_somebody_who_stopped_acknowledges_nothing(school: School) -> None:
    got(send(school.site, school.cast.rosa), school.teacher)
    say(school.teacher, "stop")
    say(school.teacher, "1")
    assert acknowledged() == []


def test_answers_repeated_count_once(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    message = got(alert, school.teacher)
    for _ in range(3):
        say(school.teacher, "1")
        react(school.teacher, clock.now(), "👍", message, HANDLERS)
    assert len(acknowledged()) == 1


def test_a_question_in_a_quote_is_received_and_left_to_a_person(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    say(school.teacher, "Where do the buses go?", about=got(alert, school.teacher))
    assert len(acknowledged()) == 1
    assert [reply.text for reply in tallies.replies(alert)] == ["Where do the buses go?"]


def test_somebody_who_was_sent_nothing_acknowledges_nothing(school: School) -> None:
    send(school.site, school.cast.rosa)
    say(school.garcia, "1")
    assert acknowledged() == []
    assert Reply.select().count() == 1


def test_an_answer_to_the_all_clear_still_counts(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    got(alert, school.teacher)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    got(alert, school.teacher, number=2)
    say(school.teacher, "1")
    assert acknowledged() == [(alert.id, school.teacher.id, "reply")]


def test_a_person_deals_with_words_once(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    say(school.teacher, "Is the gym open?", about=got(alert, school.teacher))
    reply = Reply.get()
    replies.deal_with(builders.actor(school.cast.rosa), alert, reply.public_id)
    assert tallies.replies(alert) == []
    with pytest.raises(Conflict):
        replies.deal_with(builders.actor(school.cast.rosa), alert, reply.public_id)


def test_ines_cannot_deal_with_words_to_another_school(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(NotFound):
        replies.deal_with(builders.actor(school.cast.ines), alert, "anything")


def said() -> list[tuple[int, str]]:
    return [
        (a.alert_id, a.kind.value) for a in Acknowledgement.select().order_by(Acknowledgement.id)
    ]


@pytest.mark.parametrize(
    ("text", "kind", "answer"),
    [
        ("2", "safe", "recorded for {code} that you are safe"),
        ("Estoy bien", "safe", "that you are safe"),
        ("3", "need_help", "that you need help"),
        ("¡Necesito ayuda!", "need_help", "call 911"),
    ],
)
def test_safe_and_need_help_are_answers_of_their_own(
    school: School, text: str, kind: str, answer: str
) -> None:
    alert = send(school.site, school.cast.rosa)
    got(alert, school.teacher)
    say(school.teacher, text)
    assert said() == [(alert.id, kind)]
    assert answer.format(code=alert.code) in last_answer(school.teacher)


def test_help_alone_still_asks_for_the_list_which_says_how_to_get_a_person(school: School) -> None:
    got(send(school.site, school.cast.rosa), school.teacher)
    for text in ("help", "AYUDA"):
        say(school.teacher, text)
    assert said() == []
    assert "3 = need help: a person at your school sees it" in last_answer(school.teacher)


def test_who_needs_help_is_never_asked_which_alert(school: School) -> None:
    one, two = (send(school.site, school.cast.rosa) for _ in range(2))
    for alert in (one, two):
        got(alert, school.teacher)
    say(school.teacher, "3")
    assert sorted(said()) == [(one.id, "need_help"), (two.id, "need_help")]
    assert not Conversation.select().exists()


def test_who_is_safe_is_asked_which_alert_and_is_still_safe(school: School) -> None:
    one, two = (send(school.site, school.cast.rosa) for _ in range(2))
    for alert in (one, two):
        got(alert, school.teacher)
    say(school.teacher, "I am safe")
    say(school.teacher, "2")
    assert said() == [(one.id, "safe")]


def test_a_reaction_may_ask_for_help_and_is_answered(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    react(school.teacher, clock.now(), "🆘", got(alert, school.teacher), HANDLERS)
    assert said() == [(alert.id, "need_help")]
    assert "that you need help" in last_answer(school.teacher)


def test_somebody_who_stopped_is_still_heard_when_they_need_help(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    got(alert, school.teacher)
    say(school.teacher, "stop")
    say(school.teacher, "need help")
    assert said() == [(alert.id, "need_help")]


def test_who_needs_help_outside_any_alert_finds_a_person(school: School) -> None:
    say(school.teacher, "need help")
    assert [reply.reveal("body") for reply in Reply.select()] == ["need help"]
