"""Roles of a site and who fills them."""

import datetime as dt

import pytest

from commons import clock
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.roster import slots
from commons.roster.holders import holders
from commons.roster.models import Assignment, SlotKind
from commons.roster.slots import Term
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


def test_only_so_many_fill_a_role_at_once_and_backups_do_not_count(cast: Cast) -> None:
    rosa, kind = actor(cast.rosa), SlotKind.SITE_LEAD
    one, other = builders.a_person(cast.lincoln), builders.a_person(cast.lincoln)
    slots.assign(rosa, cast.lincoln, kind, one)
    with pytest.raises(Conflict, match="as a backup"):
        slots.assign(rosa, cast.lincoln, kind, other)
    slots.assign(rosa, cast.lincoln, kind, other, Term(backup=True))
    assert set(slots.kinds_of(cast.lincoln)) == {one.id, other.id}


def test_summer_cover_is_planned_in_spring_where_the_days_do_not_meet(cast: Cast) -> None:
    rosa, now = actor(cast.rosa), clock.now()
    june, august = now + dt.timedelta(days=60), now + dt.timedelta(days=120)
    one, cover = builders.a_person(cast.lincoln), builders.a_person(cast.lincoln)
    slots.assign(rosa, cast.lincoln, SlotKind.SITE_LEAD, one, Term(until=june))
    slots.assign(rosa, cast.lincoln, SlotKind.SITE_LEAD, cover, Term(since=june, until=august))
    slots.assign(rosa, cast.lincoln, SlotKind.SITE_LEAD, one, Term(since=august))
    assert slots.kinds_of(cast.lincoln) == {one.id: [SlotKind.SITE_LEAD]}
    with pytest.raises(Conflict):
        slots.assign(rosa, cast.lincoln, SlotKind.SITE_LEAD, cover, Term(since=june))


def test_a_role_cannot_end_before_it_begins(cast: Cast) -> None:
    person, now = builders.a_person(cast.lincoln), clock.now()
    term = Term(since=now + dt.timedelta(days=2), until=now + dt.timedelta(days=1))
    with pytest.raises(Invalid, match="after the first"):
        slots.assign(actor(cast.rosa), cast.lincoln, SlotKind.COUNSELOR, person, term)
    assert Assignment.select().count() == 0


def test_somebody_is_called_earlier_and_later(cast: Cast) -> None:
    rosa, kind = actor(cast.rosa), SlotKind.COUNSELOR
    people = [builders.a_person(cast.lincoln) for _ in range(3)]
    given = [slots.assign(rosa, cast.lincoln, kind, person) for person in people]

    def order() -> list[int]:
        return [people.index(holder.person) for holder in holders(cast.lincoln, kind)]

    slots.move(rosa, cast.lincoln, given[2], up=True)
    assert order() == [0, 2, 1]
    slots.move(rosa, cast.lincoln, given[0], up=True)
    assert order() == [0, 2, 1]
    slots.move(rosa, cast.lincoln, given[0], up=False)
    assert order() == [2, 0, 1]


def test_a_role_is_ended_once(cast: Cast) -> None:
    rosa = actor(cast.rosa)
    given = slots.assign(rosa, cast.lincoln, SlotKind.COUNSELOR, builders.a_person(cast.lincoln))
    slots.finish(rosa, cast.lincoln, given)
    with pytest.raises(Conflict):
        slots.finish(rosa, cast.lincoln, given)
    with pytest.raises(NotFound):
        slots.assignment_at(cast.lincoln, given.public_id)


def test_a_site_lead_changes_no_role_of_the_district(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    for account in (cast.rosa, cast.mara, cast.ines):
        with pytest.raises((Forbidden, NotFound)):
            slots.assign(actor(account), cast.district, SlotKind.LEGAL_COUNSEL, person)
    stranger = builders.a_person(cast.other_school)
    with pytest.raises(Conflict):
        slots.assign(actor(cast.dana), cast.district, SlotKind.LEGAL_COUNSEL, stranger)
    with pytest.raises(NotFound):
        slots.assign(actor(cast.dana), cast.district, SlotKind.SITE_LEAD, person)
