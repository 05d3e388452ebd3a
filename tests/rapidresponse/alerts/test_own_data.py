"""What alerts hold about a person is shown to them, and to nobody else."""

from __future__ import annotations

from typing import Any

from commons import clock
from commons.roster.models import Person
from rapidresponse.alerts.models import AckKind, Acknowledgement, LeftOut
from rapidresponse.alerts.own_data import SOURCES
from tests.rapidresponse.alerts.school import School, first, send


def shown(person: Person) -> dict[str, list[Any]]:
    sections = [section for source in SOURCES for section in source.read(person, None)]
    return {section.key: list(section.rows) for section in sections}


def test_an_answer_is_shown_with_school_and_code(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    Acknowledgement.create(
        alert=alert, version=first(alert), person=school.garcia, kind=AckKind.RECEIVED,
        via="reaction", at=clock.now(),
    )  # fmt: skip
    [row] = shown(school.garcia)["answers"]
    assert (row["School"], row["Alert"]) == ("Lincoln Elementary", alert.code)
    assert row["How"] == "By a reaction"
    assert shown(school.kim)["answers"] == []


def test_why_an_alert_could_not_be_sent_is_shown_in_words(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    LeftOut.create(version=first(alert), person=school.kim, reason="not_reviewed")
    [row] = shown(school.kim)["left_out"]
    assert row["Reason"] == "Nobody has reviewed the words in their language."
    assert shown(school.garcia)["left_out"] == []


def test_of_an_account_alone_alerts_hold_nothing(school: School) -> None:
    for source in SOURCES:
        assert list(source.read(None, school.cast.rosa)) == []
