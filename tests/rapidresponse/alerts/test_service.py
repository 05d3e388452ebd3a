"""Sending an alert: who may, what it says, once for each key, and never wider than it may go."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from commons import clock, crypto
from commons.audit import AuditContent, AuditLink, faults
from commons.database import connection
from commons.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from commons.messaging.models import Message, MessageState
from commons.roster.models import ConsentState, Group, SlotKind
from commons.sites.models import Site, SiteState
from commons.sites.service import current_posture
from rapidresponse.alerts import access, service
from rapidresponse.alerts.composer import Intent
from rapidresponse.alerts.models import (
    Alert,
    AlertState,
    Certainty,
    LeftOut,
    VersionKind,
)
from tests import builders
from tests.rapidresponse.alerts.school import (
    ALL,
    School,
    first,
    follow,
    heard,
    intent,
    send,
    texts,
)


def test_core_and_staff_hear_at_once_and_families_wait(school: School) -> None:
    version = first(send(school.site, school.cast.rosa))
    assert heard(version, MessageState.QUEUED) == {school.lead.id: "A1", school.teacher.id: "A2"}
    assert heard(version, MessageState.HELD) == {school.garcia.id: "A9", school.kim.id: "A9"}


def test_each_person_reads_their_own_language(school: School) -> None:
    said = texts(first(send(school.site, school.cast.rosa)))
    assert set(said) == {("A1", "en"), ("A2", "en"), ("A9", "es"), ("A9", "ko")}
    assert "CONFIRMADO" in said["A9", "es"]
    assert all("DEMONSTRATION" in said[key] for key in (("A1", "en"), ("A2", "en")))


def test_a_language_without_words_gets_english_and_spanish(school: School) -> None:
    builders.a_person(school.site, Group.FAMILY, language="vi")
    said = texts(first(send(school.site, school.cast.rosa)))["A9", "vi"]
    assert "CONFIRMED." in said
    assert "CONFIRMADO." in said


def test_somebody_in_several_audiences_gets_the_one_that_tells_most(school: School) -> None:
    both = builders.a_person(school.site, slot=SlotKind.BACKUP_LEAD)
    builders.RosterEntry.create(
        site=school.site, person=both, group=Group.FAMILY, since=clock.now()
    )
    assert heard(first(send(school.site, school.cast.rosa)))[both.id] == "A1"


@pytest.mark.parametrize("audiences", [("A1", "A2"), ("A1", "A9"), ("A9",), ALL])
@pytest.mark.parametrize("type_", ["T1", "T3"])
def test_an_unverified_text_never_goes_beyond_the_core(
    school: School, type_: str, audiences: tuple[str, ...]
) -> None:
    with pytest.raises(Forbidden):
        send(school.site, school.cast.rosa, intent(type_, audiences, seen=False))
    assert not Message.select().exists()


def test_an_update_cannot_carry_an_unverified_alert_to_staff(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1",), seen=False))
    with pytest.raises(Forbidden):
        follow(alert, school.cast.rosa, VersionKind.UPDATE, audiences=ALL)
    assert set(heard(follow(alert, school.cast.rosa, VersionKind.UPDATE))) == {school.lead.id}


def test_an_update_by_somebody_who_saw_it_may_go_wider(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1",), seen=False))
    update = follow(alert, school.cast.rosa, VersionKind.UPDATE, audiences=ALL, seen=True)
    assert heard(update, MessageState.QUEUED) == {school.lead.id: "A1", school.teacher.id: "A2"}
    assert Alert.get_by_id(alert.id).certainty is Certainty.CONFIRMED


def test_the_core_hears_what_nobody_has_verified(school: School) -> None:
    version = first(send(school.site, school.cast.rosa, intent(audiences=("A1",), seen=False)))
    assert version.certainty is Certainty.UNVERIFIED
    assert version.seen_on_site_by is None
    assert "UNVERIFIED" in texts(version)["A1", "en"]


def test_it_is_recorded_who_saw_it_on_site(school: School) -> None:
    version = first(send(school.site, school.cast.rosa))
    assert version.seen_on_site_by == builders.actor(school.cast.rosa).ref


def test_a_change_of_posture_needs_nobody_who_saw_anything(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent("T15", seen=False))
    posture = current_posture(school.site)
    assert heard(first(alert), MessageState.QUEUED) == {
        school.lead.id: "A1",
        school.teacher.id: "A2",
    }
    assert posture is not None
    assert posture.value == "secure"


def test_families_are_not_told_where_agents_are(school: School) -> None:
    said = texts(first(send(school.site, school.cast.mara)))
    assert "main entrance" in said["A1", "en"]
    assert not any("entra" in text.casefold() for (a, _), text in said.items() if a == "A9")


def test_unreviewed_words_reach_no_family_outside_the_demonstration(school: School) -> None:
    version = first(send(school.site, school.cast.rosa, demonstration=False))
    assert set(heard(version).values()) == {"A1", "A2"}
    reasons = {row.person_id: row.reason for row in LeftOut.select()}
    assert reasons == {school.garcia.id: "not_reviewed", school.kim.id: "not_reviewed"}
    assert "DEMONSTRATION" not in texts(version)["A2", "en"]


@pytest.mark.parametrize(
    ("consent", "number", "reason"),
    [
        (None, "", "not_agreed"),
        (ConsentState.INVITED, "", "not_agreed"),
        (ConsentState.WITHDRAWN, "", "said_stop"),
        (ConsentState.GIVEN, None, "no_contact_method"),
    ],
)
def test_who_is_left_out_is_written_down_with_the_reason(
    school: School, consent: ConsentState | None, number: str | None, reason: str
) -> None:
    person = builders.a_person(school.site, Group.FAMILY, consent=consent, number=number)
    version = first(send(school.site, school.cast.rosa))
    assert person.id not in heard(version)
    assert LeftOut.get(LeftOut.person == person).reason == reason


@pytest.mark.parametrize("name", ["rosa", "mara"])
def test_lead_and_administrator_may_send(school: School, name: str) -> None:
    assert send(school.site, getattr(school.cast, name)).state is AlertState.LIVE


@pytest.mark.parametrize("name", ["dev", "carmen", "amina", "luis", "noor", "dana"])
def test_other_roles_of_the_school_may_not_send(school: School, name: str) -> None:
    with pytest.raises(Forbidden):
        send(school.site, getattr(school.cast, name))


@pytest.mark.parametrize("name", ["ines", "stranger"])
def test_whoever_does_not_belong_here_learns_nothing(school: School, name: str) -> None:
    alert = send(school.site, school.cast.rosa)
    actor = builders.actor(getattr(school.cast, name))
    with pytest.raises(NotFound):
        send(school.site, getattr(school.cast, name))
    with pytest.raises(NotFound):
        access.alert(actor, alert.public_id)
    assert access.live_alerts(actor) == []


def test_the_sender_must_have_signed_in_lately(school: School) -> None:
    old = builders.actor(school.cast.rosa, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(Forbidden):
        service.send(
            old,
            school.site,
            intent(),
            key=crypto.public_id(),
            at=clock.now(),
            demonstration=True,
        )


def test_a_school_that_is_only_listed_cannot_alert(school: School) -> None:
    Site.update(state=SiteState.LISTED).where(Site.id == school.site.id).execute()
    with pytest.raises(Forbidden):
        send(Site.get_by_id(school.site.id), school.cast.rosa)


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"place": "12 Oak Street"},
        {"place": "main_entrance", "agency": "{school.__class__}"},
        {"place": "park_nearby"},
    ],
)
def test_only_words_on_offer_go_out(school: School, words: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        send(school.site, school.cast.rosa, Intent("T1", words=words, audiences=ALL, seen=True))


@pytest.mark.parametrize("type_", ["T10", "T11", "T2", "", "x" * 50])
def test_only_a_known_type_starts_a_chain(school: School, type_: str) -> None:
    with pytest.raises(Invalid):
        send(school.site, school.cast.rosa, Intent(type_, words={}, seen=True))


def test_words_that_name_an_old_time_are_not_sent(school: School) -> None:
    with pytest.raises(Invalid):
        send(school.site, school.cast.rosa, at=clock.now() - dt.timedelta(minutes=16))
    assert not Alert.select().exists()


def test_nobody_to_write_to_is_said_and_nothing_is_made(cast: builders.Cast) -> None:
    with pytest.raises(Invalid):
        send(cast.lincoln, cast.rosa)
    assert not Alert.select().exists()


def test_above_three_hundred_the_sender_types_the_count(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapidresponse.alerts.composer.MANY", 3)
    for count in (None, 300, 3):
        with pytest.raises(Invalid) as raised:
            send(school.site, school.cast.rosa, count=count)
        assert "4" in str(raised.value.fields["count"])
    assert send(school.site, school.cast.rosa, count=4)


def test_the_same_key_makes_one_alert(school: School) -> None:
    key = crypto.public_id()
    made = {send(school.site, school.cast.rosa, key=key).id for _ in range(3)}
    assert len(made) == 1
    assert Message.select().count() == 4


def test_fifty_identical_posts_at_once_make_one_alert(school: School) -> None:
    key, at = crypto.public_id(), clock.now()

    def post(_n: int) -> int:
        with connection():
            return send(school.site, school.cast.rosa, key=key, at=at).id

    with ThreadPoolExecutor(12) as threads:
        made = set(threads.map(post, range(50)))
    assert len(made) == 1
    assert (Alert.select().count(), Message.select().count()) == (1, 4)
    assert AuditLink.select().where(AuditLink.kind == "alert.sent").count() == 1


def test_somebody_elses_key_opens_nothing(school: School) -> None:
    key = crypto.public_id()
    send(school.site, school.cast.rosa, key=key)
    with pytest.raises(Conflict):
        send(school.site, school.cast.mara, key=key)


def test_a_fourth_alert_within_ten_minutes_is_too_many(school: School) -> None:
    for _ in range(3):
        send(school.site, school.cast.rosa)
    with pytest.raises(RateLimited):
        send(school.site, school.cast.rosa)
    assert Alert.select().count() == 3


def test_a_send_that_fails_leaves_nothing_behind(school: School) -> None:
    with pytest.raises(Forbidden):
        send(school.site, school.cast.rosa, intent(seen=False))
    assert not Alert.select().exists()
    assert not AuditLink.select().exists()


def test_sending_is_recorded_without_anybodys_name(school: School) -> None:
    send(school.site, school.cast.rosa)
    said = AuditContent.get(AuditContent.subject.startswith("alert:")).reveal("content")
    assert '"recipients": 4' in said
    assert "Example" not in said
    assert faults(f"site:{school.site.id}") == []
