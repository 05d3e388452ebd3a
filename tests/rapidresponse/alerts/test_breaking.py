"""Agents inside: at once, for a reason, three times a day at most, and looked at afterwards."""

from __future__ import annotations

import pytest

from commons.audit import AuditLink
from commons.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from commons.messaging.models import Message, MessageState
from commons.roster.models import Group
from commons.sites.service import current_posture
from rapidresponse.alerts import breaking, rows
from rapidresponse.alerts.models import AfterReview, Alert, Certainty, Verdict, VersionKind
from tests import builders
from tests.page import Browser
from tests.rapidresponse.alerts.school import School, first, follow, heard, intent, send, texts

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
INSIDE = ("A1", "A3", "A4", "A2", "A6")


def break_glass(school: School, by: str = "rosa", reason: str = "inside") -> Alert:
    chosen = intent("T2", INSIDE, seen=False, break_glass=reason)
    return send(school.site, getattr(school.cast, by), chosen)


@pytest.mark.parametrize("name", ["rosa", "mara"])
def test_agents_inside_are_told_of_at_once(school: School, name: str) -> None:
    observer = builders.a_person(school.site, Group.OBSERVER)
    version = first(break_glass(school, name))
    queued = heard(version, MessageState.QUEUED)
    assert queued == {school.lead.id: "A1", school.teacher.id: "A2", observer.id: "A6"}
    assert version.certainty is Certainty.UNVERIFIED
    said = texts(version)
    assert "inside the school" in said["A6", "en"]
    assert "UNVERIFIED" in said["A6", "en"]
    assert "HOLD" in said["A2", "en"]
    assert not any(word in said["A2", "en"] for word in ("agents", "inside the school"))
    posture = current_posture(school.site)
    assert posture is not None
    assert posture.value == "hold"
    assert AfterReview.get().version == version


@pytest.mark.parametrize("name", ["dev", "carmen", "luis", "noor", "dana"])
def test_no_other_role_skips_the_queue(school: School, name: str) -> None:
    with pytest.raises(Forbidden):
        break_glass(school, name)
    assert not Message.select().exists()


@pytest.mark.parametrize(
    ("type_", "reason"), [("T1", "inside"), ("T2", "because"), ("T6", "taking")]
)
def test_nothing_else_and_no_other_reason_skips_the_queue(
    school: School, type_: str, reason: str
) -> None:
    with pytest.raises(Invalid, match="Only agents inside"):
        send(school.site, school.cast.rosa, intent(type_, INSIDE, False, break_glass=reason))


@pytest.mark.parametrize("audience", ["A7", "A8", "A9"])
def test_it_never_takes_families_neighbours_or_partners_along(
    school: School, audience: str
) -> None:
    chosen = intent("T2", (*INSIDE, audience), seen=False, break_glass="inside")
    with pytest.raises(Forbidden, match="seen it on site"):
        send(school.site, school.cast.rosa, chosen)


def test_families_wait_for_the_second_account_all_the_same(school: School) -> None:
    chosen = intent("T2", (*INSIDE, "A9"), seen=True, break_glass="inside")
    version = first(send(school.site, school.cast.rosa, chosen))
    assert set(heard(version, MessageState.HELD).values()) == {"A9"}


def test_what_follows_reaches_them_though_nobody_has_verified_it(school: School) -> None:
    observer = builders.a_person(school.site, Group.OBSERVER)
    alert = break_glass(school)
    update = follow(alert, school.cast.rosa, VersionKind.UPDATE)
    assert heard(update, MessageState.QUEUED)[observer.id] == "A6"
    with pytest.raises(Forbidden):
        follow(alert, school.cast.rosa, VersionKind.UPDATE, audiences=("A1", "A9"))


def test_an_alert_to_the_core_may_turn_out_not_to_wait(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent("T2", ("A1",), seen=False))
    given = {"audiences": INSIDE, "break_glass": "forced"}
    update = follow(alert, school.cast.mara, VersionKind.UPDATE, **given)
    assert school.teacher.id in heard(update, MessageState.QUEUED)
    assert AfterReview.get().version == update


