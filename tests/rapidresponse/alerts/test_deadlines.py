"""The promised next word is asked for, and silence is called *not confirmed over*, once each."""

from __future__ import annotations

import datetime as dt

from commons import clock
from commons.accounts.models import Account
from commons.messaging.models import Message, MessageText, Topic
from commons.roster.models import SlotKind
from rapidresponse.alerts.models import VersionKind
from tests import builders
from tests.rapidresponse.alerts.school import School, follow, intent, pass_time, send


def later(**given: int) -> dt.datetime:
    return clock.now() + dt.timedelta(**given)


def said(about: str) -> list[tuple[int, str]]:
    """Return whom such a message went to, and its words."""
    rows = Message.select().join(Topic).where(Topic.subject.startswith(f"{about}:"))
    return [(row.person_id, MessageText.get_by_id(row.text_id).reveal("body")) for row in rows]


def test_a_silent_alert_is_called_not_confirmed_over_to_the_core_once(school: School) -> None:
    send(school.site, school.cast.rosa)
    pass_time(later(minutes=29))
    assert said("alert-stale") == []
    pass_time(later(minutes=31))
    pass_time(later(minutes=90))
    [(person, body)] = said("alert-stale")
    assert person == school.lead.id
    assert "NOT CONFIRMED OVER" in body
    assert "ALL CLEAR" not in body


def test_the_question_goes_to_nobody_whom_the_chain_has_not_reached(school: School) -> None:
    send(school.site, school.cast.rosa, intent(audiences=("A1",)))
    builders.a_person(school.site, slot=SlotKind.BACKUP_LEAD)
    pass_time(later(minutes=31))
    assert [person for person, _ in said("alert-stale")] == [school.lead.id]


def test_an_alert_that_is_over_is_not_asked_about(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    pass_time(later(days=1))
    assert [said(about) for about in ("alert-nag", "alert-late", "alert-stale")] == [[], [], []]


def test_whoever_promised_the_next_word_is_reminded_two_minutes_before(school: School) -> None:
    Account.update(person=school.teacher).where(Account.id == school.cast.rosa.id).execute()
    send(school.site, school.cast.rosa)
    pass_time(later(minutes=7))
    assert said("alert-nag") == []
    pass_time(later(minutes=9))
    [(person, body)] = said("alert-nag")
    assert person == school.teacher.id
    assert "you promised an update" in body


def test_a_sender_without_a_phone_of_their_own_is_reminded_through_the_core(school: School) -> None:
    send(school.site, school.cast.rosa)
    pass_time(later(minutes=9))
    assert [person for person, _ in said("alert-nag")] == [school.lead.id]


def test_a_promise_that_was_kept_is_not_asked_about(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    pass_time(later(minutes=7))
    assert said("alert-nag") == []
    pass_time(later(minutes=9))
    assert len(said("alert-nag")) == 1, "The update made a promise of its own."


def test_a_missed_promise_is_everybodys_in_the_core(school: School) -> None:
    send(school.site, school.cast.rosa)
    pass_time(later(minutes=11))
    [(person, body)] = said("alert-late")
    assert person == school.lead.id
    assert "has not come" in body
