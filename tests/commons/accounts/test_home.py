"""The first page shows one's own school, what needs one now, and nothing one may not do."""

import pytest

from tests import builders, page
from tests.rapidresponse.alerts.school import School, send


def test_a_stranger_reads_what_this_is(browser: page.Browser) -> None:
    found = browser.get("/")
    assert found.heading == "A light for your school community"
    assert "/privacy" in found.links()


def test_a_lead_sees_the_posture_and_the_two_large_buttons(
    browser: page.Browser, cast: builders.Cast
) -> None:
    home = browser.sign_in(cast.rosa)
    assert home.heading == "Lincoln Elementary"
    assert "Posture: Normal" in home.words
    assert "Something is happening" in home.words
    assert "Nothing needs you now." in home.words


@pytest.mark.parametrize("who", ["dev", "carmen", "amina", "luis", "noor", "dana"])
def test_nobody_is_offered_what_they_may_not_do(
    browser: page.Browser, cast: builders.Cast, who: str
) -> None:
    assert "Something is happening" not in browser.sign_in(getattr(cast, who)).words


def test_an_administrator_finds_what_waits_for_their_yes(
    browser: page.Browser, cast: builders.Cast
) -> None:
    alert = send(School.make(cast).site, cast.rosa)
    home = browser.sign_in(cast.mara)
    assert f"{alert.code}: Agents at the entrance waits for a second person." in home.words
    assert f"/alerts/{alert.public_id}" in home.links()


def test_the_other_schools_of_a_district_are_one_link_away(
    browser: page.Browser, cast: builders.Cast
) -> None:
    builders.a_site("Adams Middle", cast.district)
    home = browser.sign_in(cast.dana)
    assert home.heading == "Adams Middle"
    assert home.follow("Lincoln Elementary").heading == "Lincoln Elementary"


def test_a_school_of_others_is_not_shown_for_the_asking(
    browser: page.Browser, cast: builders.Cast
) -> None:
    browser.sign_in(cast.rosa)
    asked = browser.get("/home", query={"site": cast.other_school.public_id})
    assert asked.heading == "Lincoln Elementary"


def test_an_account_without_a_school_is_told_whom_to_ask(
    browser: page.Browser, cast: builders.Cast
) -> None:
    account = builders.an_account(builders.Role.SITE_LEAD, builders.a_site(state="listed"))
    assert "Ask your site lead" in browser.sign_in(account).words
