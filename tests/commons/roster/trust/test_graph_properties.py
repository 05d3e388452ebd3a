"""Whatever happens in whatever order, the rules of vouching hold (abuse case 37).

The rules are read here from the rows themselves, in other words than the product's.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from commons import clock
from commons.errors import Conflict
from commons.permissions import Role
from commons.roster import holds
from commons.roster import service as roster
from commons.roster.models import Assignment, ContactMethod, Person, SlotKind
from commons.roster.trust import service
from commons.roster.trust.models import TrustKind, TrustRecord, Vouch
from tests import builders
from tests.commons.roster.trust.network import Network, new_member, old_member

DAY = dt.timedelta(days=1)
PLACES = st.integers(0, 11)


def live_vouches(site: Any) -> list[Vouch]:
    oldest = clock.now() - 365 * DAY
    rows = Vouch.select().where(Vouch.site == site, Vouch.ended_at.is_null())
    return [row for row in rows if row.made_at > oldest]


def records(site: Any) -> dict[tuple[int, TrustKind], dt.datetime]:
    rows = TrustRecord.select().where(TrustRecord.site == site, TrustRecord.ended_at.is_null())
    return {
        (row.person_id, row.kind): row.since
        for row in rows
        if row.until is None or row.until > clock.now()
    }


def roots(site: Any) -> set[int]:
    held = records(site)
    found = {person for person, kind in held if kind is TrustKind.VERIFIED}
    lead = Assignment.select().where(Assignment.until.is_null()).order_by(Assignment.since)
    first = lead.join(builders.Slot).where(builders.Slot.site == site).first()
    found |= {first.person_id} if first else set()
    return found - {person for person, kind in held if kind is TrustKind.FROZEN}


def chains(pairs: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Every chain of vouches; a circle would go on for ever and is cut."""
    waiting = [[voucher, person] for voucher, person in pairs]
    while waiting:
        chain = waiting.pop()
        yield chain
        if len(chain) <= 6:
            waiting += [[*chain, person] for voucher, person in pairs if voucher == chain[-1]]


