"""Those whom somebody else added: asked once, and off the list by their own no."""

from __future__ import annotations

import datetime as dt

from commons import audit, clock
from commons.permissions import CONSOLE
from commons.roster import service, slots
from commons.roster.joining import invited
from commons.roster.models import (
    Consent,
    ConsentState,
    ContactMethod,
    Group,
    MethodState,
    Person,
    RosterEntry,
    SlotKind,
)
from commons.roster.reach import reach
from commons.sites.models import Site, SiteState
from tests.builders import Cast, a_consent, a_person


def added(site: Site, **given: object) -> Person:
    return a_person(site, Group.FAMILY, consent=ConsentState.INVITED, **given)  # type: ignore[arg-type]


def test_only_the_invited_with_a_way_to_reach_them_are_asked(cast: Cast) -> None:
    person = added(cast.lincoln)
    for state in (ConsentState.GIVEN, ConsentState.WITHDRAWN):
        a_person(cast.lincoln, consent=state)
    added(cast.lincoln, number=None)
    refused, held, gone = (added(cast.lincoln) for _ in range(3))
    ContactMethod.update(state=MethodState.REFUSED).where(ContactMethod.person == refused).execute()
    ContactMethod.update(held_at=clock.now()).where(ContactMethod.person == held).execute()
    service.remove_person(CONSOLE, cast.lincoln, gone)
    assert invited.to_be_asked(10) == [person]


def test_nobody_is_asked_for_a_site_that_is_closed(cast: Cast) -> None:
    added(cast.lincoln)
    Site.update(state=SiteState.LISTED).where(Site.id == cast.lincoln.id).execute()
    assert invited.to_be_asked(10) == []


def test_a_batch_takes_the_oldest_first(cast: Cast) -> None:
    people = [added(cast.lincoln) for _ in range(4)]
    assert invited.to_be_asked(3) == people[:3]


def test_what_is_claimed_is_claimed_once_for_all_its_sites(cast: Cast) -> None:
    person = added(cast.lincoln)
    RosterEntry.create(site=cast.other_school, person=person, group=Group.FAMILY, since=clock.now())
    a_consent(person, cast.other_school, ConsentState.INVITED)
    assert len(invited.claim(person, clock.now())) == 2
    assert invited.claim(person, clock.now()) == []
    assert invited.to_be_asked(10) == []


def test_a_yes_is_written_down_with_its_source(cast: Cast) -> None:
    person = added(cast.lincoln)
    invited.claim(person, clock.now())
    invited.agree(person, invited.asked(person, clock.now()))
    assert Consent.get().reveal("source") == "said yes in Signal"
    assert len(reach(cast.lincoln, groups=[Group.FAMILY]).reachable) == 1


def test_a_no_takes_them_off_the_list_and_out_of_their_slots(cast: Cast) -> None:
    person = added(cast.lincoln, slot=SlotKind.BACKUP_LEAD)
    invited.claim(person, clock.now())
    assert invited.refuse(person, invited.asked(person, clock.now()), clock.now()) is True
    assert RosterEntry.get().until is not None
    assert SlotKind.BACKUP_LEAD in slots.gaps(cast.lincoln)
    assert Consent.get().withdrawn_by == "signal"
    assert audit.faults(f"site:{cast.lincoln.id}") == []


def test_a_no_to_one_school_leaves_the_others(cast: Cast) -> None:
    person = a_person(cast.other_school, Group.FAMILY)
    RosterEntry.create(site=cast.lincoln, person=person, group=Group.FAMILY, since=clock.now())
    a_consent(person, cast.lincoln, ConsentState.INVITED)
    invited.claim(person, clock.now())
    assert invited.refuse(person, invited.asked(person, clock.now()), clock.now()) is False
    assert len(reach(cast.other_school, groups=[Group.FAMILY]).reachable) == 1


def test_a_yes_can_be_taken_back_by_a_bare_no_for_a_day(cast: Cast) -> None:
    person, now = added(cast.lincoln), clock.now()
    invited.claim(person, now)
    invited.agree(person, invited.asked(person, now))
    assert len(invited.asked(person, now + dt.timedelta(hours=23))) == 1
    assert invited.asked(person, now + dt.timedelta(hours=25)) == []


def test_a_no_of_the_last_half_year_still_holds(cast: Cast) -> None:
    person = added(cast.lincoln)
    invited.claim(person, clock.now())
    method = ContactMethod.get()
    assert not invited.has_said_no(method)
    invited.refuse(person, invited.asked(person, clock.now()), clock.now())
    assert invited.has_said_no(method)
