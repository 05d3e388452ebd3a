"""The pages on which administrators see to who signs in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from commons import clock
from commons.accounts import freezing, memberships, proposals, service, sessions
from commons.accounts.models import Account, Membership, Proposal
from commons.permissions import CONSOLE, Grant, Role
from tests import builders


def list_of(cast: Any) -> str:
    return f"/sites/{cast.lincoln.public_id}/accounts"


def invite(browser: Any, cast: Any, role: str = "counselor", **other: str) -> Any:
    page = browser.get(f"{list_of(cast)}/invite")
    values = {"sign_in_name": "ana@school.test", "name": "Ana Example", "role": role, **other}
    return page.form("/invite").submit(**values)


def propose(cast: Any, role: Role = Role.COUNSELOR) -> Proposal:
    return proposals.propose_role(CONSOLE, cast.stranger, role, site=cast.lincoln).proposal


def test_an_administrator_invites_and_gets_a_link_once(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.mara)
    page = invite(browser, cast)
    assert page.heading == "Hand over this link"
    assert "https://farolito.test/sign-in/" in page.words
    assert "A second person is needed" in page.words
    listed = browser.get(list_of(cast))
    assert "Ana Example: counselor, Lincoln Elementary." in listed.words
    assert "Invited" in listed.words
    assert "/sign-in/" not in listed.words


def test_nothing_typed_is_lost_when_an_invitation_is_refused(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.mara)
    page = invite(browser, cast, sign_in_name="a b c")
    assert page.status == 422
    assert page.words.count("Enter a sign-in name without spaces") == 2
    assert page.form("/invite").values["name"] == ["Ana Example"]
    assert Account.select().where(Account.set_up_since.is_null(False)).count() == 0


def test_a_role_that_was_not_offered_is_refused(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.mara)
    assert invite(browser, cast, role="district_administrator").status == 422


def test_an_invitation_from_a_persons_page_knows_their_name(browser: Any, cast: Any) -> None:
    person = builders.a_person(cast.lincoln, name="Ana Example", language="es")
    browser.sign_in(cast.mara)
    where = f"/sites/{cast.lincoln.public_id}/roster/people/{person.public_id}"
    form = browser.get(where).follow("Let them sign in as staff").form("/invite")
    assert (form.values["name"], form.values["language"]) == (["Ana Example"], ["es"])
    form.submit(sign_in_name="ana@school.test", role="front_desk")
    assert service.find_account("ana@school.test").person == person


def test_a_district_administrator_confirms_from_the_home_page(browser: Any, cast: Any) -> None:
    propose(cast)
    browser.sign_in(cast.dana)
    page = browser.get("/home")
    assert "Sam Example: counselor, Lincoln Elementary." in page.words
    page = page.follow("Confirm or decline").form("/confirm").submit()
    assert "It is confirmed, and holds from now on." in page.words
    assert sessions.grants_of(cast.stranger) == {Grant(Role.COUNSELOR, cast.lincoln.id)}


def test_a_proposal_is_declined(browser: Any, cast: Any) -> None:
    propose(cast)
    browser.sign_in(cast.dana)
    page = browser.get(list_of(cast)).form("/decline").submit()
    assert "The proposal is declined." in page.words
    assert sessions.grants_of(cast.stranger) == frozenset()


def test_an_administrator_sees_what_waits_but_has_no_button(browser: Any, cast: Any) -> None:
    number = propose(cast).public_id
    browser.sign_in(cast.mara)
    page = browser.get(list_of(cast))
    assert "Another district administrator must confirm it." in page.words
    assert "/confirm" not in page.text
    values = page.form("/decline").values
    assert browser.post(f"/accounts/proposals/{number}/confirm", values).status == 403
    assert Membership.select().where(Membership.account == cast.stranger).count() == 0


def test_an_act_asks_for_a_fresh_proof_and_leads_back(
    browser: Any, cast: Any, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    propose(cast)
    browser.sign_in(cast.dana)
    form = browser.get(list_of(cast)).form("/confirm")
    time_machine.shift(dt.timedelta(minutes=6))
    answer = browser.post(form.action, form.values, follow=False)
    assert "/account/prove-again?next=/sites/" in answer.response.headers["Location"]
    assert sessions.grants_of(cast.stranger) == frozenset()


def test_a_role_ends_and_reaches_the_next_request(app: Any, browser: Any, cast: Any) -> None:
    from tests.page import Browser

    carmens = Browser(app)
    carmens.sign_in(cast.carmen)
    roster = f"/sites/{cast.lincoln.public_id}/roster"
    assert carmens.get(roster).status == 200
    browser.sign_in(cast.mara)
    page = browser.get(list_of(cast))
    form = page.form(f"/accounts/{cast.carmen.public_id}/revoke")
    assert "The role has ended." in form.submit().words
    assert carmens.get(roster).status in (403, 404)


def test_a_role_elsewhere_cannot_be_ended_by_naming_it(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.mara)
    form = browser.get(list_of(cast)).form(f"/accounts/{cast.carmen.public_id}/revoke")
    url = form.action.replace(cast.carmen.public_id, cast.ines.public_id)
    values = {**form.values, "role": ["site_lead"], "site": [cast.other_school.public_id]}
    assert browser.post(url, values).status == 404
    assert sessions.grants_of(cast.ines)


def test_somebody_is_signed_out_suspended_and_let_in_again(browser: Any, cast: Any) -> None:
    token = sessions.open_session(cast.carmen)
    browser.sign_in(cast.dana)
    at = f"/accounts/{cast.carmen.public_id}"
    page = browser.get(list_of(cast)).form(f"{at}/end-sessions").submit()
    assert "They are signed out everywhere." in page.words
    assert sessions.find(token) is None
    page = page.form(f"{at}/suspend").submit()
    assert "They can no longer sign in." in page.words
    page = page.form(f"{at}/restore").submit()
    assert "They can sign in again." in page.words


def test_a_recovery_is_confirmed_by_the_second_who_gets_the_link(browser: Any, cast: Any) -> None:
    second = builders.an_account(
        Role.DISTRICT_ADMINISTRATOR, district=cast.district, name="Dario Example"
    )
    browser.sign_in(cast.dana)
    page = browser.get(list_of(cast)).form(f"/accounts/{cast.rosa.public_id}/recover").submit()
    assert "They get the link to hand over." in page.words
    browser.sign_in(second)
    page = browser.get("/accounts")
    assert "Rosa Example lost their phone or password" in page.words
    page = page.form("/confirm").submit()
    assert page.heading == "Hand over this link"
    assert Account.get_by_id(cast.rosa.id).set_up_since is not None


def test_a_new_link_is_shown_for_somebody_who_lost_theirs(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.mara)
    invite(browser, cast, role="front_desk")
    account = service.find_account("ana@school.test")
    page = browser.get(list_of(cast)).form(f"/accounts/{account.public_id}/new-link").submit()
    assert page.heading == "Hand over this link"


def test_the_list_holds_those_of_the_place_and_its_district_only(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.mara)
    words = browser.get(list_of(cast)).words
    for name in ("Rosa Example", "Dana Example", "Noor Example", "Luis Example"):
        assert name in words
    for name in ("Ines Example", "Amina Example", "Sam Example"):
        assert name not in words
    assert "Noor Example" not in browser.get("/accounts").words


def test_a_district_administrator_invites_to_the_district(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.dana)
    role = f"dispatcher:{cast.district.public_id}"
    values = {"sign_in_name": "ana@school.test", "name": "Ana Example", "role": role}
    page = browser.get("/accounts/invite").form("/invite").submit(**values)
    assert page.heading == "Hand over this link"
    row = Proposal.get()
    assert (row.role, row.district, row.site) == (Role.DISPATCHER, cast.district, None)


@pytest.mark.parametrize(("who", "status"), [("rosa", 403), ("dev", 403), ("amina", 403)])
def test_others_see_no_list(browser: Any, cast: Any, who: str, status: int) -> None:
    browser.sign_in(getattr(cast, who))
    for path in (list_of(cast), "/accounts", f"{list_of(cast)}/invite"):
        assert browser.get(path).status == status


def test_an_administrator_of_another_school_finds_nothing(browser: Any, cast: Any) -> None:
    far = builders.an_account(Role.ADMINISTRATOR, cast.other_school, name="Far Example")
    browser.sign_in(far)
    assert browser.get(list_of(cast)).status == 404
    assert browser.get(f"{list_of(cast)}/invite").status == 404


def test_a_quiet_call_waits_on_the_home_page_of_a_peer_without_signal(
    browser: Any, cast: Any
) -> None:
    freezing.freeze(cast.rosa)
    browser.sign_in(cast.mara)
    page = browser.get("/home")
    assert "asked for help quietly" in page.words
    assert "Rosa" not in page.words
    browser.sign_in(cast.ines)
    assert "asked for help quietly" not in browser.get("/home").words


def test_a_role_everywhere_is_named_so(browser: Any, cast: Any) -> None:
    wide = builders.an_account(Role.DISTRICT_ADMINISTRATOR, name="Wide Example")
    browser.sign_in(wide)
    assert "dispatcher, everywhere" in browser.get("/accounts").words
    memberships.revoke(CONSOLE, cast.noor, Role.DISPATCHER)
    assert "Noor Example" not in browser.get("/accounts").words
