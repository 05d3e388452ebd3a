"""A second person's yes: another account, bound to what was shown, once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from commons import clock
from commons.accounts.models import Account
from commons.audit import AuditLink
from commons.database import connection
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.messaging.models import MessageState
from commons.permissions import Role
from commons.roster.models import Group, SlotKind
from commons.sites.models import Site
from rapidresponse.alerts import approvals
from rapidresponse.alerts.models import Alert, Approval, ApprovalState, VersionKind
from tests import builders
from tests.rapidresponse.alerts.school import School, first, follow, heard, intent, send


def shown(alert: Alert) -> str:
    waiting = approvals.waiting(alert)
    assert waiting is not None
    return waiting.body_hash


def say_yes(alert: Alert, by: Account) -> int:
    return approvals.approve(builders.actor(by), alert, shown=shown(alert))


@pytest.mark.parametrize("name", ["mara", "noor", "dana"])
def test_a_second_account_lets_families_hear(school: School, name: str) -> None:
    alert = send(school.site, school.cast.rosa)
    assert say_yes(alert, getattr(school.cast, name)) == 2
    assert len(heard(first(alert), MessageState.QUEUED)) == 4
    assert Approval.get().state is ApprovalState.GIVEN


def test_a_sender_cannot_be_the_second_person(school: School) -> None:
    alert = send(school.site, school.cast.mara)
    with pytest.raises(Forbidden):
        say_yes(alert, school.cast.mara)
    assert len(heard(first(alert), MessageState.HELD)) == 2


@pytest.mark.parametrize("name", ["rosa", "dev", "carmen", "amina", "luis"])
def test_other_roles_cannot_say_yes(school: School, name: str) -> None:
    alert = send(school.site, school.cast.mara)
    with pytest.raises(Forbidden):
        say_yes(alert, getattr(school.cast, name))


@pytest.mark.parametrize("name", ["ines", "stranger"])
def test_strangers_learn_of_nothing_to_approve(school: School, name: str) -> None:
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(NotFound):
        say_yes(alert, getattr(school.cast, name))


def test_an_administrator_of_another_school_cannot_say_yes(school: School) -> None:
    other = builders.an_account(Role.ADMINISTRATOR, school.cast.other_school)
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(NotFound):
        say_yes(alert, other)


def test_a_yes_to_other_words_than_shown_is_refused(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(Conflict):
        approvals.approve(builders.actor(school.cast.mara), alert, shown="0" * 64)
    assert len(heard(first(alert), MessageState.HELD)) == 2


def test_the_hash_changes_with_the_words_and_with_the_audience(school: School) -> None:
    hashes = {shown(send(school.site, school.cast.rosa))}
    hashes.add(shown(send(school.site, school.cast.rosa, intent("T3"))))
    builders.a_person(school.site, builders.Group.FAMILY)
    hashes.add(shown(send(school.site, school.cast.rosa)))
    assert len(hashes) == 3


def test_the_second_person_must_have_signed_in_lately(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    tired = builders.actor(school.cast.mara, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(Forbidden):
        approvals.approve(tired, alert, shown=shown(alert))


def test_a_no_takes_the_messages_back(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    assert approvals.decline(builders.actor(school.cast.mara), alert, shown=shown(alert)) == 2
    assert set(heard(first(alert), MessageState.CANCELLED)) == {school.garcia.id, school.kim.id}
    assert len(heard(first(alert), MessageState.QUEUED)) == 2


def test_what_was_declined_counts_as_never_reached(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    approvals.decline(builders.actor(school.cast.mara), alert, shown=shown(alert))
    ended = follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert set(heard(ended)) == {school.lead.id, school.teacher.id}


def test_of_two_who_decide_at_once_one_is_told_that_it_was_decided(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    words = shown(alert)

    def decide(act: str) -> str:
        with connection():
            try:
                getattr(approvals, act)(builders.actor(school.cast.noor), alert, shown=words)
            except Conflict:
                return "told"
        return "decided"

    with ThreadPoolExecutor(6) as threads:
        ends = sorted(threads.map(decide, ["approve", "decline"] * 3))
    assert ends == ["decided"] + ["told"] * 5


def test_older_words_cannot_be_approved_after_newer_ones(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    old = shown(alert)
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    with pytest.raises(Conflict):
        approvals.approve(builders.actor(school.cast.mara), alert, shown=old)
    assert heard(first(alert), MessageState.CANCELLED).keys() == {school.garcia.id, school.kim.id}
    assert say_yes(alert, school.cast.mara) == 2


def test_above_three_hundred_an_administrators_yes_is_not_enough(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapidresponse.alerts.composer.MANY", 3)
    alert = send(school.site, school.cast.rosa, count=4)
    with pytest.raises(Forbidden):
        say_yes(alert, school.cast.mara)
    assert say_yes(alert, school.cast.noor) == 2


def test_another_school_needs_a_dispatcher_or_the_district(school: School) -> None:
    near = builders.a_site("Near", latitude=34.01, longitude=-118.0)
    builders.a_person(near, slot=SlotKind.SITE_LEAD)
    here = {"latitude": 34.0, "longitude": -118.0}
    Site.update(here).where(Site.id == school.site.id).execute()
    alert = send(Site.get_by_id(school.site.id), school.cast.rosa, intent(audiences=("A1", "A7")))
    with pytest.raises(Forbidden, match="another school: a dispatcher or the district"):
        say_yes(alert, school.cast.mara)
    assert say_yes(alert, school.cast.noor) == 1


def test_who_started_an_alert_gives_no_yes_to_what_another_sends(school: School) -> None:
    alert = send(school.site, school.cast.mara, intent(audiences=("A1", "A2")))
    follow(alert, school.cast.rosa, VersionKind.UPDATE, audiences=("A1", "A2", "A9"))
    with pytest.raises(Forbidden, match="You started this alert"):
        say_yes(alert, school.cast.mara)
    assert say_yes(alert, school.cast.noor) == 2


@pytest.mark.parametrize("audiences", [("A1", "A2", "A6"), ("A1", "A3", "A4", "A2", "A6", "A8")])
def test_above_three_hundred_nobody_beyond_a_few_hears_before_a_yes_and_the_count(
    school: School, monkeypatch: pytest.MonkeyPatch, audiences: tuple[str, ...]
) -> None:
    builders.a_person(school.site, Group.OBSERVER)
    monkeypatch.setattr("rapidresponse.alerts.composer.MANY", 2)
    with pytest.raises(Invalid):
        send(school.site, school.cast.rosa, intent("T6", audiences))
    alert = send(school.site, school.cast.rosa, intent("T6", audiences), count=3)
    assert set(heard(first(alert), MessageState.HELD).values()) == {"A2", "A6"}
    with pytest.raises(Invalid):
        follow(alert, school.cast.rosa, VersionKind.UPDATE, audiences=audiences)
    assert follow(alert, school.cast.rosa, VersionKind.UPDATE, audiences=audiences, count=3)


def test_whoever_said_stop_meanwhile_is_not_released(school: School) -> None:
    from commons.messaging.replies import hear

    alert = send(school.site, school.cast.rosa)
    hear(school.garcia, clock.now(), "STOP", None, ())
    assert say_yes(alert, school.cast.mara) == 1
    assert school.garcia.id not in heard(first(alert), MessageState.QUEUED)


def test_both_decisions_are_recorded(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    say_yes(alert, school.cast.mara)
    assert AuditLink.select().where(AuditLink.kind == "alert.approved").count() == 1