def test_the_fourth_within_a_day_is_refused_with_what_to_do(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "commons.limits.LIMITS", {**breaking.limits.LIMITS, "alert-send": ("9 per hour",)}
    )
    for _ in range(3):
        break_glass(school)
    with pytest.raises(RateLimited, match="let somebody else look"):
        break_glass(school)
    assert Alert.select().count() == 3
    assert break_glass(school, "mara")


def test_somebody_else_looks_afterwards_and_never_the_sender(school: School) -> None:
    alert = break_glass(school, "mara")
    review = AfterReview.get()
    mara, noor = builders.actor(school.cast.mara), builders.actor(school.cast.noor)
    with pytest.raises(Forbidden, match="Somebody else"):
        breaking.review(mara, alert, review.public_id, Verdict.RIGHT, "")
    with pytest.raises(Invalid):
        breaking.review(noor, alert, review.public_id, Verdict.WRONG, " ")
    breaking.review(noor, alert, review.public_id, Verdict.WRONG, "Ask the desk first.")
    found = AfterReview.get()
    assert (found.verdict, found.reveal("words")) == (Verdict.WRONG, "Ask the desk first.")
    with pytest.raises(Conflict):
        breaking.review(noor, alert, review.public_id, Verdict.RIGHT, "")
    assert AuditLink.select().where(AuditLink.kind == "alert.reviewed").count() == 1


@pytest.mark.parametrize(
    ("name", "raises"), [("rosa", Forbidden), ("carmen", Forbidden), ("ines", NotFound)]
)
def test_others_judge_nothing(school: School, name: str, raises: type[Exception]) -> None:
    alert = break_glass(school, "mara")
    actor = builders.actor(getattr(school.cast, name))
    with pytest.raises(raises):
        breaking.review(actor, alert, AfterReview.get().public_id, Verdict.RIGHT, "")


def test_home_shows_it_to_those_who_may_look_until_somebody_has(school: School) -> None:
    alert = break_glass(school, "mara")
    shown = {
        name: [
            row.action
            for row in rows.needing_me(builders.actor(getattr(school.cast, name)), school.site)
        ]
        for name in ("mara", "rosa", "noor", "dana")
    }
    assert shown["noor"] == shown["dana"] == ["Open", "Look at it"]
    assert shown["mara"] == shown["rosa"] == ["Open"]
    noor = builders.actor(school.cast.noor)
    breaking.review(noor, alert, AfterReview.get().public_id, Verdict.RIGHT, "")
    assert [row.action for row in rows.needing_me(noor, school.site)] == ["Open"]


@only_sqlcipher
def test_it_is_sent_and_looked_at_by_the_pages(school: School, browser: Browser) -> None:
    builders.a_person(school.site, Group.OBSERVER)
    browser.sign_in(school.cast.rosa)
    page = browser.get("/alerts/new").follow("Agents inside").follow("Main entrance").follow("Hold")
    page = page.follow("It cannot wait")
    assert page.heading.endswith("Why can it not wait?")
    page = page.follow("They forced their way in")
    assert "Somebody else looks at it afterwards." in page.words
    page = page.form("/alerts/new").submit()
    assert "It went out at once, without a second person. They forced their way in." in page.words
    noor = Browser(browser.client.application)
    noor.sign_in(school.cast.noor)
    form = noor.get(page.path).follow("Look at it").form("/review")
    assert "next time" in form.submit(verdict="wrong").words
    page = form.submit(verdict="wrong", words="Ask the desk first.")
    assert "version 1 should have waited" in page.words
    assert "Ask the desk first." not in page.words
    # Who may look at such alerts reads what others wrote; who sent it does not.
    assert "Ask the desk first." in page.follow("What was written afterwards").words
    assert "What was written afterwards" not in browser.get(page.path).words
