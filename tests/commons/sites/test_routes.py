"""The pages of sites."""

from commons.roster import slots
from commons.sites import service
from commons.sites.models import PostureValue, SiteState
from tests import builders
from tests.builders import Cast, actor
from tests.page import Browser


def test_sites_are_listed_searched_and_paged(browser: Browser, cast: Cast) -> None:
    for number in range(60):
        builders.a_site(f"School {number:02}", cast.district, state=SiteState.LISTED)
    browser.sign_in(cast.rosa)
    page = browser.get("/sites")
    assert "School 30" in page.words
    assert "School 50" not in page.words
    assert "School 50" in page.follow("Next page").words
    found = page.form("/sites").submit(q="School 07")
    assert "School 07" in found.words
    assert "School 08" not in found.words
    assert "No site has these words" in page.form("/sites").submit(q="Zebra").words


def test_a_site_shows_its_public_facts_and_neighbours(browser: Browser, cast: Cast) -> None:
    site = builders.a_site("Maple", latitude=34.0, longitude=-118.0, street="1 Main St.")
    builders.a_site("Oak", latitude=34.01, longitude=-118.0, state=SiteState.LISTED)
    browser.sign_in(cast.rosa)
    page = browser.get(f"/sites/{site.public_id}")
    assert page.heading == "Maple"
    assert "1 Main St." in page.words
    assert "Oak, 0.7 miles" in page.words


def test_a_lead_sees_and_sets_the_posture(browser: Browser, cast: Cast) -> None:
    slots.create_required(cast.lincoln)
    browser.sign_in(cast.rosa)
    page = browser.get(f"/sites/{cast.lincoln.public_id}")
    assert "The school day runs as usual." in page.words
    assert "Check-in employee" in page.words
    after = page.form("/posture").fill(value="secure", review="30").submit()
    assert "The posture is now: Secure." in after.words
    assert "To be looked at again" in after.words


def test_a_decision_made_on_an_old_page_is_refused(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.rosa)
    form = browser.get(f"/sites/{cast.lincoln.public_id}").form("/posture")
    service.set_posture(actor(cast.mara), cast.lincoln, PostureValue.HOLD, 30)
    page = form.fill(value="secure").submit()
    assert page.status == 409
    assert "changed the posture a moment ago" in page.words


def test_a_posture_that_is_none_is_asked_again(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.rosa)
    form = browser.get(f"/sites/{cast.lincoln.public_id}").form("/posture")
    form.values["value"] = ["panic"]
    assert form.submit().status == 422


def test_another_school_sees_the_public_record_and_no_more(browser: Browser, cast: Cast) -> None:
    service.set_posture(actor(cast.rosa), cast.lincoln, PostureValue.HOLD, 30)
    slots.create_required(cast.lincoln)
    browser.sign_in(cast.ines)
    page = browser.get(f"/sites/{cast.lincoln.public_id}")
    assert page.status == 200
    assert "Posture" not in page.words
    assert "Roles that nobody fills" not in page.words


def test_a_stranger_to_the_site_cannot_set_its_posture(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ines)
    own = browser.get(f"/sites/{cast.other_school.public_id}").form("/posture")
    own.action = f"/sites/{cast.lincoln.public_id}/posture"
    assert own.fill(value="hold").submit().status == 404


def test_the_front_desk_sees_the_posture_and_cannot_change_it(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.dev)
    page = browser.get(f"/sites/{cast.lincoln.public_id}")
    assert "The school day runs as usual." in page.words
    assert "Change the posture" not in page.words


def test_a_site_that_is_not_there_is_not_found(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.rosa)
    assert browser.get("/sites/nothing").status == 404


def test_the_list_asks_to_sign_in(browser: Browser, db: str) -> None:
    assert browser.get("/sites").path == "/sign-in"
