"""Who fills a role: a site's own people first, then its district's, then the county office's."""

import datetime as dt
import itertools

import pytest

from commons import clock
from commons.permissions import CONSOLE
from commons.roster import slots
from commons.roster.holders import holders
from commons.roster.models import Assignment, Consent, ConsentState, Group, Person, SlotKind
from commons.roster.reach import Reason, among, in_slots, reach
from commons.roster.slots import Term
from commons.sites.models import District, DistrictKind, Site
from tests import builders
from tests.builders import a_consent, a_district, a_person, a_site

COUNSEL = SlotKind.LEGAL_COUNSEL
DAY = dt.timedelta(days=1)


class County:
    """A county office with one site, a district with two, and another county's district."""

    def __init__(self) -> None:
        place = {"county": "Los Angeles", "state": "CA"}
        self.office = a_district("County Office", kind=DistrictKind.COUNTY_OFFICE, **place)
        self.district = a_district("Harbor Unified", **place)
        self.elsewhere = a_district("Bay Unified", county="Alameda", state="CA")
        self.office_site = a_site("County School", self.office)
        self.one, self.two = a_site("One", self.district), a_site("Two", self.district)
        self.far = a_site("Far", self.elsewhere)

    def counsel(self, place: Site | District, home: Site, name: str = "Kim") -> Person:
        person = a_person(home, name=name)
        slots.assign(CONSOLE, place, COUNSEL, person)
        return person


@pytest.fixture
def county(db: str) -> County:
    return County()


def calls(site: Site, kind: SlotKind = COUNSEL) -> list[int]:
    return [holder.person.id for holder in holders(site, kind)]


@pytest.mark.parametrize("filled", list(itertools.product((False, True), repeat=3)))
def test_the_nearest_is_called_first(county: County, filled: tuple[bool, bool, bool]) -> None:
    places = (county.one, county.district, county.office)
    homes = (county.one, county.one, county.office_site)
    wanted = [
        county.counsel(place, home).id
        for place, home, there in zip(places, homes, filled, strict=True)
        if there
    ]
    assert calls(county.one) == wanted
    assert calls(county.two) == wanted[filled[0] :]
    assert calls(county.office_site) == (wanted[-1:] if filled[2] else [])
    assert calls(county.far) == []


def test_one_change_of_counsel_reaches_every_site_at_once(county: County) -> None:
    before = county.counsel(county.district, county.one)
    assert calls(county.one) == calls(county.two) == [before.id]
    given = Assignment.get(Assignment.person == before)
    slots.finish(CONSOLE, county.district, slots.assignment_at(county.district, given.public_id))
    after = county.counsel(county.district, county.two)
    assert calls(county.one) == calls(county.two) == [after.id]
    assert calls(county.far) == []


def test_offices_of_another_county_or_of_no_known_county_lend_nobody(county: County) -> None:
    nowhere = a_district("Nowhere Unified", state="CA")
    a_district("No County Office", kind=DistrictKind.COUNTY_OFFICE, state="CA")
    county.counsel(county.office, county.office_site)
    assert calls(a_site("Lost", nowhere)) == []
    assert calls(county.far) == []


def test_backups_are_called_after_the_others_and_each_in_their_place(county: County) -> None:
    names = [a_person(county.one, name=name) for name in "ABC"]
    slots.assign(CONSOLE, county.one, COUNSEL, names[0], Term(backup=True))
    slots.assign(CONSOLE, county.one, COUNSEL, names[1])
    slots.assign(CONSOLE, county.one, COUNSEL, names[2])
    assert calls(county.one) == [names[1].id, names[2].id, names[0].id]


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [(-DAY, None, True), (DAY, None, False), (-DAY, DAY, True), (-2 * DAY, -DAY, False)],
)
def test_only_those_whose_days_have_come_count(
    county: County, since: dt.timedelta, until: dt.timedelta | None, counts: bool
) -> None:
    person, now = a_person(county.one), clock.now()
    slot = slots.make(county.one, COUNSEL)
    slots.fill(slot, person, Term(since=now + since, until=now + until if until else None))
    assert (calls(county.one) == [person.id]) is counts
    assert ([row[0] for row in in_slots(county.one, [COUNSEL]).tuples()] == [person.id]) is counts
    assert (slots.kinds_of(county.one) != {}) is counts


def test_an_alert_reaches_who_holds_a_role_of_the_district(county: County) -> None:
    person = county.counsel(county.district, county.one)
    found = reach(county.two, groups=[Group.STAFF], slots=[COUNSEL])
    assert [one.person_id for one in found.reachable] == [person.id]


def test_what_somebody_agreed_to_at_home_counts_only_for_their_role(county: County) -> None:
    plain = a_person(county.one)
    assert among(county.two, [plain.id]).left_out[0].reason == Reason.NOT_AGREED


def test_a_stop_at_one_site_of_the_district_stands_at_all(county: County) -> None:
    person = county.counsel(county.district, county.one)
    a_consent(person, a_site("Three", county.district), ConsentState.WITHDRAWN)
    assert among(county.two, [person.id]).left_out[0].reason == Reason.SAID_STOP


def test_a_stop_at_the_site_itself_stands_over_a_yes_at_another(county: County) -> None:
    person = county.counsel(county.district, county.one)
    a_consent(person, county.two, ConsentState.WITHDRAWN)
    assert among(county.two, [person.id]).reachable == []
    assert len(among(county.one, [person.id]).reachable) == 1


def test_whoever_leaves_their_last_site_leaves_the_role_of_the_district(county: County) -> None:
    person = county.counsel(county.district, county.one)
    builders.RosterEntry.update(until=clock.now()).execute()
    slots.end(county.one, person)
    assert calls(county.two) == []
    assert Consent.select().count() == 1
