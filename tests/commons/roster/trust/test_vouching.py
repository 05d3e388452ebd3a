"""Who may give their word for whom, how often, and what ends it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import clock
from commons.errors import Conflict, Forbidden, NotFound
from commons.permissions import Actor
from commons.roster import holds
from commons.roster import service as roster
from commons.roster.models import ContactMethod, Person
from commons.roster.trust import service
from commons.roster.trust.models import TrustKind, Vouch
from tests import builders
from tests.commons.roster.trust.network import Network, write

A_MONTH = dt.timedelta(days=31)


def test_two_words_from_different_roots_and_the_leads_yes_make_level_2(network: Network) -> None:
    person = network.member()
    service.vouch(network.rosa, network.site, network.lead, person)
    with pytest.raises(Conflict):
        service.confirm(network.rosa, network.site, person)
    service.vouch(network.rosa, network.site, network.vera, person)
    assert service.level(network.site, person) == 0
    service.confirm(network.rosa, network.site, person)
    assert service.level(network.site, person) == 2


def test_two_words_of_one_branch_are_worth_one(network: Network) -> None:
    ana, bo = network.at_level_2("Ana"), network.at_level_2("Bo")
    person = network.member("New")
    # Both hang from the lead, whose word for them came first.
    service.vouch(network.rosa, network.site, ana, person)
    service.vouch(network.rosa, network.site, bo, person)
    assert service.missing(network.rosa, network.site, person).words == 1
    with pytest.raises(Conflict):
        service.confirm(network.rosa, network.site, person)
    service.vouch(network.rosa, network.site, network.vera, person)
    service.confirm(network.rosa, network.site, person)
    assert service.level(network.site, person) == 2


def test_whoever_stands_at_the_second_step_cannot_vouch_further(network: Network) -> None:
    ana, second = network.at_level_2("Ana"), network.member("Second")
    service.vouch(network.rosa, network.site, ana, second)
    service.vouch(network.rosa, network.site, network.vera, second)
    service.confirm(network.rosa, network.site, second)
    with pytest.raises(Conflict, match="too far from the site lead"):
        service.vouch(network.rosa, network.site, second, network.member("Third"))


def test_nobody_vouches_for_themselves_in_a_circle_or_for_a_root(network: Network) -> None:
    ana = network.at_level_2("Ana")
    bo = network.member("Bo")
    service.vouch(network.rosa, network.site, ana, bo)
    write(network.site, bo, TrustKind.VERIFIED)
    for voucher, person in ((ana, ana), (bo, ana), (ana, network.lead), (ana, network.vera)):
        with pytest.raises(Conflict):
            service.vouch(network.rosa, network.site, voucher, person)


def test_a_word_needs_thirty_days_and_level_2(network: Network) -> None:
    person, fresh = network.member(), network.member("Fresh", old=False)
    network.verified(fresh)
    with pytest.raises(Conflict, match="30 days"):
        service.vouch(network.rosa, network.site, fresh, person)
    seen = network.member("Seen")
    service.record_seen(network.rosa, network.site, seen)
    with pytest.raises(Conflict, match="level 2"):
        service.vouch(network.rosa, network.site, seen, person)
    assert set(service.may_give(network.site)) == {network.lead, network.vera}
    with time_machine.travel(clock.now() + A_MONTH, tick=True):
        service.vouch(network.rosa, network.site, fresh, person)
        assert fresh in service.may_give(network.site)


def test_three_a_month_and_five_at_once(network: Network) -> None:
    people = [network.member(str(number)) for number in range(7)]
    for person in people[:3]:
        service.vouch(network.rosa, network.site, network.vera, person)
    with pytest.raises(Conflict, match="3 times in 30 days"):
        service.vouch(network.rosa, network.site, network.vera, people[3])
    # A word taken back still counts for its month.
    service.withdraw_vouch(network.rosa, network.site, network.vera, people[0])
    with pytest.raises(Conflict, match="3 times in 30 days"):
        service.vouch(network.rosa, network.site, network.vera, people[3])
    with time_machine.travel(clock.now() + A_MONTH, tick=True):
        for person in people[3:6]:
            service.vouch(network.rosa, network.site, network.vera, person)
    with (
        time_machine.travel(clock.now() + 3 * A_MONTH, tick=True),
        pytest.raises(Conflict, match="5 people"),
    ):
        service.vouch(network.rosa, network.site, network.vera, people[6])


def test_a_removed_vouchee_does_not_give_back_the_months_word(network: Network) -> None:
    for number in range(3):
        person = network.member(str(number))
        service.vouch(network.rosa, network.site, network.vera, person)
        roster.remove_person(network.rosa, network.site, person)
    with pytest.raises(Conflict, match="3 times in 30 days"):
        service.vouch(network.rosa, network.site, network.vera, network.member("Next"))


def test_a_word_is_given_once_and_lives_a_year(network: Network) -> None:
    person = network.member()
    service.vouch(network.rosa, network.site, network.vera, person)
    with pytest.raises(Conflict, match="already"):
        service.vouch(network.rosa, network.site, network.vera, person)
    service.vouch(network.rosa, network.site, network.lead, person)
    service.confirm(network.rosa, network.site, person)
    with time_machine.travel(clock.now() + dt.timedelta(days=366), tick=True):
        assert service.level(network.site, person) == 0
        service.vouch(network.rosa, network.site, network.vera, person)


def test_a_yes_is_to_the_words_that_were_there(network: Network) -> None:
    person = network.at_level_2()
    service.withdraw_vouch(network.rosa, network.site, network.vera, person)
    assert service.level(network.site, person) == 0
    other = network.member("Other root")
    network.verified(other)
    service.vouch(network.rosa, network.site, other, person)
    assert service.level(network.site, person) == 0
    service.confirm(network.rosa, network.site, person)
    assert service.level(network.site, person) == 2
    with pytest.raises(Conflict):
        service.confirm(network.rosa, network.site, person)


def test_whoever_falls_takes_their_word_along(network: Network) -> None:
    ana, person = network.at_level_2("Ana"), network.member("Below")
    service.vouch(network.rosa, network.site, ana, person)
    service.vouch(network.rosa, network.site, network.vera, person)
    service.confirm(network.rosa, network.site, person)
    service.withdraw_vouch(network.rosa, network.site, network.vera, ana)
    assert service.level(network.site, person) == 0


def test_a_member_who_leaves_takes_their_word_along(network: Network) -> None:
    person = network.at_level_2()
    service.record_seen(network.rosa, network.site, person)
    roster.remove_person(network.rosa, network.site, network.vera)
    assert service.level(network.site, person) == 1
    assert service.level(network.site, network.vera) == 0
    assert not Vouch.select().where(Vouch.voucher == network.vera, Vouch.ended_at.is_null())
    with pytest.raises(Conflict):
        service.withdraw_vouch(network.rosa, network.site, network.vera, person)


def test_a_verification_that_lapses_takes_its_words_along(network: Network) -> None:
    other, person = network.member("Until tomorrow"), network.member()
    network.verified(other, until=clock.now() + dt.timedelta(days=1))
    service.vouch(network.rosa, network.site, other, person)
    service.vouch(network.rosa, network.site, network.lead, person)
    service.confirm(network.rosa, network.site, person)
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=True):
        assert service.level(network.site, person) == 0


def test_a_changed_key_stops_giving_and_getting_words(network: Network) -> None:
    person = network.member()
    holds.hold(ContactMethod.get(ContactMethod.person == network.vera).id, clock.now())
    with pytest.raises(Conflict, match="Signal changed"):
        service.vouch(network.rosa, network.site, network.vera, person)
    assert network.vera not in service.may_give(network.site)


def amina(cast: builders.Cast) -> Actor:
    return builders.actor(cast.amina)


def test_a_member_gives_only_their_own_word(network: Network, cast: builders.Cast) -> None:
    own, person = network.at_level_2("Amina"), network.member()
    parent = amina(cast)
    for behind in (None, network.member("Somebody else")):
        with pytest.raises(Forbidden):
            service.vouch(parent, network.site, own, person, behind)
    service.vouch(parent, network.site, own, person, own)
    service.withdraw_vouch(parent, network.site, own, person, own)


def test_whoever_has_no_part_in_it_is_refused(network: Network, cast: builders.Cast) -> None:
    person = network.member()
    with pytest.raises(Forbidden):
        service.vouch(builders.actor(cast.dev), network.site, network.vera, person, network.vera)
    with pytest.raises(NotFound):
        service.vouch(builders.actor(cast.ines), network.site, network.vera, person)


def test_nobody_of_another_school_is_drawn_in(network: Network, cast: builders.Cast) -> None:
    stranger: Person = builders.a_person(cast.other_school)
    with pytest.raises(Conflict):
        service.vouch(network.rosa, network.site, network.vera, stranger)
    with pytest.raises(Conflict):
        service.vouch(network.rosa, network.site, stranger, network.member())


def test_the_limits_hold_over_all_schools_of_a_voucher(
    network: Network, cast: builders.Cast
) -> None:
    for number in range(3):
        service.vouch(network.rosa, network.site, network.vera, network.member(str(number)))
    other = Network.make(
        builders.Cast(**{**vars(cast), "lincoln": cast.other_school, "rosa": cast.ines})
    )
    builders.RosterEntry.create(
        site=other.site,
        person=network.vera,
        group=builders.Group.FAMILY,
        since=clock.now() - A_MONTH,
    )
    write(other.site, network.vera, TrustKind.VERIFIED)
    with pytest.raises(Conflict, match="3 times"):
        service.vouch(other.rosa, other.site, network.vera, other.member())
