"""A second person's yes or no by Signal, and what happens when nobody answers."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from app import REPLY_HANDLERS, TIMERS
from commons import clock
from commons.accounts.models import Account, AccountState, Membership
from commons.audit import AuditLink
from commons.messaging.models import Message, MessageState, MessageText, Topic
from commons.messaging.replies import hear
from commons.messaging.timers import Timers
from commons.messaging.words import words
from commons.permissions import Role
from commons.roster.models import Group, Person
from rapidresponse.alerts import asking, deciding, verifications
from rapidresponse.alerts.models import (
    Alert,
    Approval,
    ApprovalState,
    Outcome,
    VersionKind,
)
from tests import builders
from tests.page import Browser
from tests.rapidresponse.alerts.school import School, first, follow, heard, intent, send, signal_for
from tests.rapidresponse.alerts.test_approvals import say_yes

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)


@pytest.fixture
def mara(school: School) -> Person:
    """Mara, who may say yes for Lincoln, and whom Signal reaches in Spanish."""
    person = builders.a_person(school.cast.other_school, Group.VOLUNTEER, language="es")
    return signal_for(school.cast.mara, person)


def say(person: Person, text: str) -> str:
    """Return what the relay answers."""
    hear(person, clock.now(), text, None, REPLY_HANDLERS)
    return last_to(person)


def last_to(person: Person) -> str:
    rows = Message.select().where(Message.person == person).order_by(Message.id.desc())
    return rows.first().text.reveal("body")


def code() -> str:
    return Approval.select().order_by(Approval.id.desc()).first().code


def two_minutes_later() -> None:
    with time_machine.travel(clock.now() + dt.timedelta(seconds=121)):
        Timers(TIMERS).run_due()


def said_to_site(alert: Alert) -> dict[str, str]:
    topic = Topic.get(Topic.subject == f"alert-unanswered:{first(alert).public_id}")
    rows = MessageText.select().where(MessageText.topic == topic)
    return {row.audience: row.reveal("body") for row in rows}


def test_whoever_may_say_yes_is_asked_at_once_with_the_words_in_their_language(
    school: School, mara: Person
) -> None:
    send(school.site, school.cast.rosa)
    asked = last_to(mara)
    assert "2 personas esperan el sí" in asked
    assert "CONFIRMADO" in asked
    assert f"SÍ {code()}" in asked
    assert f"NO {code()}" in asked


def test_who_reads_no_language_of_the_families_reads_english(school: School, mara: Person) -> None:
    Person.update(language="en").where(Person.id == mara.id).execute()
    send(school.site, school.cast.rosa)
    assert "CONFIRMED. " in last_to(mara)
    assert "the school is following its plan" in last_to(mara)


@pytest.mark.parametrize("text", ["YES {}", "sí {}", "是{}", "{} yes"])
def test_a_yes_with_the_number_lets_families_hear_once(
    school: School, mara: Person, text: str
) -> None:
    alert = send(school.site, school.cast.rosa)
    answer = say(mara, text.format(code()))
    if text.startswith("{}"):
        assert len(heard(first(alert), MessageState.HELD)) == 2
        return
    assert "2 personas lo reciben ahora" in answer
    assert len(heard(first(alert), MessageState.QUEUED)) == 4
    approval = Approval.get()
    assert (approval.state, approval.decided_via) == (ApprovalState.GIVEN, "signal")
    assert approval.decided_by == builders.actor(school.cast.mara).ref
    assert AuditLink.select().where(AuditLink.kind == "alert.approved").count() == 1
    assert say(mara, f"NO {code()}") == words("es").say("approve_was_yes")


def test_a_no_with_the_number_takes_the_messages_back(school: School, mara: Person) -> None:
    alert = send(school.site, school.cast.rosa)
    assert "no lo reciben" in say(mara, f"no {code()}")
    assert len(heard(first(alert), MessageState.CANCELLED)) == 2
    assert say(mara, f"yes {code()}") == words("es").say("approve_was_no")


def test_whoever_decided_first_is_what_the_second_is_told(school: School, mara: Person) -> None:
    alert = send(school.site, school.cast.rosa)
    say_yes(alert, school.cast.noor)
    assert say(mara, f"NO {code()}") == words("es").say("approve_was_yes")
    assert len(heard(first(alert), MessageState.QUEUED)) == 4


def test_older_words_are_not_decided_after_newer_ones(school: School, mara: Person) -> None:
    alert = send(school.site, school.cast.rosa)
    old = code()
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    assert say(mara, f"YES {old}") == words("es").say("approve_was_newer")
    assert len(heard(first(alert), MessageState.CANCELLED)) == 2


def test_the_sender_and_who_looked_are_not_asked(school: School, mara: Person) -> None:
    send(school.site, school.cast.mara)
    assert not Topic.select().where(Topic.subject.startswith("approval:")).exists()
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1",), seen=False))
    record = verifications.verify(
        builders.actor(school.cast.mara),
        alert,
        Outcome.CONFIRMED,
        seen_themselves=True,
        seen_at=clock.now(),
    )
    wide = {"audiences": ("A1", "A2", "A9"), "verified": record.public_id}
    follow(alert, school.cast.rosa, VersionKind.UPDATE, **wide)
    assert Approval.select().count() == 2
    assert not Topic.select().where(Topic.subject.startswith("approval:")).exists()


def test_a_sender_who_answers_by_another_account_of_theirs_decides_nothing(
    school: School, mara: Person
) -> None:
    alert = send(school.site, school.cast.rosa)
    signal_for(school.cast.rosa, mara)
    assert say(mara, f"YES {code()}") == words("es").say("approve_not_you")
    assert len(heard(first(alert), MessageState.HELD)) == 2


@pytest.mark.parametrize("how", ["suspended", "frozen", "role", "phone"])
def test_whoever_may_no_longer_decide_is_told_so(school: School, mara: Person, how: str) -> None:
    alert = send(school.site, school.cast.rosa)
    own = Account.id == school.cast.mara.id
    later = clock.now() + dt.timedelta(hours=1)
    if how == "suspended":
        Account.update(state=AccountState.SUSPENDED).where(own).execute()
    elif how == "frozen":
        Account.update(frozen_until=later).where(own).execute()
    elif how == "role":
        held = Membership.account == school.cast.mara
        Membership.update(until=clock.now()).where(held).execute()
    else:
        method = builders.ContactMethod.person == mara
        builders.ContactMethod.update(held_at=clock.now()).where(method).execute()
    deciding_answer = deciding.decide(inbound(mara, f"YES {code()}"))
    assert deciding_answer == words("es").say("approve_not_you")
    assert len(heard(first(alert), MessageState.HELD)) == 2


def inbound(person: Person, text: str) -> deciding.Inbound:
    return deciding.Inbound(person, clock.now(), "other", text)


def test_wrong_numbers_decide_nothing_and_end(school: School, mara: Person) -> None:
    alert = send(school.site, school.cast.rosa)
    wrong = f"{(int(code()) + 1) % 10_000:04}"
    for _ in range(5):
        assert say(mara, f"YES {wrong}") == words("es").say("approve_wrong")
    assert say(mara, f"YES {wrong}") == words("es").say("approve_too_often")
    assert say(mara, f"YES {code()}") == words("es").say("approve_too_often")
    assert len(heard(first(alert), MessageState.HELD)) == 2


def test_the_right_number_from_somebody_who_was_not_asked_is_only_words(
    school: School, mara: Person
) -> None:
    alert = send(school.site, school.cast.rosa)
    assert deciding.decide(inbound(school.teacher, f"YES {code()}")) is None
    assert len(heard(first(alert), MessageState.HELD)) == 2


def test_for_more_than_three_hundred_only_those_who_may_are_asked(
    school: School, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = builders.a_person(school.cast.other_school, Group.VOLUNTEER)
    signal_for(school.cast.noor, noor)
    monkeypatch.setattr("rapidresponse.alerts.composer.MANY", 3)
    send(school.site, school.cast.rosa, count=4)
    approval = Approval.get()
    assert approval.permission == "alerts.approve-wide"
    asked = asking.second_people(Alert.get(), approval)
    assert [person.id for person in asked] == [noor.id]


def test_after_two_minutes_the_site_hears_that_nobody_has_decided(
    school: School, mara: Person
) -> None:
    alert = send(school.site, school.cast.rosa)
    two_minutes_later()
    said = said_to_site(alert)
    assert set(said) == {"A1", "A2"}
    for text in said.values():
        assert "NOT CONFIRMED BY A SECOND PERSON" in text
        assert f"{alert.code}.v1" in text
        assert not any(word in text for word in ("agents", "entrance", "CONFIRMED. "))
    assert "Se le pregunta una vez más" in last_to(mara)
    assert f"SÍ {code()}" in last_to(mara)
    assert Approval.get().unanswered_at is not None
    assert len(heard(first(alert), MessageState.HELD)) == 2


def test_a_yes_after_two_minutes_still_counts_and_takes_the_notice_back(
    school: School, mara: Person
) -> None:
    alert = send(school.site, school.cast.rosa)
    two_minutes_later()
    assert "2 personas lo reciben ahora" in say(mara, f"YES {code()}")
    topic = Topic.get(Topic.subject.startswith("alert-unanswered:"))
    states = {row.state for row in Message.select().where(Message.topic == topic)}
    assert states == {MessageState.CANCELLED}
    assert len(heard(first(alert), MessageState.QUEUED)) == 4


def test_whoever_may_decide_only_since_then_is_asked_with_the_others(
    school: School, mara: Person
) -> None:
    alert = send(school.site, school.cast.rosa)
    late = builders.a_person(school.cast.other_school, Group.VOLUNTEER, language="es")
    signal_for(school.cast.noor, late)
    two_minutes_later()
    assert "2 personas lo reciben ahora" in say(late, f"SÍ {code()}")
    assert len(heard(first(alert), MessageState.QUEUED)) == 4


def test_an_answer_in_time_keeps_the_notice_away(school: School, mara: Person) -> None:
    send(school.site, school.cast.rosa)
    say(mara, f"YES {code()}")
    two_minutes_later()
    assert not Topic.select().where(Topic.subject.startswith("alert-unanswered:")).exists()
    assert Approval.get().unanswered_at is None


def test_staff_who_only_heard_that_nobody_decided_hear_how_it_ends(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapidresponse.alerts.composer.MANY", 1)
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")), count=2)
    assert heard(first(alert), MessageState.HELD) == {school.teacher.id: "A2"}
    two_minutes_later()
    notice = Topic.get(Topic.subject.startswith("alert-unanswered:"))
    arrived = Message.topic == notice
    Message.update(state=MessageState.DELIVERED).where(arrived).execute()
    ended = follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert school.teacher.id in heard(ended, MessageState.QUEUED)


def test_only_those_with_the_role_here_are_asked(school: School) -> None:
    away = builders.an_account(Role.ADMINISTRATOR, school.cast.other_school)
    signal_for(away, builders.a_person(school.cast.other_school))
    send(school.site, school.cast.rosa)
    assert not Topic.select().where(Topic.subject.startswith("approval:")).exists()


@only_sqlcipher
def test_the_page_says_that_nobody_has_answered(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    two_minutes_later()
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}")
    assert "Nobody has answered within two minutes." in page.words
    assert "Nobody had answered within two minutes: core and staff were told so." in page.words
