"""The pages of bell times and holidays."""

import datetime as dt

import pytest
import time_machine

from commons.sites import bells
from commons.sites.models import BellEvent, Holiday
from tests.builders import Cast
from tests.page import Browser, Page


@pytest.fixture(autouse=True)
def _in_november() -> object:
    with time_machine.travel(dt.datetime(2026, 11, 2, 20, tzinfo=dt.UTC), tick=True):
        yield


def lead(browser: Browser, cast: Cast, page: str) -> Page:
    browser.sign_in(cast.rosa)
    return browser.get(f"/sites/{cast.lincoln.public_id}/{page}")


MONDAY = {"day_1_doors": "07:30", "day_1_start": "08:05", "day_1_dismissal": "14:30"}


def test_monday_is_copied_to_the_other_days(browser: Browser, cast: Cast) -> None:
    page = lead(browser, cast, "bell-times").form("/bell-times").submit(**MONDAY)
    assert "The bell times are saved." in page.words
    week = bells.week(cast.lincoln)
    assert list(week) == [1, 2, 3, 4, 5]
    assert week[5][BellEvent.DISMISSAL] == dt.time(14, 30)
    shown = browser.get(f"/sites/{cast.lincoln.public_id}")
    assert "Friday 7:30 am 8:05 am 2:30 pm" in shown.words
    form = page.form("/bell-times")
    assert form.values["day_5_start"] == ["08:05"]
    form.values.pop("like_monday")
    form.submit(day_2_start="09:00")
    assert bells.week(cast.lincoln)[2][BellEvent.START] == dt.time(9)


def test_a_time_out_of_order_is_told_beside_its_field_and_kept(
    browser: Browser, cast: Cast
) -> None:
    form = lead(browser, cast, "bell-times").form("/bell-times")
    page = form.submit(**MONDAY | {"day_1_dismissal": "07:00"})
    assert page.status == 422
    assert page.words.count("School must end after it starts.") == 2
    assert page.form("/bell-times").values["day_1_dismissal"] == ["07:00"]
    assert bells.week(cast.lincoln) == {}
    page = page.form("/bell-times").submit(day_1_dismissal="noon")
    assert page.status == 422


def test_a_lead_adds_and_removes_the_schools_own_holidays(browser: Browser, cast: Cast) -> None:
    form = lead(browser, cast, "holidays").form("/holidays")
    page = form.submit(name="Winter break", first_day="2026-12-21", last_day="2027-01-08")
    assert "Monday 21 December 2026 to Friday 8 January 2027" in page.words
    page = form.submit(name="Staff day", first_day="2026-11-30", last_day="")
    assert "Monday 30 November 2026" in page.words
    page = page.form("/remove").submit()
    assert "no longer on the list" in page.words
    assert Holiday.select().count() == 1


def test_the_districts_holidays_are_inherited_and_not_the_leads_to_remove(
    browser: Browser, cast: Cast
) -> None:
    browser.sign_in(cast.dana)
    page = browser.get(f"/sites/{cast.lincoln.public_id}").follow("Holidays of the district")
    assert page.heading == "Holidays"
    page = page.form("/holidays").submit(name="Thanksgiving", first_day="2026-11-26")
    assert "count for every school of the district" in page.words
    page = lead(browser, cast, "holidays")
    assert "From the district" in page.words
    assert "Take Thanksgiving off the list" not in page.words
    browser.sign_in(cast.dana)
    page = browser.get(f"/districts/{cast.district.public_id}/holidays")
    assert browser.get(f"/districts/{cast.district.code}/holidays").status == 200
    page.form("/remove").submit()
    assert Holiday.select().count() == 0


def test_a_holiday_that_cannot_be_is_asked_again(browser: Browser, cast: Cast) -> None:
    form = lead(browser, cast, "holidays").form("/holidays")
    page = form.submit(name="Break", first_day="2026-12-21", last_day="2026-12-01")
    assert (page.status, "must not be before" in page.words) == (422, True)
    assert page.form("/holidays").values["name"] == ["Break"]


def test_a_districts_holidays_are_nobody_elses(browser: Browser, cast: Cast) -> None:
    for account in (cast.rosa, cast.ines, cast.noor):
        browser.sign_in(account)
        # The same for a district that is there and one that is not: it tells nothing.
        for district in (cast.district.public_id, "nothing"):
            assert browser.get(f"/districts/{district}/holidays").status == 403
    browser.sign_in(cast.dana)
    other = cast.other_school.district
    assert browser.get(f"/districts/{other.public_id}/holidays").status == 404
    assert browser.get("/districts/nothing/holidays").status == 404
