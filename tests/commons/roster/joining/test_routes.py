"""The lead's room for joining."""

from __future__ import annotations

import re

import pytest
import time_machine

from commons import clock
from commons.roster.joining import service
from commons.roster.joining.models import Invite, JoinRequest, JoinState
from commons.roster.models import Group, RosterEntry
from commons.sites.models import Site
from tests.builders import Cast, a_guest, an_invite
from tests.page import Browser, Page


@pytest.fixture
def rosa(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.rosa)
    return browser


def room(site: Site) -> str:
    return f"/sites/{site.public_id}/joining"


def asked(invite: Invite, name: str) -> None:
    service.ask_to_join(invite, a_guest(), name, "es", clock.now())


def make(browser: Browser, site: Site) -> Page:
    return browser.get(room(site)).form("/invites").submit(group="family", hours="72")


def test_an_invite_is_made_and_its_poster_says_what_to_do(rosa: Browser, cast: Cast) -> None:
    poster = make(rosa, cast.lincoln)
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", poster.words)
    assert code is not None
    assert poster.heading == "Join Lincoln Elementary"
    assert f"https://farolito.test/join/{code[0]}" in poster.words
    plain = re.sub("[\u2066\u2069]", "", poster.words)
    assert f"send JOIN {code[0]} in Signal to +1 213-555-0100" in plain
    assert 'src="data:image/svg' in poster.text


def test_the_form_asks_for_whom_the_invite_is(rosa: Browser, cast: Cast) -> None:
    page = rosa.get(room(cast.lincoln)).form("/invites").submit(hours="24")
    assert page.status == 422
    assert page.words.count("Choose families or volunteers.") == 2
    assert page.form("/invites").values["hours"] == ["24"]
    assert Invite.select().count() == 0


def test_making_an_invite_asks_first_who_it_is(rosa: Browser, cast: Cast) -> None:
    page = rosa.get(room(cast.lincoln))
    with time_machine.travel(clock.now().timestamp() + 6 * 60):
        answer = page.form("/invites").submit(group="family")
    assert "/prove-again" in answer.path
    assert Invite.select().count() == 0


def test_who_waits_is_offered_on_the_roster_and_at_home(rosa: Browser, cast: Cast) -> None:
    roster = f"/sites/{cast.lincoln.public_id}/roster"
    assert "People who want to join (" not in rosa.get(roster).words
    invite = an_invite(cast.lincoln)
    for name in ("Ana", "Bo", "Cy"):
        asked(invite, name)
    assert "People who want to join (3)" in rosa.get(roster).words
    home = rosa.get("/home")
    assert "3 people wait to be admitted." in home.words
    assert home.follow("See who").heading == "People who want to join"


def test_the_lead_admits_one_and_declines_another(rosa: Browser, cast: Cast) -> None:
    invite = an_invite(cast.lincoln, Group.VOLUNTEER)
    for name in ("Ana", "Bo"):
        asked(invite, name)
    page = rosa.get(room(cast.lincoln))
    assert "Volunteers · Español · number ends in" in page.words
    page = page.form("/admit").submit()
    assert "Ana is on the roster." in page.words
    page = page.form("/decline").submit()
    assert "They were declined." in page.words
    assert "Nobody waits to be admitted." in page.words
    assert [entry.group for entry in RosterEntry.select()] == [Group.VOLUNTEER]


def test_a_second_click_says_that_it_was_decided(rosa: Browser, cast: Cast) -> None:
    asked(an_invite(cast.lincoln), "Ana")
    page = rosa.get(room(cast.lincoln))
    page.form("/admit").submit()
    assert page.form("/admit").submit().status == 409
    assert page.form("/decline").submit().status == 409
    assert RosterEntry.select().count() == 1


def test_revoking_says_how_many_it_declined(rosa: Browser, cast: Cast) -> None:
    asked(an_invite(cast.lincoln), "Ana")
    page = rosa.get(room(cast.lincoln))
    assert "One person waits through it" in page.words
    page = page.form("/revoke").submit()
    assert "One person who waited through it was declined." in page.words
    assert "No code can be used now." in page.words
    assert JoinRequest.get().state == JoinState.DECLINED


def test_the_poster_of_an_ended_invite_is_gone(rosa: Browser, cast: Cast) -> None:
    for ended in (
        an_invite(cast.lincoln, revoked_at=clock.now()),
        an_invite(cast.lincoln, expires_at=clock.now()),
    ):
        assert rosa.get(f"{room(cast.lincoln)}/invites/{ended.public_id}").status == 404


def test_an_invite_and_a_request_of_another_school_are_not_found_here(
    rosa: Browser, cast: Cast
) -> None:
    theirs = an_invite(cast.other_school)
    asked(theirs, "Ana")
    request, here = JoinRequest.get().public_id, rosa.get(room(cast.lincoln))
    assert "Ana" not in here.words
    token = here.form("/invites").values["csrf_token"]
    for address in (
        f"/invites/{theirs.public_id}/revoke",
        f"/people/{request}/admit",
        f"/people/{request}/decline",
    ):
        answer = rosa.post(f"{room(cast.lincoln)}{address}", {"csrf_token": token})
        assert answer.status == 404
    assert rosa.get(f"{room(cast.lincoln)}/invites/{theirs.public_id}").status == 404
    assert JoinRequest.get().state == JoinState.WAITING
    assert Invite.get().revoked_at is None


@pytest.mark.parametrize("name", ["ines", "carmen", "dev", "dana", "noor", "amina", "stranger"])
def test_nobody_else_sees_who_waits_or_learns_a_code(
    browser: Browser, cast: Cast, name: str
) -> None:
    invite = an_invite(cast.lincoln)
    asked(invite, "Zoraida")
    browser.sign_in(getattr(cast, name))
    for address in (room(cast.lincoln), f"{room(cast.lincoln)}/invites/{invite.public_id}"):
        page = browser.get(address)
        assert page.status in (403, 404)
        assert "Zoraida" not in page.words
        assert invite.reveal("code")[:4] not in page.words
    assert "wait to be admitted" not in browser.get("/home").words
