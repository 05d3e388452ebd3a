"""Bell times: in order, saved as a whole, refused beside the field."""

import datetime as dt

import pytest

from commons.errors import Forbidden, Invalid
from commons.sites import bells
from commons.sites.models import BellEvent, BellTime
from tests.builders import Cast, actor

DOORS, START, DISMISSAL, AFTER = bells.ORDER


def day(doors: str = "", start: str = "", dismissal: str = "", after: str = "") -> bells.Day:
    given = zip(bells.ORDER, (doors, start, dismissal, after), strict=True)
    return {event: dt.time.fromisoformat(at) for event, at in given if at}


def test_a_week_is_saved_in_24_hours_and_replaced_as_a_whole(cast: Cast) -> None:
    week = {1: day("07:30", "08:05", "14:30", "18:00"), 3: day(start="08:05", dismissal="13:00")}
    bells.save(actor(cast.rosa), cast.lincoln, week)
    assert bells.week(cast.lincoln) == week
    assert BellTime.get(BellTime.event == BellEvent.AFTER_SCHOOL).at == "18:00"
    bells.save(actor(cast.mara), cast.lincoln, {2: day(start="09:00", dismissal="12:00"), 4: {}})
    assert list(bells.week(cast.lincoln)) == [2]
    bells.save(actor(cast.mara), cast.lincoln, {})
    assert bells.week(cast.lincoln) == {}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (day("08:10", "08:05", "14:30"), DOORS),
        (day("07:30", "08:05", "08:05"), DISMISSAL),
        (day("07:30", "15:05", "14:30"), DISMISSAL),
        (day("07:30", "08:05", "14:30", "14:00"), AFTER),
        (day("07:30"), START),
        (day(start="08:05"), DISMISSAL),
        (day(dismissal="14:00"), START),
    ],
)
def test_what_is_out_of_order_or_missing_is_refused_beside_its_field(
    cast: Cast, given: bells.Day, field: BellEvent
) -> None:
    good = {1: day(start="08:00", dismissal="14:00")}
    bells.save(actor(cast.rosa), cast.lincoln, good)
    with pytest.raises(Invalid) as refusal:
        bells.save(
            actor(cast.rosa), cast.lincoln, {1: day(start="09:00", dismissal="15:00"), 2: given}
        )
    assert bells.field(2, field) in refusal.value.fields
    assert bells.week(cast.lincoln) == good


def test_doors_may_open_as_school_starts_and_the_program_end_with_it(cast: Cast) -> None:
    week = {5: day("08:00", "08:00", "14:00", "14:00")}
    bells.save(actor(cast.rosa), cast.lincoln, week)
    assert bells.week(cast.lincoln) == week


def test_a_parent_may_not_set_the_bells(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        bells.save(actor(cast.amina), cast.lincoln, {})
