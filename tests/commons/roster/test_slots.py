"""Roles of a site and who fills them."""

import pytest

from commons.errors import Conflict, Forbidden
from commons.roster import slots
from commons.roster.models import Assignment, SlotKind
from tests import builders
from tests.builders import Cast, actor


def test_a_required_role_that_nobody_fills_is_a_gap(cast: Cast) -> None:
    slots.create_required(cast.lincoln)
    person = builders.a_person(cast.lincoln)
    slots.assign(actor(cast.rosa), cast.lincoln, SlotKind.BACKUP_LEAD, person)
    assert slots.gaps(cast.lincoln) == [
        SlotKind.SITE_LEAD,
        SlotKind.SCHOOL_ADMINISTRATOR,
        SlotKind.CHECK_IN_EMPLOYEE,
    ]
    assert str(slots.gap_words(cast.lincoln)[0]) == "Site lead"


def test_a_role_that_a_site_need_not_fill_is_no_gap(cast: Cast) -> None:
    slots.make(cast.lincoln, SlotKind.INTERPRETER)
    assert slots.gaps(cast.lincoln) == []


def test_a_person_fills_a_role_once_and_may_come_back(cast: Cast) -> None:
    rosa, person = actor(cast.rosa), builders.a_person(cast.lincoln)
    slots.assign(rosa, cast.lincoln, SlotKind.SITE_LEAD, person)
    with pytest.raises(Conflict):
        slots.assign(rosa, cast.lincoln, SlotKind.SITE_LEAD, person)
    slots.unassign(rosa, cast.lincoln, SlotKind.SITE_LEAD, person)
    slots.assign(rosa, cast.lincoln, SlotKind.SITE_LEAD, person)
    assert Assignment.select().count() == 2
    assert slots.kinds_of(cast.lincoln) == {person.id: [SlotKind.SITE_LEAD]}


def test_ending_a_role_that_nobody_has_is_told(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    with pytest.raises(Conflict):
        slots.unassign(actor(cast.rosa), cast.lincoln, SlotKind.SITE_LEAD, person)


def test_somebody_of_another_school_fills_no_role_here(cast: Cast) -> None:
    person = builders.a_person(cast.other_school)
    with pytest.raises(Conflict, match="not on the site's roster"):
        slots.assign(actor(cast.rosa), cast.lincoln, SlotKind.SITE_LEAD, person)


def test_a_counselor_gives_no_roles(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    with pytest.raises(Forbidden):
        slots.assign(actor(cast.carmen), cast.lincoln, SlotKind.SITE_LEAD, person)
