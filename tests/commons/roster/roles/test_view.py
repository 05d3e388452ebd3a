"""What the pages of roles show: who can be chosen, in which order, by a first name at most."""

import pytest

from commons.errors import Forbidden, NotFound
from commons.permissions import CONSOLE
from commons.roster import slots
from commons.roster.models import Group, SlotKind
from commons.roster.roles import view
from commons.sites.models import DistrictKind, SiteKind
from tests.builders import Cast, a_district, a_person, a_site, actor


def test_a_site_shows_every_role_and_a_district_its_own(cast: Cast) -> None:
    assert [role.kind for role in view.site_roles(actor(cast.rosa), cast.lincoln)] == list(SlotKind)
    shown = {role.kind for role in view.district_roles(actor(cast.dana), cast.district)}
    assert SlotKind.LEGAL_COUNSEL in shown
    assert not shown & {SlotKind.SITE_LEAD, SlotKind.COUNTY_COUNSEL}
    office = a_district("Office", kind=DistrictKind.COUNTY_OFFICE)
    kinds = {role.kind for role in view.district_roles(CONSOLE, office)}
    assert {SlotKind.COUNTY_COUNSEL, SlotKind.LEGAL_COUNSEL} <= kinds


def test_a_holder_is_shown_by_a_first_name(cast: Cast) -> None:
    a_person(cast.lincoln, name="Ana Lee", number="+12135550142", slot=SlotKind.SITE_LEAD)
    [lead] = view.site_roles(actor(cast.rosa), cast.lincoln)[0].people
    assert (lead.name, lead.backup, lead.since, lead.origin) == ("Ana", False, None, "")


def test_staff_of_the_site_can_be_chosen_by_name_and_families_cannot(cast: Cast) -> None:
    for name in ("Zoe", "Ana"):
        a_person(cast.lincoln, name=name, number=None)
    a_person(cast.lincoln, Group.FAMILY, name="Bo")
    a_person(cast.other_school, name="Cy")
    assert [choice.words for choice in view.choices(cast.lincoln)] == ["Ana", "Zoe"]
    assert view.choices(None) == []


def test_the_office_of_a_district_comes_before_its_schools(cast: Cast) -> None:
    office = a_site("Zebra Office", cast.district, kind=SiteKind.OFFICE)
    assert view.district_sites(cast.district) == [office, cast.lincoln]
    assert view.home_site(a_district()) is None


def test_roles_are_shown_to_those_who_may_see_the_roster(cast: Cast) -> None:
    slots.create_required(cast.lincoln)
    for who, error in ((cast.dev, Forbidden), (cast.ines, NotFound), (cast.amina, Forbidden)):
        with pytest.raises(error):
            view.site_roles(actor(who), cast.lincoln)
    with pytest.raises((Forbidden, NotFound)):
        view.district_roles(actor(cast.mara), cast.district)
