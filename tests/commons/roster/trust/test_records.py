"""What is written down about trust, by whom, and what a review does."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import clock
from commons.audit import AuditLink
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import NotFresh
from commons.roster import holds
from commons.roster import service as roster
from commons.roster.models import ContactMethod, Group
from commons.roster.trust import service
from commons.roster.trust.models import TrustKind, TrustRecord
from tests import builders
from tests.commons.roster.trust.network import Network

NEXT_YEAR = dt.timedelta(days=360)


def test_whom_the_lead_has_seen_is_at_level_1(network: Network) -> None:
    person = network.member(old=False)
    assert service.level(network.site, person) == 0
    service.record_seen(network.rosa, network.site, person)
    assert service.level(network.site, person) == 1
    with pytest.raises(Conflict):
        service.record_seen(network.rosa, network.site, person)
    assert [row.kind for row in AuditLink.select()] == ["trust.seen"]


def test_admitting_writes_it_down_once(network: Network) -> None:
    person = network.member(old=False)
    service.note_admitted(network.rosa, network.site, person)
    service.note_admitted(network.rosa, network.site, person)
    assert service.level(network.site, person) == 1
    assert TrustRecord.select().where(TrustRecord.person == person).count() == 1


def test_the_district_verifies_until_a_day(network: Network) -> None:
    person = network.member()
    service.verify(network.mara, network.site, person, clock.now() + NEXT_YEAR)
    assert service.level(network.site, person) == 3
    service.verify(network.mara, network.site, person, clock.now() + dt.timedelta(days=2))
    with time_machine.travel(clock.now() + dt.timedelta(days=3), tick=True):
        assert service.level(network.site, person) == 0
        fresh = builders.Actor(network.mara.ref, network.mara.grants, 1, clock.now())
        service.verify(fresh, network.site, person, clock.now() + NEXT_YEAR)
        assert service.level(network.site, person) == 3
        service.end_verified(fresh, network.site, person)
        assert service.level(network.site, person) == 0


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_verification_needs_a_day_within_a_year(network: Network, days: int) -> None:
    until = clock.now() + dt.timedelta(days=days)
    with pytest.raises(Invalid):
        service.verify(network.mara, network.site, network.member(), until)


def test_the_lead_cannot_verify_and_no_stranger_sees_anything(
    network: Network, cast: builders.Cast
) -> None:
    person, ines = network.member(), builders.actor(cast.ines)
    with pytest.raises(Forbidden):
        service.verify(network.rosa, network.site, person, clock.now() + NEXT_YEAR)
    for refused in (service.record_seen, service.freeze, service.missing, service.records_of):
        with pytest.raises(NotFound):
            refused(ines, network.site, person)
        with pytest.raises(Forbidden):
            refused(builders.actor(cast.amina), network.site, person)


def test_what_raises_somebody_needs_a_fresh_proof(network: Network, cast: builders.Cast) -> None:
    long_ago = clock.now() - dt.timedelta(minutes=6)
    rosa, mara = builders.actor(cast.rosa, long_ago), builders.actor(cast.mara, long_ago)
    person = network.at_level_2()
    service.freeze(network.rosa, network.site, person)
    with pytest.raises(NotFresh):
        service.confirm(rosa, network.site, person)
    with pytest.raises(NotFresh):
        service.unfreeze(rosa, network.site, person)
    with pytest.raises(NotFresh):
        service.verify(mara, network.site, person, clock.now() + NEXT_YEAR)


def test_a_review_takes_the_whole_branch_along(network: Network) -> None:
    ana, below = network.at_level_2("Ana"), network.member("Below")
    untouched = network.at_level_2("Untouched")
    service.vouch(network.rosa, network.site, ana, below)
    service.vouch(network.rosa, network.site, network.vera, below)
    service.confirm(network.rosa, network.site, below)
    assert service.would_freeze(network.rosa, network.site, ana) == 1
    assert service.freeze(network.rosa, network.site, ana) == 1
    people = [ana, below, untouched]
    assert service.levels(network.site, people) == {ana.id: 0, below.id: 0, untouched.id: 2}
    assert service.under_review(network.rosa, network.site) == [(ana, [below]), (below, [])]
    with pytest.raises(Conflict):
        service.freeze(network.rosa, network.site, ana)


def test_each_review_is_ended_by_itself(network: Network) -> None:
    ana, below = network.at_level_2("Ana"), network.member("Below")
    service.vouch(network.rosa, network.site, ana, below)
    service.vouch(network.rosa, network.site, network.vera, below)
    service.confirm(network.rosa, network.site, below)
    service.freeze(network.rosa, network.site, ana)
    service.unfreeze(network.rosa, network.site, below)
    # The word of somebody under review does not count.
    assert service.levels(network.site, [ana, below]) == {ana.id: 0, below.id: 0}
    service.unfreeze(network.rosa, network.site, ana)
    assert service.levels(network.site, [ana, below]) == {ana.id: 2, below.id: 2}
    with pytest.raises(Conflict):
        service.unfreeze(network.rosa, network.site, ana)


def test_somebody_under_review_neither_gives_nor_gets_a_word(network: Network) -> None:
    person, other = network.member(), network.member("Other")
    service.freeze(network.rosa, network.site, network.vera)
    with pytest.raises(Conflict):
        service.vouch(network.rosa, network.site, network.vera, person)
    service.freeze(network.rosa, network.site, other)
    with pytest.raises(Conflict, match="review"):
        service.vouch(network.rosa, network.site, network.lead, other)
    with pytest.raises(Conflict, match="review"):
        service.confirm(network.rosa, network.site, other)


def test_leaving_and_coming_back_does_not_end_a_review(network: Network) -> None:
    person = network.member()
    service.record_seen(network.rosa, network.site, person)
    service.freeze(network.rosa, network.site, person)
    roster.remove_person(network.rosa, network.site, person)
    with pytest.raises(Conflict):
        service.record_seen(network.rosa, network.site, person)
    roster.enter(network.site, person, Group.FAMILY)
    service.record_seen(network.rosa, network.site, person)
    assert service.level(network.site, person) == 0


def test_a_changed_key_takes_the_level_until_somebody_made_sure(network: Network) -> None:
    method = ContactMethod.get(ContactMethod.person == network.vera)
    holds.hold(method.id, clock.now())
    assert service.level(network.site, network.vera) == 0
    assert service.missing(network.rosa, network.site, network.vera).held
    holds.release(network.rosa, network.site, network.vera)
    assert service.level(network.site, network.vera) == 3


def test_a_phone_that_was_not_theirs_leaves_them_to_be_seen_again(network: Network) -> None:
    below = network.at_level_2()
    method = ContactMethod.get(ContactMethod.person == network.vera)
    holds.hold(method.id, clock.now())
    holds.not_them(network.rosa, network.site, network.vera)
    assert service.level(network.site, network.vera) == 0
    frozen = TrustRecord.select().where(TrustRecord.kind == TrustKind.FROZEN)
    assert [row.person for row in frozen] == [network.vera]
    assert service.level(network.site, below) == 0
    service.unfreeze(network.rosa, network.site, network.vera)
    assert service.levels(network.site, [network.vera, below]) == {network.vera.id: 3, below.id: 2}


def test_a_member_is_on_probation_for_seven_days(network: Network) -> None:
    person = network.member(old=False)
    assert service.in_probation(network.site, person)
    assert not service.in_probation(network.site, network.vera)
    with time_machine.travel(clock.now() + dt.timedelta(days=7, minutes=1), tick=True):
        assert not service.in_probation(network.site, person)
        roster.remove_person(network.rosa, network.site, person)
        assert service.in_probation(network.site, person)
