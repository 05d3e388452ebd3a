"""A gap is a role that nobody fills, or that nobody who can be reached fills."""

import pytest

from commons.errors import Forbidden, NotFound
from commons.permissions import CONSOLE
from commons.roster import gaps, slots
from commons.roster.consent import withdraw_everywhere
from commons.roster.gaps import Gap
from commons.roster.models import ConsentState, SlotKind
from commons.roster.reach import Reason
from commons.roster.slots import Term
from tests.builders import Cast, a_person, actor

LEAD = SlotKind.SITE_LEAD


@pytest.fixture
def filled(cast: Cast) -> Cast:
    slots.create_required(cast.lincoln)
    for kind in slots.REQUIRED:
        a_person(cast.lincoln, slot=kind)
    return cast


def test_a_site_whose_roles_are_filled_has_no_gap(filled: Cast) -> None:
    assert gaps.of_site(filled.lincoln) == []


def test_the_stop_of_the_last_holder_opens_a_gap_with_its_reason(filled: Cast) -> None:
    lead = slots.Assignment.get(slots.Assignment.slot == slots.make(filled.lincoln, LEAD)).person
    withdraw_everywhere(lead)
    assert gaps.of_site(filled.lincoln) == [Gap(LEAD, Reason.SAID_STOP)]
    assert str(gaps.of_site(filled.lincoln)[0].words) == "Site lead: They said STOP."
    # The site's page, which more people see, names the role alone.
    assert [str(words) for words in slots.gap_words(filled.lincoln)] == ["Site lead"]


def test_a_backup_who_can_be_reached_closes_the_gap(filled: Cast) -> None:
    lead = slots.Assignment.get(slots.Assignment.slot == slots.make(filled.lincoln, LEAD)).person
    withdraw_everywhere(lead)
    backup = a_person(filled.lincoln)
    slots.assign(CONSOLE, filled.lincoln, LEAD, backup, Term(backup=True))
    assert gaps.of_site(filled.lincoln) == []


def test_somebody_who_has_not_agreed_fills_no_gap(cast: Cast) -> None:
    slots.create_required(cast.lincoln)
    a_person(cast.lincoln, slot=LEAD, consent=ConsentState.INVITED)
    assert Gap(LEAD, Reason.NOT_AGREED) in gaps.of_site(cast.lincoln)


def test_a_district_must_fill_its_own_roles(cast: Cast) -> None:
    kinds = [gap.kind for gap in gaps.of_district(cast.district)]
    assert kinds == [SlotKind.DISTRICT_ADMINISTRATOR, SlotKind.LEGAL_COUNSEL]
    person = a_person(cast.lincoln)
    slots.assign(actor(cast.dana), cast.district, SlotKind.LEGAL_COUNSEL, person)
    assert [gap.kind for gap in gaps.of_district(cast.district)] == kinds[:1]


def test_the_board_lists_the_sites_with_gaps_to_the_district_alone(filled: Cast) -> None:
    dana = actor(filled.dana)
    assert gaps.board(dana, filled.district) == []
    slots.Assignment.delete().execute()
    assert [one.site.id for one in gaps.board(dana, filled.district)] == [filled.lincoln.id]
    with pytest.raises(NotFound):
        gaps.board(dana, filled.other_school.district)
    with pytest.raises((Forbidden, NotFound)):
        gaps.board(actor(filled.rosa), filled.district)
