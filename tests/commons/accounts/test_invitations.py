"""Staff are invited with a link; what takes two waits for the second."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from commons import clock, permissions
from commons.accounts import invitations, proposals, service, sessions, signing_in
from commons.accounts.models import Account, SignInLink
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import CONSOLE, Grant, Role
from tests import builders


def invited(cast: Any, role: Role = Role.COUNSELOR, **given: Any) -> invitations.Invited:
    values = {"sign_in_name": "ana@school.test", "name": "Ana Example", "site": cast.lincoln}
    actor = given.pop("actor", None) or builders.actor(cast.mara)
    return invitations.invite(actor, role=role, **{**values, **given})


def test_a_staff_role_waits_for_a_district_administrator(cast: Any) -> None:
    done = invited(cast)
    assert sessions.grants_of(done.account) == frozenset()
    assert done.proposal is not None
    with pytest.raises(Forbidden):
        proposals.confirm(builders.actor(cast.mara), done.proposal.public_id)
    proposals.confirm(builders.actor(cast.dana), done.proposal.public_id)
    assert sessions.grants_of(done.account) == {Grant(Role.COUNSELOR, cast.lincoln.id)}


def test_front_desk_and_helpers_are_given_by_the_sites_administrator_alone(cast: Any) -> None:
    done = invited(cast, Role.FRONT_DESK)
    assert done.proposal is None
    assert sessions.grants_of(done.account) == {Grant(Role.FRONT_DESK, cast.lincoln.id)}


def test_the_link_lasts_seven_days_and_works_once(cast: Any) -> None:
    done = invited(cast)
    assert done.token is not None
    left = SignInLink.get().expires_at - clock.now()
    assert dt.timedelta(days=6) < left <= dt.timedelta(days=7)
    assert signing_in.sign_in_with_link(done.token)
    with pytest.raises(Conflict):
        signing_in.sign_in_with_link(done.token)


def test_whoever_has_an_account_keeps_it_and_gets_no_link(cast: Any) -> None:
    name = cast.ines.reveal("sign_in_name")
    done = invited(cast, sign_in_name=name.upper(), name="Another Name")
    assert (done.account, done.token) == (cast.ines, None)
    kept = Account.get_by_id(cast.ines.id)
    assert (kept.reveal("name"), kept.set_up_since) == ("Ines Example", None)


@pytest.mark.parametrize("who", ["rosa", "carmen", "dev", "amina", "noor"])
def test_only_administrators_invite(cast: Any, who: str) -> None:
    with pytest.raises(Forbidden):
        invited(cast, actor=builders.actor(getattr(cast, who)))


def test_an_administrator_invites_to_their_own_site_only(cast: Any) -> None:
    with pytest.raises(NotFound):
        invited(cast, site=cast.other_school)
    with pytest.raises(NotFound):
        invited(cast, Role.DISPATCHER, site=None, district=cast.district)
    with pytest.raises(NotFound):
        invited(cast, Role.DISPATCHER, site=None)


@pytest.mark.parametrize("role", [Role.PARENT, Role.CONSOLE, Role.DISPATCHER])
def test_a_role_that_no_site_has_is_refused(cast: Any, role: Role) -> None:
    with pytest.raises(Invalid):
        invited(cast, role)


def test_an_invitation_needs_a_fresh_proof(cast: Any) -> None:
    stale = builders.actor(cast.mara, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(permissions.NotFresh):
        invited(cast, actor=stale)


def test_a_new_link_makes_the_one_before_worthless(cast: Any) -> None:
    done = invited(cast)
    new = invitations.new_link(builders.actor(cast.mara), done.account)
    with pytest.raises(Conflict):
        signing_in.sign_in_with_link(done.token or "")
    assert signing_in.sign_in_with_link(new)


def test_no_new_link_for_whoever_is_set_up_or_recovers(cast: Any) -> None:
    mara = builders.actor(cast.mara)
    with pytest.raises(Conflict):
        invitations.new_link(mara, cast.carmen)
    Account.update(set_up_since=clock.now()).where(Account.id == cast.carmen.id).execute()
    with pytest.raises(Conflict):
        invitations.new_link(mara, Account.get_by_id(cast.carmen.id))


def test_no_new_link_for_an_account_that_reaches_further(cast: Any) -> None:
    done = invited(cast)
    proposals.propose_role(
        builders.actor(cast.dana), done.account, Role.DISPATCHER, district=cast.district
    )
    with pytest.raises(NotFound):
        invitations.new_link(builders.actor(cast.mara), done.account)


def test_an_invitation_from_a_persons_page_ties_the_account_to_them(cast: Any) -> None:
    person = builders.a_person(cast.lincoln, name="Ana Example")
    assert invited(cast, person=person).account.person == person


def test_the_console_gives_what_one_may_give(cast: Any) -> None:
    assert invitations.grant(CONSOLE, cast.stranger, Role.PARENT, site=cast.lincoln) is None
    waits = invitations.grant(CONSOLE, cast.stranger, Role.SITE_LEAD, site=cast.lincoln)
    assert waits is not None
    assert sessions.grants_of(cast.stranger) == {Grant(Role.PARENT, cast.lincoln.id)}
    assert service.find_account(cast.stranger.reveal("sign_in_name")) == cast.stranger
