"""What follows an alert: to everybody it reached, once, and never past a newer version."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from commons import clock, crypto
from commons.database import connection
from commons.errors import Conflict, Invalid, NotFound
from commons.messaging.models import MessageState
from commons.roster.models import ConsentState, Group
from commons.sites.service import current_posture
from rapidresponse.alerts import approvals
from rapidresponse.alerts.models import Alert, AlertState, AlertVersion, LeftOut, VersionKind
from rapidresponse.alerts.versions import versions_of
from tests import builders
from tests.rapidresponse.alerts.school import (
    School,
    first,
    follow,
    gone,
    heard,
    intent,
    put,
    send,
)


@pytest.mark.parametrize(
    "kind", [k for k in VersionKind if k is not VersionKind.ALERT], ids=lambda k: k.value
)
def test_what_follows_reaches_everybody_reached_before(school: School, kind: VersionKind) -> None:
    alert = send(school.site, school.cast.rosa, intent("T1"))
    release_families(alert, school)
    leave(school)
    assert set(heard(follow(alert, school.cast.rosa, kind), MessageState.QUEUED)) >= {
        school.lead.id,
        school.teacher.id,
        school.garcia.id,
        school.kim.id,
    }


def test_whoever_said_stop_gets_nothing_more(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    release_families(alert, school)
    builders.Consent.update(state=ConsentState.WITHDRAWN).where(
        builders.Consent.person == school.garcia
    ).execute()
    ended = follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert school.garcia.id not in heard(ended)
    assert LeftOut.get(LeftOut.version == ended).reason == "said_stop"


def test_who_joins_later_gets_the_latest_and_a_new_family_waits_for_a_yes(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    release_families(alert, school)
    teacher = builders.a_person(school.site)
    family = builders.a_person(school.site, Group.FAMILY)
    update = follow(alert, school.cast.rosa, VersionKind.UPDATE)
    assert teacher.id in heard(update, MessageState.QUEUED)
    assert set(heard(update, MessageState.HELD)) == {family.id}


def test_a_correction_says_nothing_to_families_who_never_heard(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    correction = follow(alert, school.cast.rosa, VersionKind.CORRECTION)
    assert set(heard(correction)) == {school.lead.id, school.teacher.id}
    assert set(heard(first(alert), MessageState.CANCELLED)) == {school.garcia.id, school.kim.id}


def test_the_chain_reaches_even_those_whom_the_first_text_failed(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    put(first(alert), school.teacher, MessageState.FAILED, "network")
    assert school.teacher.id in heard(follow(alert, school.cast.rosa, VersionKind.DEPARTED))


@pytest.mark.parametrize("kind", [VersionKind.DEPARTED, VersionKind.ALL_CLEAR])
def test_an_end_needs_somebody_who_saw_it(school: School, kind: VersionKind) -> None:
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(Invalid) as raised:
        follow(alert, school.cast.rosa, kind, seen=False)
    assert "seen" in raised.value.fields
    assert follow(alert, school.cast.rosa, kind).seen_on_site_by


def test_an_all_clear_closes_the_chain_and_settles_the_posture(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent("T15", seen=False))
    ended = follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    closed, posture = Alert.get_by_id(alert.id), current_posture(school.site)
    assert (closed.state, ended.next_update_at) == (AlertState.CLOSED, None)
    assert closed.ended_at is not None
    assert posture is not None
    assert posture.value == "normal"


def test_nothing_but_a_correction_follows_an_all_clear(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    with pytest.raises(Conflict):
        follow(alert, school.cast.rosa, VersionKind.UPDATE)
    wrong = {"old": "all_clear", "new": "not_over"}
    follow(alert, school.cast.rosa, VersionKind.CORRECTION, wrong)
    assert Alert.get_by_id(alert.id).state is AlertState.LIVE
    assert Alert.get_by_id(alert.id).ended_at is None


def test_an_alert_that_ended_long_ago_cannot_be_corrected(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    with time_machine.travel(clock.now() + dt.timedelta(hours=73)), pytest.raises(Conflict):
        follow(alert, school.cast.rosa, VersionKind.CORRECTION)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (VersionKind.CORRECTION, {"old": "departed", "new": "still_there"}),
        (VersionKind.UPDATE, {"news": "still_there"}),
    ],
)
def test_agents_who_have_not_left_make_the_alert_live_again(
    school: School, kind: VersionKind, words: dict[str, str]
) -> None:
    alert = send(school.site, school.cast.rosa)
    follow(alert, school.cast.rosa, VersionKind.DEPARTED)
    assert Alert.get_by_id(alert.id).state is AlertState.DEPARTED
    follow(alert, school.cast.rosa, kind, words)
    assert Alert.get_by_id(alert.id).state is AlertState.LIVE


def test_a_wrong_posture_is_corrected_in_the_record_as_well(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent("T15", seen=False))
    words = {"old": "posture", "new": "posture_was_wrong", "posture": "hold"}
    follow(alert, school.cast.rosa, VersionKind.CORRECTION, words)
    posture = current_posture(school.site)
    assert posture is not None
    assert posture.value == "hold"


def test_nobody_departs_from_a_change_of_posture(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent("T15", seen=False))
    with pytest.raises(Conflict):
        follow(alert, school.cast.rosa, VersionKind.DEPARTED)


def test_a_yes_and_newer_words_at_once_never_both_win_unseen(school: School) -> None:
    """Either the yes came first and families get both, or the newer words took its place."""
    alert = send(school.site, school.cast.rosa)
    gone(alert)
    waiting = approvals.waiting(alert)
    assert waiting is not None

    def approve() -> None:
        actor = builders.actor(school.cast.mara)
        approvals.approve(actor, alert, shown=waiting.body_hash)

    def correct() -> None:
        follow(alert, school.cast.rosa, VersionKind.UPDATE, after=1, sent=False)

    def attempt(act: Callable[[], None]) -> None:
        with connection(), contextlib.suppress(Conflict):
            act()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(attempt, (approve, correct)))
    told = set(heard(first(alert), MessageState.SENT, MessageState.QUEUED))
    latest = versions_of(alert)[-1]
    assert latest.number == 1 or told == set(heard(latest, MessageState.QUEUED))


@pytest.mark.parametrize("kind", [VersionKind.CORRECTION, VersionKind.ALL_CLEAR])
def test_whoever_has_got_nothing_yet_hears_neither_the_old_words_nor_their_end(
    school: School, kind: VersionKind
) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.SENT)
    latest = follow(alert, school.cast.rosa, kind, sent=False)
    assert set(heard(latest)) == {school.lead.id}
    assert school.teacher.id in heard(first(alert), MessageState.CANCELLED)


def test_whoever_may_have_got_it_hears_how_it_ends(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.SENT)
    put(first(alert), school.teacher, MessageState.UNKNOWN)
    latest = follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR, sent=False)
    assert set(heard(latest)) == {school.lead.id, school.teacher.id}


def test_an_alert_that_nobody_has_got_can_still_be_ended(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    latest = follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR, sent=False)
    assert Alert.get_by_id(alert.id).state is AlertState.CLOSED
    assert set(heard(latest)) <= {school.lead.id}
    assert not heard(first(alert), MessageState.QUEUED)


def test_a_version_written_against_an_older_one_is_refused(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    with pytest.raises(Conflict):
        follow(alert, school.cast.mara, VersionKind.DEPARTED, after=1)
    assert [v.number for v in versions_of(alert)] == [1, 2]


def test_two_versions_written_at_once_do_not_both_go_out(school: School) -> None:
    alert = send(school.site, school.cast.rosa)

    def post(kind: VersionKind) -> str:
        with connection():
            try:
                follow(alert, school.cast.rosa, kind, after=1)
            except Conflict:
                return "refused"
        return "sent"

    kinds = [VersionKind.UPDATE, VersionKind.DEPARTED] * 3
    with ThreadPoolExecutor(6) as threads:
        ends = sorted(threads.map(post, kinds))
    assert ends == ["refused"] * 5 + ["sent"]
    assert AlertVersion.select().count() == 2


def test_the_same_key_makes_one_follow_up(school: School) -> None:
    alert, key = send(school.site, school.cast.rosa), crypto.public_id()
    made = {
        follow(alert, school.cast.rosa, VersionKind.UPDATE, key=key, after=1).id for _ in range(3)
    }
    assert len(made) == 1


def test_ines_can_add_nothing_to_an_alert_of_another_school(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    with pytest.raises(NotFound):
        follow(alert, school.cast.ines, VersionKind.ALL_CLEAR)


def release_families(alert: Alert, school: School) -> None:
    waiting = approvals.waiting(alert)
    assert waiting is not None
    approvals.approve(builders.actor(school.cast.mara), alert, shown=waiting.body_hash)


def leave(school: School) -> None:
    now = clock.now()
    builders.RosterEntry.update(until=now).where(
        builders.RosterEntry.person.in_([school.teacher, school.garcia])
    ).execute()
    builders.Assignment.update(until=now).where(builders.Assignment.person == school.lead).execute()
