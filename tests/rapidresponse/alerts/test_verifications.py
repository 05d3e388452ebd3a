"""Who saw it and when, or who else looked: without one of them nothing goes beyond a few."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from commons import clock
from commons.accounts.models import Account
from commons.audit import AuditLink
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.messaging.models import Message
from rapidresponse.alerts import rows, verifications
from rapidresponse.alerts.models import (
    Alert,
    Certainty,
    Outcome,
    Verification,
    VersionKind,
)
from tests import builders
from tests.page import Browser
from tests.rapidresponse.alerts.school import School, first, follow, heard, intent, send, signal_for

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
WIDE = ("A1", "A2")


def unsure(school: School) -> Alert:
    """An alert that only the core has heard, started by Rosa, who did not see it."""
    return send(school.site, school.cast.rosa, intent(audiences=("A1",), seen=False))


def look(
    alert: Alert, by: Account, outcome: Outcome = Outcome.CONFIRMED, minutes: int = 0, **given: Any
) -> Verification:
    seen_at = clock.now() - dt.timedelta(minutes=minutes)
    values = {"seen_themselves": True, "seen_at": seen_at, **given}
    return verifications.verify(builders.actor(by), alert, outcome, **values)


def widen(alert: Alert, by: Account, record: Verification | None = None, **given: Any) -> Any:
    if record is not None:
        given["verified"] = record.public_id
    return follow(alert, by, VersionKind.UPDATE, audiences=WIDE, **given)


def test_it_is_recorded_who_saw_it_and_when(school: School) -> None:
    seen_at = clock.now() - dt.timedelta(minutes=15)
    version = first(send(school.site, school.cast.rosa, intent(seen_at=seen_at)))
    assert version.seen_on_site_by == builders.actor(school.cast.rosa).ref
    assert version.seen_at == seen_at


@pytest.mark.parametrize(("minutes", "words"), [(31, "more than 30 minutes"), (-5, "lies ahead")])
def test_what_was_seen_long_ago_or_not_yet_carries_nothing(
    school: School, minutes: int, words: str
) -> None:
    seen_at = clock.now() - dt.timedelta(minutes=minutes)
    with pytest.raises(Invalid) as raised:
        send(school.site, school.cast.rosa, intent(seen_at=seen_at))
    assert words in str(raised.value.fields["seen_when"])
    assert not Message.select().exists()


def test_somebody_else_who_looked_lets_the_sender_tell_staff(school: School) -> None:
    alert = unsure(school)
    record = look(alert, school.cast.dev)
    version = widen(alert, school.cast.rosa, record)
    assert set(heard(version).values()) == {"A1", "A2"}
    assert version.verification == record
    assert version.certainty is Certainty.CONFIRMED
    assert version.seen_on_site_by is None
    assert AuditLink.select().where(AuditLink.kind == "alert.verified").count() == 1


def test_nobody_verifies_what_they_sent(school: School) -> None:
    alert = unsure(school)
    with pytest.raises(Forbidden, match="Somebody else has to look"):
        look(alert, school.cast.rosa)
    follow(alert, school.cast.mara, VersionKind.UPDATE)
    with pytest.raises(Forbidden):
        look(alert, school.cast.mara)
    assert not Verification.select().exists()


def test_a_second_account_of_the_same_person_is_nobody_else(school: School) -> None:
    alert = unsure(school)
    for account in (school.cast.rosa, school.cast.dev):
        signal_for(account, school.lead)
    with pytest.raises(Forbidden):
        look(alert, school.cast.dev)


def test_nobody_goes_wide_on_their_own_record(school: School) -> None:
    alert = unsure(school)
    record = look(alert, school.cast.mara)
    with pytest.raises(Forbidden, match="Nobody else has confirmed"):
        widen(alert, school.cast.mara, record)


@pytest.mark.parametrize("name", ["carmen", "amina", "luis", "dana"])
def test_other_roles_say_nothing_about_what_is_there(school: School, name: str) -> None:
    with pytest.raises(Forbidden):
        look(unsure(school), getattr(school.cast, name))


@pytest.mark.parametrize("name", ["ines", "stranger"])
def test_strangers_find_nothing_to_look_at(school: School, name: str) -> None:
    with pytest.raises(NotFound):
        look(unsure(school), getattr(school.cast, name))


def test_a_look_of_half_an_hour_ago_is_too_old_to_be_written_down(school: School) -> None:
    with pytest.raises(Invalid) as raised:
        look(unsure(school), school.cast.dev, minutes=31)
    assert "Look again" in str(raised.value.fields["seen_when"])


def test_a_record_stops_carrying_anybody_after_half_an_hour(school: School) -> None:
    alert = unsure(school)
    record = look(alert, school.cast.dev)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=31)), pytest.raises(Forbidden):
        widen(alert, school.cast.rosa, record)


def test_a_record_of_another_alert_carries_nothing(school: School) -> None:
    other = look(unsure(school), school.cast.dev)
    with pytest.raises(Forbidden):
        widen(unsure(school), school.cast.rosa, other)


def test_having_been_unable_to_look_changes_nothing(school: School) -> None:
    alert = unsure(school)
    record = look(alert, school.cast.dev)
    look(alert, school.cast.noor, Outcome.UNABLE)
    assert widen(alert, school.cast.rosa, record)


@pytest.mark.parametrize("outcome", verifications.OTHERWISE)
def test_what_was_found_to_be_otherwise_goes_no_further(school: School, outcome: Outcome) -> None:
    alert = unsure(school)
    look(alert, school.cast.dev)
    look(alert, school.cast.noor, outcome)
    for given in ({"seen": True}, {}):
        with pytest.raises(Forbidden, match="Send a correction"):
            widen(alert, school.cast.rosa, **given)
    assert follow(alert, school.cast.rosa, VersionKind.UPDATE)
    assert follow(alert, school.cast.rosa, VersionKind.CORRECTION)


def test_staff_who_were_told_hear_a_correction_before_another_update(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=WIDE))
    look(alert, school.cast.dev, Outcome.UNFOUNDED)
    with pytest.raises(Forbidden, match="Send a correction"):
        follow(alert, school.cast.rosa, VersionKind.UPDATE)
    corrected = follow(alert, school.cast.rosa, VersionKind.CORRECTION)
    assert school.teacher.id in heard(corrected)
    assert follow(alert, school.cast.rosa, VersionKind.UPDATE)


def test_nothing_is_found_in_an_alert_that_is_over(school: School) -> None:
    alert = unsure(school)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    with pytest.raises(Conflict):
        look(alert, school.cast.dev)


@only_sqlcipher
def test_the_front_desk_is_asked_at_home_and_writes_down_what_it_sees(
    school: School, browser: Browser
) -> None:
    alert = unsure(school)
    browser.sign_in(school.cast.dev)
    page = browser.get("/home").follow("Say what you found")
    page = page.form("/verify").submit(outcome="confirmed")
    assert page.path.startswith("/home")
    assert rows.needing_me(builders.actor(school.cast.dev), school.site) == []
    rosa = Browser(browser.client.application)
    rosa.sign_in(school.cast.rosa)
    page = rosa.get(f"/alerts/{alert.public_id}")
    assert "Somebody looked: It is as the alert says." in page.words
    page = page.follow("Update").follow("Still there").follow("Change: Who will hear?")
    page = page.follow("Somebody else confirmed it: core and staff")
    page = page.form("/follow-up").submit()
    assert "Dev Example looked and confirmed it" in page.words


@only_sqlcipher
def test_a_look_without_an_answer_or_at_an_odd_time_is_explained(
    school: School, browser: Browser
) -> None:
    alert = unsure(school)
    browser.sign_in(school.cast.dev)
    form = browser.get(f"/alerts/{alert.public_id}/verify").form("/verify")
    assert form.submit().status == 200
    page = form.submit(outcome="confirmed", seen_when="time", seen_time="soon")
    assert page.status == 422
    assert "Write the time like 14:05." in page.words
    assert not Verification.select().exists()


@only_sqlcipher
def test_what_was_found_otherwise_offers_the_correction(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=WIDE))
    look(alert, school.cast.dev, Outcome.NOT_ENFORCEMENT)
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}")
    assert "Somebody looked and found something else" in page.words
    assert page.follow("Correction").heading.endswith("What is correct?")


@only_sqlcipher
@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ({}, 200, ""),
        ({"seen_when": "15"}, 200, ""),
        ({"seen_when": "time", "seen_time": ""}, 422, "Write the time like 14:05."),
    ],
)
def test_the_page_of_words_asks_when_it_was_seen(
    school: School, browser: Browser, answers: dict[str, str], status: int, words: str
) -> None:
    browser.sign_in(school.cast.rosa)
    page = browser.get("/alerts/new").follow("Agents at the entrance").follow("Main entrance")
    page = page.follow("core and staff").form("/alerts/new").submit(**answers)
    assert page.status == status
    assert words in page.words
    assert Alert.select().exists() is (status == 200)
