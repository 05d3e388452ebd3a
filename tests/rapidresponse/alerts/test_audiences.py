"""Who is in each audience, and that each person hears as the one who is told most."""

from __future__ import annotations

import pytest

from commons.errors import Forbidden, Invalid
from commons.messaging import outbox
from commons.messaging.candidates import GUESTS
from commons.messaging.models import MessageState
from commons.permissions import Role
from commons.roster.models import ConsentState, Group, Person, SlotKind
from commons.sites.models import Site, SiteState
from rapidresponse.alerts.audience import ORDER, gather, near_sites
from rapidresponse.alerts.models import Certainty, VersionKind
from tests import builders
from tests.rapidresponse.alerts.school import (
    School,
    first,
    follow,
    heard,
    intent,
    send,
    signal_for,
    texts,
)

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
# Where agents are, in the words that core and staff get in Spanish.
PLACES = ("entrada principal", "dentro de la", "detienen", "excursión", "cerca de la escuela")
EVERYBODY = ("A1", "A2", "A3", "A4", "A6", "A7", "A8", "A9")


def place(site: Site, latitude: float, longitude: float = -118.0) -> Site:
    Site.update(latitude=latitude, longitude=longitude).where(Site.id == site.id).execute()
    return Site.get_by_id(site.id)


@pytest.mark.parametrize(
    ("audience", "slot", "group"),
    [
        ("A3", SlotKind.DISTRICT_ADMINISTRATOR, Group.STAFF),
        ("A3", SlotKind.COMMUNICATIONS_LEAD, Group.STAFF),
        ("A3", SlotKind.SECURITY, Group.STAFF),
        ("A3", SlotKind.LEGAL_COUNSEL, Group.PARTNER),
        ("A4", SlotKind.NETWORK_LIAISON, Group.VOLUNTEER),
        ("A6", None, Group.OBSERVER),
        ("A8", SlotKind.LEGAL_AID_PARTNER, Group.VOLUNTEER),
        ("A8", SlotKind.COMMUNITY_PARTNER, Group.VOLUNTEER),
        ("A8", None, Group.PARTNER),
    ],
)
def test_each_role_and_group_hears_in_its_audience(
    school: School, audience: str, slot: SlotKind | None, group: Group
) -> None:
    person = builders.a_person(school.site, group, slot=slot)
    found = {one.person_id: one.audience for one in gather(school.site, (audience,)).members}
    assert found == {person.id: audience}


def test_whoever_is_told_most_is_told_as_that(school: School) -> None:
    lead = Person.get_by_id(school.lead.id)
    builders.fill(school.site, SlotKind.LEGAL_COUNSEL, lead)
    found = {one.person_id: one.audience for one in gather(school.site, EVERYBODY).members}
    assert found[lead.id] == "A1"


def test_a_dispatcher_with_a_person_hears_by_what_they_agreed_to_anywhere(school: School) -> None:
    elsewhere = builders.a_person(school.cast.other_school, Group.VOLUNTEER)
    signal_for(school.cast.noor, elsewhere)
    found = gather(school.site, ("A4",)).members
    assert [(one.person_id, one.audience) for one in found] == [(elsewhere.id, "A4")]
    builders.Consent.update(state=ConsentState.WITHDRAWN).execute()
    missing = gather(school.site, ("A4",)).missing
    assert [(one.person_id, one.reason) for one in missing] == [(elsewhere.id, "said_stop")]


def test_a_dispatcher_of_another_district_does_not_hear(school: School) -> None:
    away = builders.an_account(Role.DISPATCHER, district=school.cast.other_school.district)
    signal_for(away, builders.a_person(school.cast.other_school, Group.VOLUNTEER))
    assert gather(school.site, ("A4",)).members == ()


def test_the_relay_knows_whose_people_are_not_the_sites_own() -> None:
    own = {"A1", "A2", "A6", "A9"}
    assert set(GUESTS) == set(ORDER) - own