class Vouching(RuleBasedStateMachine):
    """A school where people come, give and take back their word, fall out, leave and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.traveller = time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=True)
        self.clock = self.traveller.start()
        self.site = builders.a_site()
        self.people: list[Person] = [old_member(self.site, "Lead", SlotKind.SITE_LEAD)]
        self.people += [old_member(self.site, f"Old {number}") for number in range(7)]
        self.gone: set[int] = set()
        account = builders.an_account(Role.SITE_LEAD, self.site)
        other = builders.an_account(Role.ADMINISTRATOR, self.site)
        self.accounts = account, other
        for person in self.people[1:4]:
            service.verify(self.mara, self.site, person, clock.now() + 200 * DAY)
        for place, given in ((4, (0, 1)), (5, (2, 3)), (6, (4, 5)), (7, (1, 0))):
            for voucher in given:
                self.attempt(service.vouch, self.people[voucher], self.people[place])
            self.attempt(service.confirm, self.people[place])

    def teardown(self) -> None:
        self.traveller.stop()

    @property
    def rosa(self) -> Any:
        return builders.actor(self.accounts[0])

    @property
    def mara(self) -> Any:
        return builders.actor(self.accounts[1])

    def person(self, place: int) -> Person:
        return self.people[place % len(self.people)]

    @rule()
    def admit(self) -> None:
        if len(self.people) < 12:
            self.people.append(new_member(self.site, "New"))

    @rule(given=st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=8))
    def vouch(self, given: list[tuple[int, int]]) -> None:
        for one, other in given:
            able = service.may_give(self.site) or self.people
            self.attempt(service.vouch, able[one % len(able)], self.person(other))

    @rule(one=PLACES, other=PLACES)
    def vouch_as_anybody(self, one: int, other: int) -> None:
        self.attempt(service.vouch, self.person(one), self.person(other))

    @rule(one=PLACES, last=st.booleans())
    def bring_in(self, one: int, last: bool) -> None:
        """Everybody who may gives their word for one person, the roots first or last."""
        able = service.may_give(self.site)
        for voucher in reversed(able) if last else able:
            self.attempt(service.vouch, voucher, self.person(one))
        self.attempt(service.confirm, self.person(one))

    @rule(one=PLACES, months=st.integers(1, 2))
    def spend(self, one: int, months: int) -> None:
        """Somebody who may gives their word for as many as they can, for a month or two."""
        while months > 1 and len(self.people) < 12:
            self.admit()
        able = service.may_give(self.site) or self.people
        for _ in range(months):
            for person in self.people:
                self.attempt(service.vouch, able[one % len(able)], person)
            self.clock.shift(31 * DAY)

    @rule()
    def confirm_whoever_can_be(self) -> None:
        for person in self.people:
            self.attempt(service.confirm, person)

    @rule(place=PLACES)
    def withdraw(self, place: int) -> None:
        live = live_vouches(self.site)
        if live:
            one = live[place % len(live)]
            self.attempt(service.withdraw_vouch, one.voucher, one.person)

    def attempt(self, act: Any, *people: Person) -> None:
        with contextlib.suppress(Conflict):
            act(self.rosa, self.site, *people)

    @rule(one=PLACES)
    def see(self, one: int) -> None:
        self.attempt(service.record_seen, self.person(one))

    @rule(one=PLACES, days=st.integers(1, 300))
    def verify(self, one: int, days: int) -> None:
        with contextlib.suppress(Conflict):
            service.verify(self.mara, self.site, self.person(one), clock.now() + days * DAY)

    @rule(one=PLACES)
    def freeze(self, one: int) -> None:
        person = self.person(one)
        pairs = [(row.voucher_id, row.person_id) for row in live_vouches(self.site)]
        below = {c[-1] for c in chains(pairs) if c[0] == person.id}
        with contextlib.suppress(Conflict):
            service.freeze(self.rosa, self.site, person)
            held = records(self.site)
            assert all((key, TrustKind.FROZEN) in held for key in {person.id, *below})

    @rule(one=PLACES)
    def unfreeze(self, one: int) -> None:
        self.attempt(service.unfreeze, self.person(one))

    @rule(one=PLACES)
    def leave_or_come_back(self, one: int) -> None:
        person = self.person(one)
        if person.id in self.gone:
            roster._enter(self.site, person, builders.Group.FAMILY)
            self.gone.discard(person.id)
        else:
            roster.remove_person(self.rosa, self.site, person)
            self.gone.add(person.id)

    @rule(one=PLACES)
    def change_key(self, one: int) -> None:
        method = ContactMethod.get(ContactMethod.person == self.person(one))
        if not holds.hold(method.id, clock.now() + DAY):
            holds.release(self.rosa, self.site, self.person(one))

    @rule(days=st.sampled_from([1, 10, 29, 31, 31, 31, 100, 366]))
    def time_passes(self, days: int) -> None:
        self.clock.shift(days * DAY)

    @invariant()
    def five_at_once_and_three_a_month(self) -> None:
        live = [row.voucher_id for row in Vouch.select().where(Vouch.ended_at.is_null())]
        rows = Vouch.select().order_by(Vouch.made_at)
        for person in self.people:
            current = [row.voucher_id for row in live_vouches(self.site)]
            assert current.count(person.id) <= 5
            made = [row.made_at for row in rows if row.voucher_id == person.id]
            for first, fourth in zip(made, made[3:], strict=False):
                assert fourth - first >= 30 * DAY, live

    @invariant()
    def no_chain_is_longer_than_two(self) -> None:
        pairs = [(row.voucher_id, row.person_id) for row in live_vouches(self.site)]
        assert all(len(chain) - 1 <= 2 for chain in chains(pairs))
        assert all(len(set(chain)) == len(chain) for chain in chains(pairs))

    @invariant()
    def level_2_has_two_words_of_different_roots_and_a_yes(self) -> None:
        vouches, held, standing = live_vouches(self.site), records(self.site), roots(self.site)
        pairs = [(row.voucher_id, row.person_id) for row in vouches]
        # A root's own voucher does not matter: chains begin anew at it.
        up = [chain for chain in chains(pairs) if chain[0] in standing]
        for key, found in service.levels(self.site, self.people).items():
            if found != 2:
                continue
            yes = held[key, TrustKind.VOUCHED]
            words = {v.voucher_id for v in vouches if v.person_id == key and v.made_at <= yes}
            assert len(words) >= 2
            tops = {c[0] for c in up if c[-1] == key and c[-2] in words}
            assert len(tops) >= 2

    @invariant()
    def whoever_left_waits_or_changed_is_at_level_0(self) -> None:
        held = records(self.site)
        for person in self.people:
            frozen = (person.id, TrustKind.FROZEN) in held
            if frozen or person.id in self.gone or holds.is_held(person):
                assert service.level(self.site, person) == 0


# On one engine: the rules are our own code, and the limits that a database holds under two
# writers have tests of their own. On PostgreSQL this takes minutes.
@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_the_rules_of_vouching_hold_whatever_happens(db: str) -> None:
    run_state_machine_as_test(
        Vouching,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_one_bad_voucher_gets_three_words_in_and_nobody_to_level_2(network: Network) -> None:
    bad = network.at_level_2("Bad voucher")
    sybils = [network.member(f"Sybil {number}") for number in range(10)]
    given = 0
    now = clock.now()
    for day, sybil in itertools.product(range(30), sybils):
        # Names the same person again each day, too, and tries to have each of them vouch on.
        with time_machine.travel(now + day * DAY, tick=True):
            for voucher in (bad, sybil):
                with contextlib.suppress(Conflict):
                    service.vouch(network.rosa, network.site, voucher, sybils[(day + given) % 10])
                    given += 1
    assert given == 3
    with time_machine.travel(now + 30 * DAY, tick=True):
        rosa = builders.Actor(network.rosa.ref, network.rosa.grants, 1, clock.now())
        for sybil in sybils:
            with pytest.raises(Conflict):
                service.confirm(rosa, network.site, sybil)
        assert set(service.levels(network.site, sybils).values()) == {0}


def test_two_bad_vouchers_of_different_branches_get_three_in_and_no_further(
    network: Network,
) -> None:
    one = network.at_level_2("One")
    two = network.member("Two")
    for root in (network.vera, network.lead):
        service.vouch(network.rosa, network.site, root, two)
    service.confirm(network.rosa, network.site, two)
    sybils = [network.member(f"Sybil {number}") for number in range(6)]
    everybody = [one, two, *sybils]
    for voucher, person in itertools.product(everybody, sybils):
        with contextlib.suppress(Conflict):
            service.vouch(network.rosa, network.site, voucher, person)
        with contextlib.suppress(Conflict):
            service.confirm(network.rosa, network.site, person)
    levels = service.levels(network.site, sybils)
    assert sorted(levels.values()) == [0, 0, 0, 2, 2, 2]
    # One review of either takes all three along.
    service.freeze(network.rosa, network.site, one)
    assert set(service.levels(network.site, sybils).values()) == {0}
