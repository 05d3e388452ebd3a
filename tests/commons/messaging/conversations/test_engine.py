"""One question a message; numbers, words and languages; what is late, strange or too much."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.errors import Conflict
from commons.messaging.conversations import state
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
    ToPerson,
)
from commons.messaging.models import Conversation, Message, MessageState, Reply
from commons.messaging.replies import Inbound, hear, react
from commons.messaging.words import sayings, words
from commons.roster.models import Consent, ConsentState, Person
from tests import builders

YES_NO = (
    Choice("yes", "Yes", sayings("yes")),
    Choice("no", "No", sayings("no")),
)
kept: list[dict[str, str]] = []


def _snack(talk: Talk, value: str) -> Next:
    if value == "soup":
        raise Conflict("There is no soup left.")
    return Ask("sure", {"snack": value})


def _sure(talk: Talk, value: str) -> Next:
    kept.append({**talk.answers, "sure": value})
    return End("Noted.") if value == "yes" else ToPerson()


def snack_flow() -> Flow:
    """Which snack, and whether they are sure."""
    return Flow(
        "snack",
        lambda text: Started() if text.lower() == "snack" else None,
        lambda _talk: Ask("which"),
        {
            "which": Question(
                ask=lambda _talk: "Which snack?",
                choices=lambda _talk: [
                    Choice("apple", "Apple", frozenset({"manzana"})),
                    Choice("bread", "Bread"),
                    Choice("soup", "Soup"),
                ],
                answer=_snack,
            ),
            "sure": Question(
                ask=lambda talk: f"{talk.answers['snack']}: are you sure?",
                choices=lambda _talk: YES_NO,
                answer=_sure,
            ),
        },
    )


def name_flow() -> Flow:
    """A question with free words."""
    return Flow(
        "name",
        lambda text: Started() if text.lower() == "name" else None,
        lambda _talk: Ask("name"),
        {
            "name": Question(
                ask=lambda _talk: "What shall we call you?",
                read=lambda talk: talk.text if talk.text.isalpha() else None,
                answer=lambda _talk, value: End(f"Hello {value}"),
            )
        },
        strangers=True,
    )


ENGINE = Engine((snack_flow(), name_flow()))
HANDLERS = (ENGINE.handle, ENGINE.ask_again)


@pytest.fixture
def person(db: str) -> Person:
    kept.clear()
    return builders.a_person(builders.a_site())


def say(person: Person, *texts: str, about: Message | None = None) -> None:
    for text in texts:
        hear(person, _later(), text, about, HANDLERS)


_seconds = iter(range(1, 100_000))


def _later() -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=next(_seconds) / 1000)


def answers(person: Person) -> list[str]:
    rows = Message.select().where(Message.person == person).order_by(Message.id)
    return [row.text.reveal("body") for row in rows]


def test_a_command_begins_and_numbers_answer(person: Person) -> None:
    say(person, "snack", "1", "2")
    assert answers(person)[0] == "Which snack?\n1 Apple\n2 Bread\n3 Soup"
    assert answers(person)[1] == "apple: are you sure?\n1 Yes\n2 No"
    assert kept == [{"snack": "apple", "sure": "no"}]
    assert not Conversation.select().exists()


@pytest.mark.parametrize("text", ["2", "２", "۲", "2.", "2 Bread", "bread", "BREAD!"])
def test_a_choice_is_taken_by_number_or_words(person: Person, text: str) -> None:
    say(person, "snack", text)
    assert answers(person)[-1].startswith("bread: are you sure?")


@pytest.mark.parametrize("text", ["yes", "sí", "네", "是", "այո", "بله", "1", "۱"])
def test_yes_is_understood_in_every_language(person: Person, text: str) -> None:
    say(person, "snack", "manzana", text)
    assert kept == [{"snack": "apple", "sure": "yes"}]
    assert answers(person)[-1] == "Noted."


def test_free_words_are_read_where_a_question_reads_them(person: Person) -> None:
    say(person, "name", "Ana")
    assert answers(person)[-1] == "Hello Ana"


def test_the_first_slip_asks_again_and_the_second_goes_to_a_person(person: Person) -> None:
    say(person, "snack", "7")
    assert (
        answers(person)[-1]
        == "Please answer with a number.\nWhich snack?\n1 Apple\n2 Bread\n3 Soup"
    )
    assert not Reply.select().exists()
    say(person, "cake")
    assert [row.reveal("body") for row in Reply.select()] == ["cake"]
    assert answers(person)[-1] == words("en").say("unknown")
    assert not Conversation.select().exists()


def test_slips_are_counted_for_one_question_at_a_time(person: Person) -> None:
    say(person, "snack", "7", "1", "7")
    assert answers(person)[-1].startswith("Please answer with a number.\napple: are you sure?")


def test_a_sentence_reaches_a_person_though_a_question_is_open(person: Person) -> None:
    say(person, "snack", "there are agents at the gate")
    assert [row.reveal("body") for row in Reply.select()] == ["there are agents at the gate"]
    assert answers(person)[-1].startswith("Please answer with a number.")


def test_another_command_begins_in_the_middle(person: Person) -> None:
    say(person, "snack", "name", "Ana")
    assert answers(person)[-1] == "Hello Ana"
    assert kept == []


def test_stop_is_heard_before_an_open_question(person: Person) -> None:
    say(person, "name", "stop")
    assert Consent.get().state is ConsentState.WITHDRAWN
    assert not Conversation.select().exists()


def test_an_answer_comes_too_late_after_half_an_hour(person: Person) -> None:
    hear(person, clock.now(), "snack", None, HANDLERS)
    hear(person, clock.now() + dt.timedelta(minutes=31), "1", None, HANDLERS)
    assert len(answers(person)) == 2
    assert answers(person)[-1] == words("en").say("unknown")


@pytest.mark.parametrize("text", ["1", "Apple", "name", "snack", "ok"])
def test_what_was_sent_before_the_question_answers_nothing(person: Person, text: str) -> None:
    before = clock.now()
    say(person, "snack")
    hear(person, before, text, None, HANDLERS)
    assert len(answers(person)) == 1
    assert state.current(person, clock.now()).question == "which"
    assert not Reply.select().exists()


def test_a_sentence_sent_before_the_question_still_reaches_a_person(person: Person) -> None:
    before = clock.now()
    say(person, "snack")
    hear(person, before, "agents are at the gate now", None, HANDLERS)
    assert Reply.select().count() == 1
    assert answers(person)[1:] == [words("en").say("unknown")]
    assert Conversation.get().misses == 0


def test_what_cannot_be_done_is_said_and_ends_the_conversation(person: Person) -> None:
    say(person, "snack", "3")
    assert answers(person)[-1] == "There is no soup left."
    assert not Conversation.select().exists()


def test_a_flow_may_leave_the_words_to_a_person(person: Person) -> None:
    say(person, "snack", "1", "No thanks")
    assert Reply.get().reveal("body") == "No thanks"


def test_a_reaction_and_a_quote_of_an_alert_pass_by(person: Person) -> None:
    say(person, "snack")
    alert = builders.a_site("Brookside")
    about = _sent(person, alert.id)
    assert ENGINE.handle(Inbound(person, _later(), "reaction", "👍", about)) is None
    assert ENGINE.handle(Inbound(person, _later(), "ack", "1", about)) is None
    react(person, _later(), "👍", about, HANDLERS)
    assert state.current(person, clock.now()).question == "which"


def test_a_quote_of_the_question_itself_answers_it(person: Person) -> None:
    say(person, "snack")
    question = Message.get(Message.person == person)
    say(person, "1", about=question)
    assert answers(person)[-1].startswith("apple")
    say(person, "1", about=question)
    assert kept == []


def _sent(person: Person, site_id: int) -> Message:
    from commons.messaging import outbox
    from commons.roster.models import ContactMethod

    method = ContactMethod.get(ContactMethod.person == person)
    topic = outbox.enqueue(
        f"alert:{next(_seconds)}",
        site_id,
        {("", "en"): "Reply 1 when you got this."},
        [outbox.Recipient(person.id, method.id, "", "en", 10)],
    )
    Message.update(state=MessageState.SENT, sent_at=_later()).where(
        Message.topic == topic
    ).execute()
    return Message.get(Message.topic == topic)


def test_a_one_after_an_alert_does_not_answer_an_older_question(person: Person) -> None:
    say(person, "snack", "1")
    _sent(person, builders.a_site("Brookside").id)
    heard: list[str] = []

    def alerts(inbound: Inbound) -> str:
        heard.append(inbound.text)
        return ""

    hear(person, _later(), "1", None, (ENGINE.handle, alerts, ENGINE.ask_again))
    assert heard == ["1"]
    assert kept == []
    say(person, "2")
    assert kept == [{"snack": "apple", "sure": "no"}]


def test_a_one_that_no_alert_wants_answers_the_question_after_all(person: Person) -> None:
    say(person, "snack")
    _sent(person, builders.a_site("Brookside").id)
    say(person, "1")
    assert answers(person)[-1].startswith("apple: are you sure?")


def test_a_sentence_older_than_a_question_for_free_words_is_not_its_answer(person: Person) -> None:
    before = clock.now()
    say(person, "name")
    hear(person, before, "Ana", None, HANDLERS)
    assert state.current(person, clock.now()).question == "name"
    assert Reply.get().reveal("body") == "Ana"


def test_sixty_turns_an_hour_are_answered_and_then_a_person_reads(person: Person) -> None:
    for _ in range(65):
        say(person, "snack")
    assert len([text for text in answers(person) if text.startswith("Which snack?")]) == 60
    assert Reply.select().count() == 5


def test_strangers_may_begin_only_what_is_open_to_them() -> None:
    assert ENGINE.may_begin("name") == Started()
    assert ENGINE.may_begin("snack") is None
    assert ENGINE.may_begin("Who is this?") is None


def test_somebody_who_is_being_erased_is_not_talked_to(person: Person) -> None:
    Person.update(leaving_at=clock.now()).execute()
    say(Person.get_by_id(person.id), "snack", "stop")
    assert answers(person) == []
    assert not Conversation.select().exists()


def test_somebody_who_stopped_can_still_begin_something(person: Person) -> None:
    say(person, "stop", "name", "Ana")
    assert answers(person)[-1] == "Hello Ana"


@pytest.mark.parametrize("text", ["join", "Unirme", "START", "가입", "加入"])
def test_join_without_a_code_brings_stopped_messages_back(person: Person, text: str) -> None:
    say(person, "stop", text)
    assert Consent.get().state is ConsentState.GIVEN


def test_a_clock_that_is_years_ahead_keeps_no_question_for_years(person: Person) -> None:
    hear(person, clock.now() + dt.timedelta(days=4000), "snack", None, HANDLERS)
    assert Conversation.get().expires_at < clock.now() + dt.timedelta(days=2)


def test_two_conversations_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Engine((snack_flow(), snack_flow()))
