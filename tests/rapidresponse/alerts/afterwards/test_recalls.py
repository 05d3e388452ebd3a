"""What has not gone can be taken back; what has arrived is corrected, never hidden."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.errors import Conflict, Forbidden, NotFound
from commons.messaging.models import MessageState, Topic
from commons.permissions import NotFresh
from rapidresponse.alerts import approvals
from rapidresponse.alerts.afterwards import recalls
from rapidresponse.alerts.models import (
    Alert,
    AlertPage,
    AlertState,
    Approval,
    ApprovalState,
    VersionKind,
)
from rapidresponse.alerts.public_page import service as public_page
from tests import builders
from tests.page import Browser
from tests.rapidresponse.alerts.school import School, first, follow, heard, put, send


def long_ago() -> dt.datetime:
    return clock.now() - dt.timedelta(minutes=6)


def take_back(school: School, alert: Alert, who: str = "rosa", number: int = 1) -> recalls.Recall:
    return recalls.recall(builders.actor(getattr(school.cast, who)), alert, number=number)


def approve(school: School, alert: Alert) -> None:
    shown = approvals.waiting(alert).body_hash
    approvals.approve(builders.actor(school.cast.mara), alert, shown=shown)


def test_whoever_has_not_got_it_never_gets_it(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.DELIVERED)
    assert take_back(school, alert) == recalls.Recall(taken_back=1, gone=1)
    version = first(alert)
    assert set(heard(version, MessageState.DELIVERED)) == {school.lead.id}
    assert len(heard(version, MessageState.CANCELLED)) == 3
    assert Topic.get_by_id(version.topic_id).cancelled_at, "A try that fails is not repeated."
    assert Approval.get().state is ApprovalState.SUPERSEDED
    assert Alert.get().state is AlertState.LIVE


def test_what_nobody_got_is_closed(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    assert take_back(school, alert).gone == 0
    assert Alert.get().state is AlertState.CLOSED


def test_the_page_of_families_is_gone_with_their_words(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.DELIVERED)
    approve(school, alert)
    assert public_page.has_page(alert)
    take_back(school, alert)
    assert not public_page.has_page(alert)


def test_the_page_stays_while_one_family_has_the_words(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    approve(school, alert)
    put(first(alert), school.kim, MessageState.DELIVERED)
    take_back(school, alert)
    assert [page.language for page in AlertPage.select()] == ["ko"]


def test_a_correction_goes_to_those_who_have_it(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.DELIVERED)
    take_back(school, alert)
    correction = follow(alert, school.cast.rosa, VersionKind.CORRECTION)
    assert set(heard(correction)) == {school.lead.id}


def test_it_happens_once_and_to_the_version_that_was_shown(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.DELIVERED)
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    with pytest.raises(Conflict):
        take_back(school, alert, number=1)
    take_back(school, alert, number=2)
    with pytest.raises(Conflict):
        take_back(school, alert, number=2)


@pytest.mark.parametrize(("who", "error"), [("ines", NotFound), ("carmen", Forbidden)])
def test_nobody_else_takes_anything_back(school: School, who: str, error: type[Exception]) -> None:
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(error):
        take_back(school, alert, who)
    assert not heard(first(alert), MessageState.CANCELLED)


def test_it_takes_a_fresh_proof(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(NotFresh):
        recalls.recall(builders.actor(school.cast.rosa, long_ago()), alert, number=1)


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_one_press_on_the_alerts_page_takes_it_back(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.DELIVERED)
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}")
    assert "3 messages have not gone yet." in page.words
    page = page.form("/recall").submit()
    assert "What had not gone was taken back" in page.words
    assert "1 of 1 has it." in page.words
