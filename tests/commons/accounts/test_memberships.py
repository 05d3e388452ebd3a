"""Roles are given once in one place, and taken by one person at once."""

from __future__ import annotations

from typing import Any

import pytest

from commons import audit, permissions
from commons.accounts import memberships, sessions
from commons.accounts.memberships import Place
from commons.accounts.models import Account, AccountState, Membership
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import CONSOLE, Actor, Role
from tests import builders


def test_a_role_is_given_once_and_can_be_given_again_after_it_was_taken(cast: Any) -> None:
    arguments = (CONSOLE, cast.stranger, Role.COUNSELOR)
    memberships.give_role(*arguments, site=cast.lincoln)
    with pytest.raises(Conflict):
        memberships.give_role(*arguments, site=cast.lincoln)
    memberships.revoke(*arguments, site=cast.lincoln)
    memberships.give_role(*arguments, site=cast.lincoln)
    assert Membership.select().where(Membership.account == cast.stranger).count() == 2


def test_a_role_that_is_not_held_there_cannot_be_taken(cast: Any) -> None:
    with pytest.raises(Conflict):
        memberships.revoke(CONSOLE, cast.rosa, Role.SITE_LEAD, site=cast.other_school)
    with pytest.raises(Conflict):
        memberships.revoke(CONSOLE, cast.rosa, Role.SITE_LEAD)


@pytest.mark.parametrize("role", [Role.CONSOLE, Role.RELAY])
def test_nobody_is_made_the_console_or_the_relay(cast: Any, role: Role) -> None:
    with pytest.raises(Invalid):
        memberships.give_role(CONSOLE, cast.stranger, role)


def test_a_grant_stands_in_the_sites_chain(cast: Any) -> None:
    memberships.give_role(CONSOLE, cast.stranger, Role.COUNSELOR, site=cast.lincoln)
    links = [link.kind for link in audit.AuditLink.select()]
    assert links == ["account.role_granted"]
    assert audit.faults(f"site:{cast.lincoln.id}") == []


def test_an_administrator_ends_a_role_at_their_own_site_only(cast: Any) -> None:
    mara = builders.actor(cast.mara)
    with pytest.raises(NotFound):
        memberships.revoke(mara, cast.ines, Role.SITE_LEAD, site=cast.other_school)
    with pytest.raises(NotFound):
        memberships.revoke(mara, cast.noor, Role.DISPATCHER)
    memberships.revoke(mara, cast.rosa, Role.SITE_LEAD, site=cast.lincoln)
    assert sessions.grants_of(cast.rosa) == frozenset()


def test_a_lead_ends_no_role(cast: Any) -> None:
    with pytest.raises(Forbidden):
        memberships.revoke(
            builders.actor(cast.rosa), cast.mara, Role.ADMINISTRATOR, site=cast.lincoln
        )


def test_ending_a_role_needs_a_fresh_proof(cast: Any) -> None:
    mara = Actor(builders.actor(cast.mara).ref, builders.actor(cast.mara).grants, cast.mara.id)
    with pytest.raises(permissions.NotFresh):
        memberships.revoke(mara, cast.rosa, Role.SITE_LEAD, site=cast.lincoln)


def test_an_account_reaches_wherever_it_has_a_role_and_else_everywhere(cast: Any) -> None:
    assert memberships.places_of(cast.stranger) == [Place()]
    assert memberships.places_of(cast.rosa) == [Place(cast.lincoln.id, cast.district.id)]
    with pytest.raises(NotFound):
        memberships.require_over(builders.actor(cast.dana), "accounts.suspend", cast.ines)
    memberships.require_over(builders.actor(cast.dana), "accounts.suspend", cast.rosa)


def test_an_invitation_from_far_away_protects_nobody_from_their_own_district(cast: Any) -> None:
    memberships.give_role(CONSOLE, cast.rosa, Role.VOLUNTEER, site=cast.other_school)
    assert memberships.places_of(cast.rosa) == [Place(cast.lincoln.id, cast.district.id)]
    assert len(memberships.every_place_of(cast.rosa)) == 2
    memberships.require_over(builders.actor(cast.dana), "accounts.suspend", cast.rosa)


def test_district_administrators_of_a_place_are_its_own_and_those_of_everywhere(cast: Any) -> None:
    wide = builders.an_account(Role.DISTRICT_ADMINISTRATOR, name="Wide Example")
    here = [memberships.place(cast.lincoln)]
    there = [memberships.place(cast.other_school)]
    assert {a.id for a in memberships.administrators(here)} == {cast.dana.id, wide.id}
    assert {a.id for a in memberships.administrators(there)} == {wide.id}
    assert {a.id for a in memberships.administrators([Place()])} == {wide.id}


def test_whoever_is_suspended_or_not_set_up_counts_for_less(cast: Any) -> None:
    here = [memberships.place(cast.lincoln)]
    Account.update(set_up_since=cast.dana.created_at).where(Account.id == cast.dana.id).execute()
    assert memberships.administrators(here) == [cast.dana]
    assert memberships.administrators(here, able=True) == []
    Account.update(state=AccountState.SUSPENDED).where(Account.id == cast.dana.id).execute()
    assert memberships.administrators(here) == []
