"""What somebody may do follows from the rosters they stand on, at every request anew."""

from __future__ import annotations

import pytest

from commons import clock
from commons.accounts import service, sessions
from commons.accounts.by_signal import people
from commons.accounts.models import Account, Membership
from commons.errors import Conflict
from commons.permissions import Grant, Role, may
from commons.roster.joining import service as joining
from commons.roster.models import Group, Person, RosterEntry
from tests import builders
from tests.commons.accounts.by_signal.conftest import Family


def grants(person: Person) -> frozenset[Grant]:
    return sessions.grants_of(people.account_for(person))


@pytest.mark.parametrize(
    ("group", "role"),
    [
        (Group.FAMILY, Role.PARENT),
        (Group.VOLUNTEER, Role.VOLUNTEER),
        (Group.OBSERVER, Role.OBSERVER),
    ],
)
def test_a_roster_makes_a_role_at_its_own_site(
    cast: builders.Cast, group: Group, role: Role
) -> None:
    person = builders.a_person(cast.lincoln, group)
    assert grants(person) == {Grant(role, cast.lincoln.id)}


@pytest.mark.parametrize("group", [Group.STAFF, Group.PARTNER])
def test_other_groups_make_none(cast: builders.Cast, group: Group) -> None:
    person = builders.a_person(cast.lincoln, group)
    assert not people.may_sign_in(person)
    with pytest.raises(Conflict):
        people.checked_account(person)


def test_somebody_at_two_schools_has_a_role_at_each_until_they_leave_it(
    cast: builders.Cast, amina: Family
) -> None:
    RosterEntry.create(
        site=cast.other_school, person=amina.person, group=Group.VOLUNTEER, since=clock.now()
    )
    here, there = Grant(Role.PARENT, cast.lincoln.id), Grant(Role.VOLUNTEER, cast.other_school.id)
    assert grants(amina.person) == {here, there}
    RosterEntry.update(until=clock.now()).where(RosterEntry.site == cast.lincoln).execute()
    assert grants(amina.person) == {there}


def test_a_role_of_staff_given_by_mistake_does_nothing_without_a_password(
    cast: builders.Cast, amina: Family
) -> None:
    account = people.account_for(amina.person)
    Membership.create(
        account=account,
        role=Role.ADMINISTRATOR,
        site=cast.lincoln,
        since=clock.now(),
        granted_by="test",
    )
    actor = sessions.actor_for(account)
    assert {grant.role for grant in actor.grants} == {Role.PARENT}
    assert not may(actor, "roster.view", cast.lincoln)


def test_whoever_waits_is_a_parent_nowhere_and_somewhere_once_admitted(
    cast: builders.Cast,
) -> None:
    guest = builders.a_guest()
    joining.ask_to_join(builders.an_invite(cast.lincoln), guest, "Lupe", "es", clock.now())
    assert grants(guest) == {Grant(Role.PARENT, 0)}
    request = guest.join_requests.get()
    joining.admit(builders.actor(cast.rosa), cast.lincoln, request)
    assert grants(guest) == {Grant(Role.PARENT, cast.lincoln.id)}


def test_the_account_of_somebody_erased_opens_nothing(cast: builders.Cast, amina: Family) -> None:
    account = people.account_for(amina.person)
    token = sessions.open_session(account)
    Person.delete().where(Person.id == amina.person.id).execute()
    found = sessions.find(token)
    assert found is None or found.actor.grants == frozenset()
    assert sessions.grants_of(Account.get_by_id(account.id)) == frozenset()


def test_a_long_name_is_cut_to_what_an_account_takes(cast: builders.Cast) -> None:
    person = builders.a_person(cast.lincoln, Group.FAMILY, name="x" * 100)
    assert people.account_for(person).reveal("name") == "x" * service.LONGEST_NAME
