"""School days and bells, by the clock on the wall of the school."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import CONSOLE
from commons.sites import bells, school_days
from commons.sites.models import BellEvent, Holiday, Site
from tests import builders
from tests.builders import Cast, actor
from tests.commons.sites.test_bells import day

WEEK = {weekday: day("07:30", "08:05", "14:30", "18:00") for weekday in range(1, 6)}
THANKSGIVING = (dt.date(2026, 11, 23), dt.date(2026, 11, 27))
now = time_machine.travel(dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC), tick=False)


def at(text: str, zone: str = "America/Los_Angeles") -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def add(cast: Cast, owner: object, name: str, first: dt.date, last: dt.date) -> Holiday:
    account = cast.rosa if isinstance(owner, Site) else cast.dana
    return school_days.add_holiday(
        actor(account),
        owner,
        name=name,
        first_day=first,
        last_day=last,  # type: ignore[arg-type]
    )


@now
def test_holidays_of_the_district_count_at_every_site_of_it(cast: Cast) -> None:
    add(cast, cast.district, "Thanksgiving", *THANKSGIVING)
    add(cast, cast.lincoln, "Staff day", dt.date(2026, 11, 30), dt.date(2026, 11, 30))
    sister = builders.a_site("Sister School", cast.district)
    days = [dt.date(2026, 11, n) for n in (20, 21, 23, 25, 27, 30)]
    assert [school_days.school_day(cast.lincoln, one) for one in days] == [True] + [False] * 5
    assert [school_days.school_day(sister, one) for one in days] == [True, *[False] * 4, True]
    assert school_days.school_day(cast.other_school, days[2])
    assert [one.name for one in school_days.holidays(cast.lincoln)] == ["Thanksgiving", "Staff day"]
    assert [one.name for one in school_days.holidays(cast.district)] == ["Thanksgiving"]
    assert school_days.holidays(cast.lincoln, dt.date(2026, 12, 1)) == []


def test_bells_say_on_which_weekdays_there_is_school(cast: Cast) -> None:
    saturday, monday = dt.date(2026, 11, 7), dt.date(2026, 11, 9)
    assert school_days.school_day(cast.lincoln, monday)
    bells.save(actor(cast.rosa), cast.lincoln, {6: day(start="09:00", dismissal="12:00")})
    assert school_days.school_day(cast.lincoln, saturday)
    assert not school_days.school_day(cast.lincoln, monday)


@now
def test_a_holiday_that_cannot_be_is_refused_beside_its_field(cast: Cast) -> None:
    first = dt.date(2026, 12, 21)
    for last, field in ((dt.date(2026, 12, 20), "last_day"), (dt.date(2027, 12, 20), "last_day")):
        with pytest.raises(Invalid) as refusal:
            add(cast, cast.lincoln, "Winter break", first, last)
        assert field in refusal.value.fields
    with pytest.raises(Invalid) as refusal:
        add(cast, cast.lincoln, "Winter break", dt.date(2062, 1, 1), dt.date(2062, 1, 2))
    assert "first_day" in refusal.value.fields
    for name in ("", "call 213-555-0123"):
        with pytest.raises(Invalid) as refusal:
            add(cast, cast.lincoln, name, first, first)
        assert "name" in refusal.value.fields


@now
def test_a_double_click_adds_one_and_it_is_taken_off_once(cast: Cast) -> None:
    made = add(cast, cast.lincoln, "Cesar Chavez Day", *THANKSGIVING)
    with pytest.raises(Invalid, match="on the list already"):
        add(cast, cast.lincoln, "Cesar Chavez Day", *THANKSGIVING)
    with pytest.raises(Conflict):
        school_days.remove_holiday(actor(cast.ines), cast.other_school, made.public_id)
    school_days.remove_holiday(actor(cast.rosa), cast.lincoln, made.public_id)
    with pytest.raises(Conflict):
        school_days.remove_holiday(actor(cast.rosa), cast.lincoln, made.public_id)


@now
def test_a_lead_takes_no_holiday_of_the_district_away(cast: Cast) -> None:
    made = add(cast, cast.district, "Thanksgiving", *THANKSGIVING)
    with pytest.raises(Conflict):
        school_days.remove_holiday(actor(cast.rosa), cast.lincoln, made.public_id)
    for account in (cast.rosa, cast.ines, cast.stranger):
        with pytest.raises(NotFound):
            school_days.remove_holiday(actor(account), cast.district, made.public_id)
    with pytest.raises(Forbidden):
        school_days.require_for(actor(cast.noor), cast.district)
    school_days.remove_holiday(CONSOLE, cast.district, made.public_id)


@now
def test_the_next_bell_passes_over_evenings_weekends_and_holidays(cast: Cast) -> None:
    bells.save(actor(cast.rosa), cast.lincoln, WEEK)
    add(cast, cast.district, "Thanksgiving", *THANKSGIVING)
    cases = {
        "2026-11-20T07:00": (BellEvent.DOORS, "2026-11-20T07:30"),
        "2026-11-20T07:30": (BellEvent.START, "2026-11-20T08:05"),
        "2026-11-20T17:59": (BellEvent.AFTER_SCHOOL, "2026-11-20T18:00"),
        "2026-11-20T18:00": (BellEvent.DOORS, "2026-11-30T07:30"),
    }
    for moment, (event, rings) in cases.items():
        assert school_days.next_bell(cast.lincoln, at(moment)) == (event, at(rings))


def test_without_bells_or_school_there_is_no_next_bell(cast: Cast) -> None:
    assert school_days.next_bell(cast.lincoln, at("2026-11-20T07:00")) is None
    bells.save(actor(cast.rosa), cast.lincoln, WEEK)
    Holiday.create(site=cast.lincoln, name="x", first_day="2026-01-01", last_day="2028-01-01")
    assert school_days.next_bell(cast.lincoln, at("2026-11-20T07:00")) is None


@pytest.mark.parametrize(
    ("moment", "rings"),
    [
        ("2026-03-06T18:00", "2026-03-09T14:30+00:00"),  # from winter into summer time
        ("2026-10-30T18:00", "2026-11-02T15:30+00:00"),  # and back
    ],
)
def test_bells_keep_to_the_wall_when_the_clocks_change(cast: Cast, moment: str, rings: str) -> None:
    bells.save(actor(cast.rosa), cast.lincoln, WEEK)
    found = school_days.next_bell(cast.lincoln, at(moment))
    assert found == (BellEvent.DOORS, dt.datetime.fromisoformat(rings))


def test_a_bell_in_the_hour_that_is_left_out_still_rings_once(cast: Cast) -> None:
    sunday = {7: day(start="02:30", dismissal="12:00")}
    bells.save(actor(cast.rosa), cast.lincoln, sunday)
    found = school_days.next_bell(cast.lincoln, at("2026-03-07T23:00"))
    assert found == (BellEvent.START, at("2026-03-08T03:30"))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    minutes=st.integers(0, 2 * 365 * 24 * 60),
    zone=st.sampled_from(["America/Los_Angeles", "Pacific/Auckland", "America/St_Johns", "UTC"]),
)
def test_the_next_bell_is_later_on_a_school_day_and_the_first_one(
    cast: Cast, minutes: int, zone: str
) -> None:
    bells.save(actor(cast.rosa), cast.lincoln, WEEK)
    Site.update(timezone=zone).where(Site.id == cast.lincoln.id).execute()
    site = Site.get_by_id(cast.lincoln.id)
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    found = school_days.next_bell(site, start)
    assert found is not None
    event, rings = found
    wall = rings.astimezone(ZoneInfo(zone))
    assert start < rings <= start + dt.timedelta(days=4)
    assert school_days.school_day(site, wall.date())
    assert wall.time().replace(tzinfo=None) == WEEK[wall.isoweekday()][event]
    just_before = school_days.next_bell(site, rings - dt.timedelta(microseconds=1))
    assert just_before == found
