"""A role that must answer is waited for; then the next in it is asked, and at last the core."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.errors import Conflict, Forbidden, NotFound
from commons.messaging.models import Message, MessageState, MessageText, Topic
from commons.messaging.replies import Inbound
from commons.roster.models import Person, SlotKind
from rapidresponse.alerts import replies, watches
from rapidresponse.alerts.models import Alert, RoleWatch, VersionKind, WatchState
from tests import builders
from tests.rapidresponse.alerts.school import School, first, follow, intent, pass_time, put, send


def later(**given: int) -> dt.datetime:
    return clock.now() + dt.timedelta(**given)


@pytest.fixture
def heads(school: School) -> list[Person]:
    """Two administrators, in calling order."""
    return [builders.a_person(school.site, slot=SlotKind.SCHOOL_ADMINISTRATOR) for _ in range(2)]


def core(school: School) -> Alert:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1",), seen=False))
    pass_time(later(seconds=2))
    return alert


def asked(about: str = "alert-role") -> list[tuple[int, str]]:
    rows = Message.select().join(Topic).where(Topic.subject.startswith(f"{about}:"))
    found = list(rows.order_by(Message.id))
    return [(row.person_id, MessageText.get_by_id(row.text_id).reveal("body")) for row in found]


def watch(role: SlotKind = SlotKind.SCHOOL_ADMINISTRATOR) -> RoleWatch:
    found: RoleWatch = RoleWatch.get(RoleWatch.role == role.value)
    return found


def answer(alert: Alert, person: Person) -> str | None:
    put(first(alert), person, MessageState.DELIVERED)
    return replies.acknowledge(Inbound(person, clock.now(), "ack", "1", None))


def test_each_holder_has_three_minutes_and_then_the_next_is_asked(
    school: School, heads: list[Person]
) -> None:
    core(school)
    assert watch().person == heads[0]
    pass_time(later(seconds=179))
    assert asked() == []
    pass_time(later(seconds=184))
    [(person, words)] = asked()
    assert person == heads[1].id
    assert "those asked before you" in words
    assert watch().person == heads[1]


def test_whoever_answers_ends_the_wait_for_the_whole_role(
    school: School, heads: list[Person]
) -> None:
    alert = core(school)
    answer(alert, heads[1])
    assert watch().state is WatchState.ANSWERED
    assert watch().person == heads[1]
    pass_time(later(minutes=9))
    assert asked() == []


def test_somebody_elses_answer_hides_the_alert_from_nobody(
    school: School, heads: list[Person]
) -> None:
    alert = core(school)
    answer(alert, school.lead)
    assert watch().state is WatchState.WAITING
    pass_time(later(seconds=184))
    assert [person for person, _ in asked()] == [heads[1].id]


def test_when_nobody_is_left_the_core_is_told_to_call(school: School, heads: list[Person]) -> None:
    core(school)
    for minutes in (4, 8):
        pass_time(later(minutes=minutes))
    told = {person for person, _ in asked("alert-role-nobody")}
    assert told == {school.lead.id, *(head.id for head in heads)}
    assert watch().state is WatchState.NOBODY_LEFT


def test_a_role_that_nobody_fills_is_said_at_once(school: School) -> None:
    core(school)
    pass_time(later(seconds=3))
    assert [p for p, _ in asked("alert-role-nobody")] == [school.lead.id]


def test_a_late_answer_still_counts(school: School, heads: list[Person]) -> None:
    alert = core(school)
    for minutes in (4, 8):
        pass_time(later(minutes=minutes))
    answer(alert, heads[0])
    assert watch().state is WatchState.ANSWERED


def test_the_sender_is_not_asked_for_their_own_role(school: School, heads: list[Person]) -> None:
    core(school)
    assert watch(SlotKind.SITE_LEAD).state is WatchState.ANSWERED


def test_nobody_is_asked_after_the_end(school: School, heads: list[Person]) -> None:
    alert = core(school)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert watch().state is WatchState.ENDED
    pass_time(later(hours=1))
    assert asked() == []


def test_the_sender_can_ask_everybody_in_a_role_now(school: School, heads: list[Person]) -> None:
    alert = core(school)
    rosa = builders.actor(school.cast.rosa)
    assert watches.ask_all(rosa, alert, watch().public_id) == 2
    assert [person for person, _ in asked()] == [head.id for head in heads]
    answer(alert, heads[0])
    with pytest.raises(Conflict):
        watches.ask_all(rosa, alert, watch().public_id)


def test_only_those_who_may_send_can(school: School, heads: list[Person]) -> None:
    alert = core(school)
    for who, error in (("noor", Forbidden), ("ines", NotFound)):
        with pytest.raises(error):
            watches.ask_all(builders.actor(getattr(school.cast, who)), alert, watch().public_id)
    assert asked() == []
