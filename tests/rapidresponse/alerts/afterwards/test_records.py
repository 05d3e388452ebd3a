"""The record of an alert tells what was done and names nobody."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from commons import clock
from commons.audit import AuditLink
from commons.errors import Forbidden, NotFound
from commons.messaging.models import MessageState
from commons.permissions import NotFresh
from commons.roster.models import Person
from rapidresponse.alerts.afterwards import records
from rapidresponse.alerts.models import VersionKind
from tests import builders
from tests.rapidresponse.alerts.school import School, first, follow, put, send


def rows(school: School) -> list[dict[str, str]]:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.teacher, MessageState.FAILED, "unregistered")
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    saved = records.record(builders.actor(school.cast.rosa), alert).decode("utf-8-sig")
    for person in Person.select():
        assert person.reveal("name") not in saved
    return list(csv.DictReader(io.StringIO(saved)))


def test_every_delivery_and_decision_is_in_it(school: School) -> None:
    found = rows(school)
    assert [row["what"] for row in found].count("delivery") == 4 + 2
    assert [row["what"] for row in found].count("second person") == 1
    [failed] = [row for row in found if row["state"] == "failed"]
    assert (failed["audience"], failed["reason"]) == ("A2", "unregistered")
    assert {row["role"] for row in found if row["what"] in ("alert", "all_clear")} == {"site_lead"}


def test_one_person_has_one_number_throughout(school: School) -> None:
    found = [row["person"] for row in rows(school) if row["what"] == "delivery"]
    assert len(set(found)) == 4


def test_who_took_it_is_written_down_and_not_everybody_may(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    for who, error in (("noor", Forbidden), ("ines", NotFound)):
        with pytest.raises(error):
            records.record(builders.actor(getattr(school.cast, who)), alert)
    with pytest.raises(NotFresh):
        records.record(
            builders.actor(school.cast.rosa, clock.now() - dt.timedelta(minutes=6)), alert
        )
    before = AuditLink.select().where(AuditLink.kind == "alert.exported").count()
    records.record(builders.actor(school.cast.rosa), alert)
    assert AuditLink.select().where(AuditLink.kind == "alert.exported").count() == before + 1
