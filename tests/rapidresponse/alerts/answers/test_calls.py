"""Whoever says that they need help is seen by a person at once, and until they are safe."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import clock
from commons.messaging.models import MessageState
from commons.retention import purge
from commons.roster.models import Person
from rapidresponse.alerts.answers import calls, records
from rapidresponse.alerts.models import AckKind, Acknowledgement, Alert, VersionKind
from rapidresponse.alerts.rows import needing_me
from rapidresponse.alerts.versions import versions_of
from tests import builders, page
from tests.rapidresponse.alerts.school import School, follow, intent, put, send

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)


def says(alert: Alert, person: Person, kind: AckKind, minute: int = 0, number: int = 1) -> None:
    version = versions_of(alert)[number - 1]
    put(version, person, MessageState.READ)
    at = clock.now() + dt.timedelta(minutes=minute)
    records.record(version, person, kind, "reply", at)


def waiting(alert: Alert) -> list[str]:
    return [call.person for call in calls.open_calls(alert)]


def test_help_is_open_until_they_say_that_they_are_safe(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    says(alert, school.lead, AckKind.NEED_HELP, 1)
    says(alert, school.teacher, AckKind.NEED_HELP)
    assert waiting(alert) == [school.teacher.public_id, school.lead.public_id]
    says(alert, school.teacher, AckKind.SAFE, 2)
    assert waiting(alert) == [school.lead.public_id]
    says(alert, school.teacher, AckKind.NEED_HELP, 3)
    assert waiting(alert) == [school.lead.public_id, school.teacher.public_id]


def test_received_ends_no_call_for_help_and_old_news_ends_none(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    says(alert, school.teacher, AckKind.SAFE)
    says(alert, school.teacher, AckKind.NEED_HELP, 2)
    says(alert, school.teacher, AckKind.RECEIVED, 3)
    says(alert, school.teacher, AckKind.SAFE, 1)
    assert waiting(alert) == [school.teacher.public_id]


def test_safe_after_a_newer_version_ends_the_call_of_the_older(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    says(alert, school.teacher, AckKind.NEED_HELP)
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    says(alert, school.teacher, AckKind.SAFE, 1, number=2)
    assert waiting(alert) == []


def test_how_people_are_is_kept_for_a_day_and_received_for_longer(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    for kind in AckKind:
        says(alert, school.teacher, kind)
    assert waiting(alert)
    with time_machine.travel(clock.now() + dt.timedelta(hours=24, minutes=1)):
        assert waiting(alert) == []
        purge()
    assert [row.kind for row in Acknowledgement.select()] == [AckKind.RECEIVED]


@only_sqlcipher
def test_the_core_sees_it_first_even_after_the_all_clear(
    school: School, browser: page.Browser
) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    says(alert, school.teacher, AckKind.NEED_HELP, number=2)
    for who, shown in ((school.cast.rosa, True), (school.cast.mara, True)):
        row = needing_me(builders.actor(who), school.site)[0]
        assert (row.urgent, row.words) == (shown, f"{alert.code}: 1 person needs help.")
    for who in (school.cast.carmen, school.cast.ines, school.cast.noor):
        assert not needing_me(builders.actor(who), school.site)
    browser.sign_in(school.cast.rosa)
    found = browser.get(f"/alerts/{alert.public_id}")
    assert "1 person needs help A…, English" in found.words
    assert found.words.index("needs help") < found.words.index("of 2")
    assert f"/people/{school.teacher.public_id}" in found.text
    assert "Ana Example" not in found.text
