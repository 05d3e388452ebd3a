"""What lists and pages show of people."""

import pytest

from commons.errors import Forbidden, NotFound
from commons.roster import listing
from commons.roster.models import ConsentState, Group, SlotKind
from commons.roster.reach import Reason
from tests import builders
from tests.builders import Cast, actor


def test_a_list_shows_a_first_name_and_two_digits(cast: Cast) -> None:
    builders.a_person(
        cast.lincoln, name="Ana María Lee", number="+12135550142", slot=SlotKind.SITE_LEAD
    )
    shown = listing.roster_page(actor(cast.rosa), cast.lincoln).rows[0]
    assert (shown.name, shown.ending, shown.language) == ("Ana", "42", "English")
    assert (shown.groups, shown.slots) == ((Group.STAFF,), (SlotKind.SITE_LEAD,))
    assert shown.reason is None
    assert "Lee" not in repr(shown)


def test_a_list_is_turned_page_by_page_within_a_group(cast: Cast) -> None:
    people = [builders.a_person(cast.lincoln, Group.FAMILY) for _n in range(3)]
    builders.a_person(cast.lincoln, Group.STAFF)
    builders.a_person(cast.other_school, Group.FAMILY)
    rosa = actor(cast.rosa)
    first = listing.roster_page(rosa, cast.lincoln, Group.FAMILY, size=2)
    rest = listing.roster_page(
        rosa, cast.lincoln, Group.FAMILY, size=2, after=first.rows[-1].public_id
    )
    shown = [row.public_id for row in (*first.rows, *rest.rows)]
    assert shown == [person.public_id for person in people]
    assert (first.has_next, rest.has_next, rest.has_previous) == (True, False, True)


def test_a_person_page_shows_the_whole_name_and_what_they_agreed_to(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln, name="Ana Lee", consent=ConsentState.INVITED)
    shown = listing.details(actor(cast.carmen), cast.lincoln, person)
    assert (shown.name, shown.consent) == ("Ana Lee", ConsentState.INVITED)
    assert shown.reason == Reason.NOT_AGREED


def test_districts_dispatchers_and_the_front_desk_see_no_names(cast: Cast) -> None:
    for account in (cast.dana, cast.noor, cast.dev, cast.luis):
        with pytest.raises(Forbidden):
            listing.roster_page(actor(account), cast.lincoln)
    with pytest.raises(NotFound):
        listing.roster_page(actor(cast.ines), cast.lincoln)
