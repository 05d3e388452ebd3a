"""Joining by a school's link on the web, up to the page that says to wait."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from commons import clock, i18n
from commons.accounts.by_signal import people
from commons.accounts.by_signal.models import RequestState, SignInRequest
from commons.roster.joining import service as joining
from commons.roster.joining.models import Invite, JoinRequest, JoinState
from commons.roster.models import Group, Person
from tests import builders, page
from tests.commons.accounts.by_signal.conftest import Family, Phone
from tests.commons.accounts.by_signal.pages import code_of, go_on, number_of, sign_in

WAITS = "You wait to be admitted. The site lead of your school says yes when they have seen you."


@pytest.fixture
def invite(cast: builders.Cast) -> Invite:
    return builders.an_invite(cast.lincoln)


def asked(browser: page.Browser, invite: Invite, **given: str) -> page.Page:
    """Fill in the form of the link, and return the page with the code."""
    values = {"name": "Lupe", "language": "es", **given}
    return browser.get(f"/join/{invite.reveal('code')}").form("/join").submit(**values)


def test_the_form_says_what_is_stored_before_anything_is(
    browser: page.Browser, invite: Invite
) -> None:
    found = browser.get(f"/join/{invite.reveal('code')}")
    assert found.heading == "Join Lincoln Elementary"
    assert "Your number in Signal." in found.words
    assert "/privacy" in found.links()
    assert SignInRequest.select().count() == 0


def test_a_family_joins_and_waits_until_the_lead_has_seen_it(
    browser: page.Browser, invite: Invite
) -> None:
    guest = builders.a_guest("en")
    found = asked(browser, invite)
    assert found.heading == "Send this code from Signal"
    Phone(guest).pick(code_of(found), number_of(found))
    home = go_on(browser, found)
    assert (home.path, home.status) == ("/home", 200)
    with i18n.use("es"):
        assert i18n.gettext(WAITS) in home.words
    person = Person.get_by_id(guest.id)
    assert (person.reveal("name"), person.language) == ("Lupe", "es")
    request = JoinRequest.get(JoinRequest.person == guest)
    assert (request.state, request.invite_id) == (JoinState.WAITING, invite.id)


def test_whoever_waits_sees_their_own_things_and_no_others(
    browser: page.Browser, invite: Invite, cast: builders.Cast
) -> None:
    found = asked(browser, invite)
    Phone(builders.a_guest("en")).pick(code_of(found), number_of(found))
    go_on(browser, found)
    assert browser.get("/account").status == 200
    for address in ("/sites", f"/sites/{cast.lincoln.public_id}", "/alerts"):
        assert browser.get(address).status in (403, 404), address


def test_once_admitted_the_same_session_shows_the_school(
    browser: page.Browser, invite: Invite, cast: builders.Cast
) -> None:
    found = asked(browser, invite)
    Phone(builders.a_guest("en")).pick(code_of(found), number_of(found))
    go_on(browser, found)
    joining.admit(builders.actor(cast.rosa), cast.lincoln, JoinRequest.get())
    assert browser.get("/home").heading == "Lincoln Elementary"


def test_who_is_declined_can_do_nothing_more(
    browser: page.Browser, invite: Invite, cast: builders.Cast
) -> None:
    found = asked(browser, invite)
    Phone(builders.a_guest("en")).pick(code_of(found), number_of(found))
    go_on(browser, found)
    joining.decline(builders.actor(cast.rosa), cast.lincoln, JoinRequest.get())
    # Whoever signs in reaches what is their own, and nothing of the school.
    assert "Lincoln Elementary" not in browser.get("/home").words
    assert browser.get("/sites").status == 403


def test_somebody_of_the_school_who_joins_again_is_simply_signed_in(
    browser: page.Browser, invite: Invite, amina: Family
) -> None:
    found = asked(browser, invite, name="Other")
    amina.phone.pick(code_of(found), number_of(found))
    assert go_on(browser, found).heading == "Lincoln Elementary"
    assert Person.get_by_id(amina.person.id).reveal("name") == "Amina Example"


def test_unknown_used_up_and_old_codes_look_the_same(
    browser: page.Browser, cast: builders.Cast
) -> None:
    old = builders.an_invite(cast.lincoln, expires_at=clock.now() - dt.timedelta(hours=1))
    full = builders.an_invite(cast.lincoln, uses=25)
    gone = builders.an_invite(cast.lincoln, revoked_at=clock.now())
    codes = [invite.reveal("code") for invite in (old, full, gone)]
    found = [browser.get(f"/join/{code}") for code in [*codes, "NOSUCH77", "x"]]
    assert {one.status for one in found} == {404}
    # But for the address in the choice of a language, and the reference of the request.
    texts = {re.sub(r"\b[0-9a-f]{12}\b", "", one.text.replace(one.path, "")) for one in found}
    assert len(texts) == 1


def test_an_invite_that_is_used_up_meanwhile_signs_nobody_in(
    browser: page.Browser, invite: Invite
) -> None:
    found = asked(browser, invite)
    Phone(builders.a_guest("en")).pick(code_of(found), number_of(found))
    Invite.update(uses=25).where(Invite.id == invite.id).execute()
    assert go_on(browser, found).status == 404
    assert browser.get("/home").heading == "Sign in"
    assert SignInRequest.get().state == RequestState.APPROVED


@pytest.mark.parametrize("name", ["", "x" * 25])
def test_a_name_is_asked_for_and_short(browser: page.Browser, invite: Invite, name: str) -> None:
    found = asked(browser, invite, name=name)
    assert found.status == 422
    assert found.form("/join").values["language"] == ["es"]
    assert SignInRequest.select().count() == 0


def test_a_person_has_one_account_however_often_they_come(
    browser: page.Browser, amina: Family
) -> None:
    sign_in(browser, amina.phone)
    first = people.account_for(amina.person)
    assert people.account_for(amina.person) == first
    assert first.reveal("name") == "Amina Example"
    assert first.reveal("sign_in_name") == ""


def test_a_guest_may_not_sign_in_before_asking(cast: builders.Cast) -> None:
    guest = builders.a_guest()
    assert not people.may_sign_in(guest)
    invite = builders.an_invite(cast.lincoln, Group.VOLUNTEER)
    joining.ask_to_join(invite, guest, "Lupe", "es", clock.now())
    assert people.may_sign_in(guest)
