"""Nobody is quietly left untold: each is listed with the reason and the next step."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.audit import AuditContent
from commons.errors import Conflict, NotFound
from commons.messaging.models import Message, MessageState
from commons.roster.models import Consent, ConsentState, Group, Person
from rapidresponse.alerts import tallies
from rapidresponse.alerts.afterwards import calls
from rapidresponse.alerts.afterwards.calls import NotReached
from rapidresponse.alerts.models import Acknowledgement, Alert
from tests import builders
from tests.page import Browser
from tests.rapidresponse.alerts.school import School, first, intent, put, send


def listed(alert: Alert) -> list[NotReached]:
    return calls.not_reached(first(alert), alert.site)


def failed(school: School, reason: str = "unregistered") -> Alert:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.teacher, MessageState.FAILED, reason)
    return alert


def test_who_was_not_reached_is_named_by_one_letter_with_reason_and_next_step(
    school: School,
) -> None:
    [one] = listed(failed(school))
    assert (one.initial, one.person) == ("A…", school.teacher.public_id)
    assert one.why == "Signal does not know their number."
    assert one.next == "Call them, or send word with somebody."
    assert one.call


def test_a_lost_answer_says_when_it_is_tried_again_and_asks_nobody_to_call(
    school: School,
) -> None:
    alert = send(school.site, school.cast.rosa)
    message = put(first(alert), school.teacher, MessageState.UNKNOWN)
    due = clock.now() + dt.timedelta(minutes=1)
    Message.update(due_at=due).where(Message.id == message.id).execute()
    [one] = listed(alert)
    assert one.why == "Signal's answer was lost."
    assert one.next.startswith("Without a receipt it is sent once more at ")
    assert not one.call


def test_whoever_has_no_number_is_on_the_list_and_whoever_said_stop_is_not_called(
    school: School,
) -> None:
    builders.a_person(school.site, Group.FAMILY, number=None)
    gone = builders.a_person(school.site, Group.FAMILY)
    Consent.update(state=ConsentState.WITHDRAWN).where(Consent.person == gone).execute()
    found = {one.why: one for one in listed(send(school.site, school.cast.rosa))}
    assert found["They have no Signal number here."].call
    assert not found["They have no Signal number here."].number
    assert "No number of theirs is kept here" in found["They have no Signal number here."].next
    assert not found["They said STOP."].call


def test_a_call_that_reached_them_counts_as_told(school: School) -> None:
    alert = failed(school)
    calls.told(builders.actor(school.cast.rosa), alert, first(alert), school.teacher.public_id)
    assert listed(alert) == []
    counted = tallies.tally(first(alert))
    assert (counted.counts["called"], counted.calls, counted.have) == (1, 0, 1)
    with pytest.raises(Conflict):
        calls.told(builders.actor(school.cast.rosa), alert, first(alert), school.teacher.public_id)


def test_nobody_notes_a_call_for_somebody_of_another_school(school: School) -> None:
    alert = failed(school)
    stranger: Person = builders.a_person(school.cast.other_school)
    with pytest.raises(NotFound):
        calls.told(builders.actor(school.cast.rosa), alert, first(alert), stranger.public_id)
    assert not Acknowledgement.select().exists()


def test_a_look_at_a_number_is_written_down_with_the_alert_as_its_reason(school: School) -> None:
    alert = failed(school)
    number = calls.show_number(builders.actor(school.cast.rosa), alert, school.teacher.public_id)
    assert number.startswith("+1")
    kept = AuditContent.select().order_by(AuditContent.id.desc()).first()
    assert f"Alert {alert.code}" in kept.reveal("content")


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_the_call_list_shows_a_number_and_takes_them_off(school: School, browser: Browser) -> None:
    alert = failed(school)
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}").follow("Call list: 1 person")
    page = page.form("/show").submit()
    assert "+1" in page.words
    page = page.form("/told").submit()
    assert "Nobody needs a call now." in page.words


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_an_administrator_of_the_network_sees_no_numbers(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    put(first(alert), school.teacher, MessageState.FAILED, "unregistered")
    browser.sign_in(school.cast.dana)
    page = browser.get(f"/alerts/{alert.public_id}/call-list")
    assert "Signal does not know their number." in page.words
    assert "Show the number" not in page.words
