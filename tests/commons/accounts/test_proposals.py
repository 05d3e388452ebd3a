"""What takes two is never done by one, nor by the one it is about."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from commons import audit, clock, permissions
from commons.accounts import devices, memberships, proposals, service, sessions, signing_in
from commons.accounts.models import Account, KnownDevice, Membership, Proposal, ProposalKind
from commons.database import connection
from commons.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from commons.permissions import CONSOLE, Actor, Grant, Role
from tests import builders

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def second(cast: Any) -> Account:
    """Return another district administrator, beside Dana."""
    return builders.an_account(
        Role.DISTRICT_ADMINISTRATOR, district=cast.district, name="Dario Example"
    )


def proposed(cast: Any, role: Role = Role.COUNSELOR) -> Proposal:
    dana = builders.actor(cast.dana)
    return proposals.propose_role(dana, cast.stranger, role, site=cast.lincoln).proposal


def test_one_proposes_another_confirms_and_then_the_role_holds(cast: Any, second: Account) -> None:
    proposal = proposed(cast)
    assert sessions.grants_of(cast.stranger) == frozenset()
    assert proposals.confirm(builders.actor(second), proposal.public_id).done
    assert sessions.grants_of(cast.stranger) == {Grant(Role.COUNSELOR, cast.lincoln.id)}
    kinds = [link.kind for link in audit.AuditLink.select().order_by(audit.AuditLink.id)]
    assert kinds == ["account.role_proposed", "account.role_confirmed", "account.role_granted"]


def test_nobody_confirms_what_they_proposed(cast: Any) -> None:
    with pytest.raises(Forbidden, match="Somebody else must confirm"):
        proposals.confirm(builders.actor(cast.dana), proposed(cast).public_id)


def test_nobody_proposes_or_confirms_a_role_for_themselves(cast: Any, second: Account) -> None:
    dana = builders.actor(cast.dana)
    with pytest.raises(Forbidden, match="your own account"):
        proposals.propose_role(dana, cast.dana, Role.SITE_LEAD, site=cast.lincoln)
    about = proposals.propose_role(dana, second, Role.COUNSEL, district=cast.district).proposal
    with pytest.raises(Forbidden, match="your own account"):
        proposals.confirm(builders.actor(second), about.public_id)


@pytest.mark.parametrize("who", ["rosa", "mara", "noor", "ines"])
def test_only_a_district_administrator_of_the_place_proposes_and_confirms(
    cast: Any, who: str
) -> None:
    actor = builders.actor(getattr(cast, who))
    with pytest.raises((Forbidden, NotFound)):
        proposals.propose_role(actor, cast.stranger, Role.COUNSELOR, site=cast.lincoln)
    with pytest.raises((Forbidden, NotFound)):
        proposals.confirm(actor, proposed(cast).public_id)


def test_an_administrator_of_another_district_finds_nothing(cast: Any) -> None:
    far = builders.an_account(
        Role.DISTRICT_ADMINISTRATOR, district=cast.other_school.district, name="Far Example"
    )
    with pytest.raises(NotFound):
        proposals.confirm(builders.actor(far), proposed(cast).public_id)


def test_both_acts_need_a_fresh_proof(cast: Any, second: Account) -> None:
    def stale(account: Account) -> Actor:
        return builders.actor(account, NOON - dt.timedelta(minutes=6))

    with pytest.raises(permissions.NotFresh):
        proposals.propose_role(stale(cast.dana), cast.stranger, Role.COUNSELOR, site=cast.lincoln)
    with pytest.raises(permissions.NotFresh):
        proposals.confirm(stale(second), proposed(cast).public_id)


def test_a_proposal_lasts_seven_days(
    cast: Any, second: Account, time_machine: TimeMachineFixture
) -> None:
    proposal = proposed(cast)
    time_machine.shift(dt.timedelta(days=7))
    with pytest.raises(Conflict, match="seven days are over"):
        proposals.confirm(builders.actor(second), proposal.public_id)
    assert sessions.grants_of(cast.stranger) == frozenset()
    assert proposals.open_proposals() == []
    assert proposed(cast).id != proposal.id


def test_what_was_declined_cannot_be_confirmed(cast: Any, second: Account) -> None:
    proposal = proposed(cast)
    proposals.decline(builders.actor(second), proposal.public_id)
    with pytest.raises(Conflict):
        proposals.confirm(builders.actor(second), proposal.public_id)
    own = proposed(cast)
    proposals.decline(builders.actor(cast.dana), own.public_id)
    with pytest.raises(Conflict):
        proposals.decline(builders.actor(cast.dana), own.public_id)


def test_the_same_thing_is_proposed_once_and_not_when_it_is_held(cast: Any) -> None:
    proposed(cast)
    with pytest.raises(Conflict, match="proposed already"):
        proposed(cast)
    dana = builders.actor(cast.dana)
    with pytest.raises(Conflict, match="already holds"):
        proposals.propose_role(dana, cast.rosa, Role.SITE_LEAD, site=cast.lincoln)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PARENT, Role.CONSOLE])
def test_what_needs_no_second_person_is_not_proposed(cast: Any, role: Role) -> None:
    with pytest.raises(Invalid):
        proposed(cast, role)


def test_of_two_who_confirm_at_once_one_does(cast: Any, second: Account) -> None:
    third = builders.an_account(
        Role.DISTRICT_ADMINISTRATOR, district=cast.district, name="Dora Example"
    )
    number = proposed(cast).public_id
    actors = [builders.actor(second), builders.actor(third)] * 2

    def attempt(actor: Actor) -> type[DomainError] | None:
        try:
            with connection():
                proposals.confirm(actor, number)
        except DomainError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, actors))
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, Conflict, Conflict, Conflict]))
    assert Membership.select().where(Membership.account == cast.stranger).count() == 1


def test_a_proposal_dies_with_its_proposers_right(cast: Any, second: Account) -> None:
    proposal = proposed(cast)
    memberships.revoke(CONSOLE, cast.dana, Role.DISTRICT_ADMINISTRATOR, district=cast.district)
    with pytest.raises(Conflict, match="may no longer"):
        proposals.confirm(builders.actor(second), proposal.public_id)


def test_the_console_is_one_of_the_two_while_there_are_fewer_than_three(
    cast: Any, second: Account
) -> None:
    assert proposals.confirm(CONSOLE, proposed(cast).public_id).done
    asked = proposals.propose_role(CONSOLE, cast.stranger, Role.COUNSEL, district=cast.district)
    assert not asked.done
    builders.an_account(Role.DISTRICT_ADMINISTRATOR, district=cast.district, name="Dora Example")
    with pytest.raises(Conflict, match="not the console"):
        proposals.propose_role(CONSOLE, cast.stranger, Role.SITE_LEAD, site=cast.lincoln)
    with pytest.raises(Conflict, match="not the console"):
        proposals.confirm(CONSOLE, proposed(cast, Role.ADMINISTRATOR).public_id)
    # Nor does what it proposed before count any more.
    with pytest.raises(Conflict, match="not the console"):
        proposals.confirm(builders.actor(second), asked.proposal.public_id)


def test_without_any_administrator_the_console_alone_gives_the_first_and_the_lead(
    cast: Any,
) -> None:
    site = builders.a_site("New School", builders.a_district("New District"))
    stranger = cast.stranger
    assert proposals.propose_role(CONSOLE, stranger, Role.SITE_LEAD, site=site).done
    other = builders.an_account(None, name="Other Example")
    assert not proposals.propose_role(CONSOLE, other, Role.SITE_LEAD, site=site).done
    assert not proposals.propose_role(CONSOLE, other, Role.COUNSELOR, site=site).done
    first = {"district": site.district}
    role = Role.DISTRICT_ADMINISTRATOR
    assert proposals.propose_role(CONSOLE, stranger, role, **first).done
    assert not proposals.propose_role(CONSOLE, other, role, **first).done


def test_a_recovery_empties_both_proofs_and_ends_everything(
    cast: Any, rosa: Any, second: Account
) -> None:
    token = sessions.open_session(rosa.account)
    old = service.make_sign_in_link(CONSOLE, rosa.account)
    devices.remember(rosa.account)
    asked = proposals.propose_recovery(builders.actor(cast.dana), rosa.account)
    assert Account.get_by_id(rosa.account.id).totp_secret is not None
    done = proposals.confirm(builders.actor(second), asked.proposal.public_id)
    kept = Account.get_by_id(rosa.account.id)
    assert (kept.password_hash, kept.totp_secret) == (None, None)
    assert kept.set_up_since == clock.now()
    assert sessions.find(token) is None
    assert KnownDevice.select().count() == 0
    assert not signing_in.link_is_open(old)
    assert done.token is not None
    found = sessions.find(signing_in.sign_in_with_link(done.token))
    assert found is not None
    # What they hold comes back with the second factor, not with the link.
    assert found.actor.grants == frozenset()


def test_a_recovery_is_for_whoever_covers_all_their_places(cast: Any, second: Account) -> None:
    memberships.give_role(CONSOLE, cast.rosa, Role.COUNSELOR, site=cast.other_school)
    with pytest.raises(NotFound):
        proposals.propose_recovery(builders.actor(cast.dana), cast.rosa)
    with pytest.raises(Forbidden, match="own account"):
        proposals.propose_recovery(builders.actor(second), second)
    with pytest.raises(Forbidden):
        proposals.propose_recovery(builders.actor(cast.mara), cast.carmen)


def test_the_only_administrator_is_recovered_by_the_console(cast: Any) -> None:
    outcome = proposals.propose_recovery(CONSOLE, cast.dana)
    assert outcome.done
    assert outcome.proposal.kind == ProposalKind.RECOVERY
    assert outcome.token is not None


def test_those_who_could_confirm_are_named(cast: Any, second: Account) -> None:
    assert proposals.confirmers(proposed(cast)) == [second]
