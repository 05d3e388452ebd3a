"""The pages of meeting points, zones and languages."""

from pathlib import Path

import pytest

from commons.sites import directory, points, zones
from commons.sites.models import MeetingPoint, Site, SiteState
from tests import builders
from tests.builders import Cast
from tests.page import Browser, Page


@pytest.fixture
def site(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Lincoln, where the map knows it, with four schools around."""
    monkeypatch.setattr(directory, "_path", tmp_path / directory.FILE)
    Site.update(latitude=34.0, longitude=-118.0).where(Site.id == cast.lincoln.id).execute()
    for number, step in enumerate(((1, 0), (-1, 0), (0, 1), (0, -1))):
        place = {"latitude": 34 + step[0] / 100, "longitude": -118 + step[1] / 100}
        builders.a_site(f"School {number}", cast.district, state=SiteState.LISTED, **place)
    return Site.get_by_id(cast.lincoln.id)


def lead(browser: Browser, cast: Cast, page: str) -> Page:
    browser.sign_in(cast.rosa)
    return browser.get(f"/sites/{cast.lincoln.public_id}/{page}")


def test_suggestions_are_taken_several_at_once(browser: Browser, cast: Cast, site: Site) -> None:
    page = lead(browser, cast, "meeting-points")
    assert "has no meeting point yet" in page.words
    page = page.follow("See suggestions")
    assert "School gate, 0.7 miles north. From: public list of schools" in page.words
    keys = [field.get("value") or "" for field in page.root.iter("input")]
    chosen = [one.public_id for one in Site.select() if one.public_id in keys][:3]
    after = page.form("/suggestions").submit(keys=chosen)
    assert "3 meeting points are on the list." in after.words
    assert 'viewBox="0 0 100 100"' in after.text
    assert len(points.live(site)) == 3


def test_suggestions_ask_for_a_choice(browser: Browser, cast: Cast, site: Site) -> None:
    answer = lead(browser, cast, "meeting-points/suggestions").form("/suggestions").submit()
    assert answer.status == 422
    assert "Choose at least one place." in answer.words


def test_a_point_is_asked_for_one_question_at_a_time(
    browser: Browser, cast: Cast, site: Site
) -> None:
    zone = builders.a_zone(site)
    page = lead(browser, cast, "meeting-points/new")
    page = page.form("/new").submit(name="Maria's house")
    assert (page.status, "somebody's home" in page.words) == (422, True)
    page = page.form("/new").submit(name="Harbor Library")
    assert "What kind of place is it?" in page.words
    page = page.form("/new").submit()
    assert "Choose what kind of place it is." in page.words
    page = page.form("/new").submit(kind="library")
    page = page.form("/new").submit(place="near the school")
    assert (page.status, "as a map shows them" in page.words) == (422, True)
    page = page.form("/new").submit(place="34.5, -118.0")
    page = page.form("/new").submit(zone=zone.public_id)
    assert (page.status, "more than 15 miles" in page.words) == (422, True)
    page = page.form("/new").submit(place="34.01, -118.0")
    page = page.form("/new").submit(zone=zone.public_id)
    assert "The meeting point is on the list." in page.words
    assert "Harbor Library Library · 0.7 miles north · North side" in page.words


def test_a_point_is_changed_moved_in_the_list_and_retired(
    browser: Browser, cast: Cast, site: Site
) -> None:
    for number in range(2):
        place = {"latitude": 34.01 + number / 100, "position": number}
        builders.a_point(site, f"Library {number}", **place)
    page = lead(browser, cast, "meeting-points")
    page = page.follow("Library 1").form().submit(name="The big library", place="34.02 -118.01")
    assert "The meeting point was changed." in page.words
    page = page.follow("The big library").form("/earlier").submit()
    assert [one.name for one in points.live(site)] == ["The big library", "Library 0"]
    page = page.form("/nearest-first").submit()
    assert [one.name for one in points.live(site)] == ["Library 0", "The big library"]
    page = page.follow("Library 0").form("/later").submit()
    page = page.follow("Library 0").form("/retire").submit()
    assert "no longer used" in page.words
    assert [one.name for one in points.live(site)] == ["The big library"]
    bad = page.follow("The big library").form().submit(place="34.9, -118.0")
    assert (bad.status, "15 miles" in bad.words) == (422, True)


def test_zones_are_added_renamed_moved_and_retired(browser: Browser, cast: Cast) -> None:
    page = lead(browser, cast, "zones")
    page = page.form("/zones").submit(name="North side")
    page = page.form("/zones").submit(name="South side")
    bad = page.form("/zones").submit(name="South side")
    assert (bad.status, "of this name already" in bad.words) == (422, True)
    page = page.follow("South side").form().submit(name="Around the market")
    page = page.follow("Around the market").form("/earlier").submit()
    assert [zone.name for zone in zones.live(cast.lincoln)] == ["Around the market", "North side"]
    bad = page.follow("North side").form().submit(name="Around the market")
    assert bad.status == 422
    page.follow("North side").form("/retire").submit()
    assert [zone.name for zone in zones.live(cast.lincoln)] == ["Around the market"]


def test_languages_are_boxes_with_their_own_names(browser: Browser, cast: Cast) -> None:
    page = lead(browser, cast, "languages")
    assert "한국어" in page.words
    form = page.form("/languages")
    assert form.values["languages"] == ["es"]
    after = form.submit(languages=["ko", "fa"])
    assert "The languages are saved." in after.words
    assert Site.get_by_id(cast.lincoln.id).languages == "en ko fa"
    form = after.form("/languages")
    form.values["languages"] = ["tlh"]
    assert form.submit().status == 422


def test_everybody_sees_what_a_school_says_and_only_the_lead_the_links(
    browser: Browser, cast: Cast, site: Site
) -> None:
    builders.a_point(site)
    browser.sign_in(cast.ines)
    page = browser.get(f"/sites/{site.public_id}")
    assert "Harbor Library Library · 1.0 miles north" in page.words
    assert "Español" in page.words
    assert not [link for link in page.links() if link.endswith("/meeting-points")]
    browser.sign_in(cast.rosa)
    page = browser.get(f"/sites/{site.public_id}").follow("Meeting points")
    assert page.heading == "Meeting points"


def test_strangers_find_nothing_and_the_front_desk_may_not(
    browser: Browser, cast: Cast, site: Site
) -> None:
    point = builders.a_point(site)
    browser.sign_in(cast.ines)
    own = browser.get(f"/sites/{cast.other_school.public_id}/zones").form("/zones")
    own.action = f"/sites/{site.public_id}/meeting-points/{point.public_id}/retire"
    assert browser.post(own.action, own.values).status == 404
    browser.sign_in(cast.dev)
    assert browser.get(f"/sites/{site.public_id}/meeting-points").status == 403
    assert MeetingPoint.get_by_id(point.id).retired_at is None
