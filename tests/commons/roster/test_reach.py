"""Whom a site reaches, and why not the others."""

import pytest

from commons import clock
from commons.roster.models import (
    ConsentState,
    ContactMethod,
    Group,
    MethodState,
    RosterEntry,
    SlotKind,
)
from commons.roster.reach import REASONS, Reachable, Reason, among, in_slots, reach
from commons.sites.models import Site
from tests import builders
from tests.builders import a_method, a_number, a_person


@pytest.fixture
def site(db: str) -> Site:
    return builders.a_site()


def test_a_person_is_reached_by_their_first_method_in_their_language(site: Site) -> None:
    person = a_person(site, Group.FAMILY, language="ko")
    second = a_method(person, a_number())
    ContactMethod.update(position=1).where(ContactMethod.id == second.id).execute()
    first = ContactMethod.get(ContactMethod.position == 0)
    assert reach(site, groups=[Group.FAMILY]).reachable == [Reachable(person.id, first.id, "ko")]


def test_the_place_of_a_method_counts_and_not_its_age(site: Site) -> None:
    person = a_person(site)
    ContactMethod.update(position=1).execute()
    newer = a_method(person, a_number())
    ContactMethod.update(position=0).where(ContactMethod.id == newer.id).execute()
    assert [row.method_id for row in reach(site, groups=[Group.STAFF]).reachable] == [newer.id]


def test_a_number_that_is_refused_gives_way_to_the_next(site: Site) -> None:
    person = a_person(site)
    ContactMethod.update(state=MethodState.REFUSED).execute()
    second = a_method(person, a_number())
    assert reach(site, groups=[Group.STAFF]).reachable[0].method_id == second.id


@pytest.mark.parametrize(
    ("consent", "number", "reason"),
    [
        (ConsentState.WITHDRAWN, "", Reason.SAID_STOP),
        (ConsentState.WITHDRAWN, None, Reason.SAID_STOP),
        (ConsentState.INVITED, "", Reason.NOT_AGREED),
        (None, "", Reason.NOT_AGREED),
        (ConsentState.GIVEN, None, Reason.NO_CONTACT_METHOD),
    ],
)
def test_whoever_is_left_out_is_left_out_for_a_reason(
    site: Site, consent: ConsentState | None, number: str | None, reason: Reason
) -> None:
    a_person(site, consent=consent, number=number)
    found = reach(site, groups=[Group.STAFF])
    assert found.reachable == []
    assert [row.reason for row in found.left_out] == [reason]
    assert str(REASONS[reason])


def test_a_number_that_signal_does_not_know_is_a_reason(site: Site) -> None:
    a_person(site)
    ContactMethod.update(state=MethodState.REFUSED).execute()
    assert reach(site, groups=[Group.STAFF]).left_out[0].reason == Reason.METHOD_REFUSED


def test_a_yes_at_one_school_is_none_at_another(site: Site) -> None:
    person = a_person(builders.a_site("Brookside"))
    RosterEntry.create(site=site, person=person, group=Group.STAFF, since=clock.now())
    assert reach(site, groups=[Group.STAFF]).left_out[0].reason == Reason.NOT_AGREED


def test_somebody_in_two_groups_and_a_role_comes_once(site: Site) -> None:
    person = a_person(site, slot=SlotKind.SITE_LEAD)
    RosterEntry.create(site=site, person=person, group=Group.FAMILY, since=clock.now())
    found = reach(site, groups=[Group.STAFF, Group.FAMILY], slots=[SlotKind.SITE_LEAD])
    assert [row.person_id for row in found.reachable] == [person.id]


def test_whoever_fills_a_role_is_reached_through_it(site: Site) -> None:
    lead = a_person(site, Group.PARTNER, slot=SlotKind.SITE_LEAD)
    a_person(site, Group.PARTNER)
    found = reach(site, groups=[Group.STAFF], slots=[SlotKind.SITE_LEAD])
    assert [row.person_id for row in found.reachable] == [lead.id]
    assert among(site, in_slots(site, [SlotKind.BACKUP_LEAD])).reachable == []


def test_whoever_has_left_is_neither_reached_nor_left_out(site: Site) -> None:
    a_person(site)
    RosterEntry.update(until=clock.now()).execute()
    found = reach(site, groups=[Group.STAFF])
    assert (found.reachable, found.left_out) == ([], [])