def test_leads_of_open_schools_within_two_miles_hear_six_at_most(school: School) -> None:
    here = place(school.site, 34.0)
    leads = []
    for number in range(8):
        near = place(builders.a_site(f"Near {number}"), 34.0 + 0.002 * (8 - number))
        leads.append(builders.a_person(near, slot=SlotKind.SITE_LEAD))
    far = place(builders.a_site("Far"), 34.05)
    closed = place(builders.a_site("Listed", state=SiteState.LISTED), 34.001)
    for other in (far, closed):
        builders.a_person(other, slot=SlotKind.SITE_LEAD)
    assert len(near_sites(here)) == 6
    found = gather(here, ("A7",)).members
    assert {one.person_id for one in found} == {lead.id for lead in leads[2:]}


def test_a_neighbouring_lead_is_reached_by_the_consent_of_their_own_school(school: School) -> None:
    here, near = place(school.site, 34.0), place(builders.a_site("Near"), 34.01)
    asked = builders.a_person(near, slot=SlotKind.SITE_LEAD)
    unasked = builders.a_person(near, consent=ConsentState.INVITED, slot=SlotKind.BACKUP_LEAD)
    found = gather(here, ("A7",))
    assert [one.person_id for one in found.members] == [asked.id]
    assert [(one.person_id, one.reason) for one in found.missing] == [(unasked.id, "not_agreed")]


def test_a_neighbour_who_was_told_hears_how_it_ends_though_they_no_longer_lead(
    school: School,
) -> None:
    here, near = place(school.site, 34.0), place(builders.a_site("Near"), 34.01)
    lead = builders.a_person(near, slot=SlotKind.SITE_LEAD)
    alert = send(here, school.cast.rosa, intent(audiences=("A1", "A7")))
    outbox.release(first(alert).topic_id)
    builders.Assignment.delete().execute()
    assert lead.id in heard(follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR))


@only_sqlcipher
@pytest.mark.parametrize("type_", ["T1", "T2", "T3", "T5", "T6", "T8"])
@pytest.mark.parametrize("audience", ["A2", "A6", "A7", "A8", "A9"])
def test_nothing_unverified_goes_beyond_core_district_and_dispatchers(
    school: School, type_: str, audience: str
) -> None:
    with pytest.raises((Forbidden, Invalid), match=r"seen it on site|not for everybody"):
        send(school.site, school.cast.rosa, intent(type_, ("A1", audience), seen=False))


@pytest.mark.parametrize(("type_", "audience"), [("T5", "A9"), ("T1", "A8"), ("T15", "A6")])
def test_a_type_goes_to_nobody_whom_it_is_not_for(
    school: School, type_: str, audience: str
) -> None:
    with pytest.raises(Invalid, match="Choose again who will hear"):
        send(school.site, school.cast.rosa, intent(type_, ("A1", audience)))


@pytest.mark.parametrize(
    ("type_", "also"), [("T1", "A3"), ("T3", "A4"), ("T5", "A3"), ("T6", "A4")]
)
def test_district_and_dispatchers_hear_what_nobody_has_verified(
    school: School, type_: str, also: str
) -> None:
    slot = SlotKind.SECURITY if also == "A3" else SlotKind.NETWORK_LIAISON
    person = builders.a_person(school.site, Group.VOLUNTEER, slot=slot)
    version = first(send(school.site, school.cast.rosa, intent(type_, ("A1", also), seen=False)))
    assert version.certainty is Certainty.UNVERIFIED
    assert heard(version, MessageState.QUEUED)[person.id] == also
    assert "UNVERIFIED" in texts(version)[also, "en"]


@only_sqlcipher
@pytest.mark.parametrize("type_", ["T2", "T6", "T8"])
def test_families_hear_what_the_school_does_and_never_where(school: School, type_: str) -> None:
    said = texts(first(send(school.site, school.cast.rosa, intent(type_))))
    for (audience, _language), text in said.items():
        if audience == "A9":
            assert not any(word in text.casefold() for word in PLACES)
    assert any(audience == "A9" for audience, _language in said)


def test_responders_are_told_to_watch_from_a_distance(school: School) -> None:
    builders.a_person(school.site, Group.OBSERVER)
    said = texts(first(send(school.site, school.cast.rosa, intent(audiences=("A1", "A6")))))
    text = said["A6", "en"]
    for words in ("in pairs", "from a distance", "Do not interfere", "No livestream", "children's"):
        assert words in text
