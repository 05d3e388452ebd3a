"""Time never ends an alert; it asks the core, and erases words three days after the end."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import clock, retention
from commons.messaging.models import MessageText
from commons.permissions import CONSOLE
from rapidresponse.alerts import endings, rows, settings
from rapidresponse.alerts.models import Alert, AlertState, VersionKind
from tests import builders
from tests.rapidresponse.alerts.school import (
    School,
    first,
    follow,
    heard,
    pass_time,
    send,
    texts,
)


@pytest.fixture(autouse=True)
def _demonstration() -> None:
    settings.use(demonstration=True)


def later(**given: int) -> dt.datetime:
    return clock.now() + dt.timedelta(**given)


def test_no_time_however_long_ends_an_alert(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    for days in (1, 10, 100):
        pass_time(later(days=days))
        endings.erase_ended(later(days=days))
    assert Alert.get_by_id(alert.id).state is AlertState.LIVE
    assert texts(first(alert))


def test_the_page_says_when_a_promised_word_is_late(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    assert not endings.is_late(alert, first(alert), later(minutes=9))
    assert endings.is_late(alert, first(alert), later(minutes=11))


def test_words_are_erased_three_days_after_the_end(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    pass_time(later(minutes=31))
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert endings.erase_ended(later(hours=71)) == 0
    assert endings.erase_ended(later(hours=73)) == 1
    assert not MessageText.select().where(MessageText.body.is_null(False)).exists()
    assert endings.erase_ended(later(hours=73)) == 0
    assert heard(first(alert))


@pytest.mark.parametrize("covers", ["everything", "alert", "site"])
def test_a_legal_hold_keeps_the_words(school: School, covers: str) -> None:
    alert = send(school.site, school.cast.rosa)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    ids = {"alert": f"alert:{alert.public_id}", "site": f"site:{school.site.public_id}"}
    retention.place_hold(CONSOLE, ids.get(covers, covers), "a court asked")
    assert endings.erase_ended(later(hours=73)) == 0
    assert texts(first(alert))


def test_home_says_what_needs_the_visitor(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    mara, rosa, ines = (builders.actor(getattr(school.cast, n)) for n in ("mara", "rosa", "ines"))
    assert [row.action for row in rows.needing_me(mara, school.site)] == ["Say yes or no"]
    assert [row.action for row in rows.needing_me(rosa, school.site)] == ["Open"]
    assert rows.needing_me(ines, school.site) == []
    with time_machine.travel(later(minutes=11)):
        assert [row.urgent for row in rows.needing_me(rosa, school.site)] == [True]
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert rows.needing_me(rosa, school.site) == []
