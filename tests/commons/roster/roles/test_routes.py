"""The pages of roles, of a site and of a district, and the district's board."""

import datetime as dt

import pytest

from commons import clock
from commons.roster import slots
from commons.roster.consent import withdraw_everywhere
from commons.roster.holders import holders
from commons.roster.models import Assignment, Group, SlotKind
from commons.roster.slots import Term
from commons.sites.models import Site
from tests.builders import Cast, a_person, a_site, actor
from tests.page import Browser, Form, Page

COUNSEL = SlotKind.LEGAL_COUNSEL


@pytest.fixture
def rosa(browser: Browser, cast: Cast) -> Browser:
    slots.create_required(cast.lincoln)
    browser.sign_in(cast.rosa)
    return browser


@pytest.fixture
def dana(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.dana)
    return browser


def roles(site: Site) -> str:
    return f"/sites/{site.public_id}/roster/roles"


def district_roles(cast: Cast) -> str:
    return f"/districts/{cast.district.public_id}/roles"


def fill_form(page: Page) -> Form:
    forms = [Form(page, element) for element in page.root.iter("form")]
    return next(form for form in forms if "kind" in form.values)


def test_gaps_stand_at_the_top_in_words_and_shape(rosa: Browser, cast: Cast) -> None:
    page = rosa.get(f"/sites/{cast.lincoln.public_id}/roster").follow("Roles")
    assert page.heading == "Roles"
    notice = page.text.index("notice-danger")
    words = ["<svg", "Roles with a gap", "Site lead", "Backup lead", "<h3>"]
    places = [page.text.index(word, notice) for word in words]
    assert places == sorted(places)


def test_a_role_is_filled_with_days_and_as_a_backup(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, name="Ana Lee")
    form = fill_form(rosa.get(roles(cast.lincoln)))
    last = (clock.now() + dt.timedelta(days=40)).date()
    given = {"kind": "counselor", "person": person.public_id, "until": last.isoformat()}
    page = form.submit(backup="y", **given)
    assert "The role is filled." in page.words
    assert "Ana Backup until" in page.words
    made = Assignment.get()
    assert made.backup
    # The last day counts to its end, in the school's own zone.
    assert clock.local(made.until, cast.lincoln.timezone).date() == last + dt.timedelta(days=1)
    assert clock.local(made.until, cast.lincoln.timezone).hour == 0


def test_a_clash_is_told_beside_the_person_and_nothing_typed_is_lost(
    rosa: Browser, cast: Cast
) -> None:
    a_person(cast.lincoln, slot=SlotKind.SITE_LEAD)
    person = a_person(cast.lincoln)
    form = fill_form(rosa.get(roles(cast.lincoln)))
    page = form.submit(kind="site_lead", person=person.public_id, since="2031-02-03")
    assert page.status == 422
    assert "add this person as a backup" in page.words
    assert fill_form(page).values["since"] == ["2031-02-03"]
    assert fill_form(page).values["person"] == [person.public_id]


def test_days_that_are_none_are_asked_again(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln)
    form = fill_form(rosa.get(roles(cast.lincoln)))
    page = form.submit(person=person.public_id, since="soon")
    assert page.status == 422
    assert "Write a day like" in page.words
    assert Assignment.select().count() == 0


def test_people_are_put_in_order_and_taken_out(rosa: Browser, cast: Cast) -> None:
    for name in ("Ana Lee", "Bo Kim"):
        person = a_person(cast.lincoln, name=name)
        slots.assign(actor(cast.rosa), cast.lincoln, SlotKind.COUNSELOR, person)
    page = rosa.get(roles(cast.lincoln)).form("/down").submit()
    assert page.words.index("Bo") < page.words.index("Ana")
    page = page.form("/end").submit()
    assert "They no longer fill the role." in page.words
    assert [h.person.reveal("name") for h in holders(cast.lincoln, SlotKind.COUNSELOR)] == [
        "Ana Lee"
    ]


def test_whoever_said_stop_is_shown_with_the_reason(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, slot=SlotKind.SITE_LEAD)
    assert "Site lead: They said STOP." not in rosa.get(roles(cast.lincoln)).words
    withdraw_everywhere(person)
    assert "Site lead: They said STOP." in rosa.get(roles(cast.lincoln)).words


def test_people_of_the_district_are_shown_with_where_they_come_from(
    rosa: Browser, cast: Cast
) -> None:
    person = a_person(a_site("Office", cast.district), name="Kim Counsel")
    slots.assign(actor(cast.dana), cast.district, COUNSEL, person)
    page = rosa.get(roles(cast.lincoln))
    assert "Kim From Harbor Unified" in page.words
    assert "/end" not in page.text


def test_families_are_not_offered_in_the_list(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, Group.FAMILY)
    assert person.public_id not in rosa.get(roles(cast.lincoln)).text


def test_a_counselor_sees_the_roles_and_changes_none(browser: Browser, cast: Cast) -> None:
    given = slots.fill(slots.make(cast.lincoln, SlotKind.COUNSELOR), a_person(cast.lincoln))
    browser.sign_in(cast.carmen)
    page = browser.get(roles(cast.lincoln))
    assert "Fill a role" not in page.words
    assert browser.post(f"{roles(cast.lincoln)}/{given.public_id}/end", {}).status in (400, 403)
    assert Assignment.get().until is None


def test_the_role_of_another_school_is_not_there(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.other_school)
    given = slots.fill(slots.make(cast.other_school, SlotKind.COUNSELOR), person)
    token = fill_form(rosa.get(roles(cast.lincoln))).values["csrf_token"]
    page = rosa.post(f"{roles(cast.lincoln)}/{given.public_id}/end", {"csrf_token": token})
    assert page.status == 404
    assert Assignment.get().until is None


def test_one_change_at_the_district_reaches_its_schools(dana: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, name="Kim Counsel")
    second = a_site("Second", cast.district)
    page = dana.get(district_roles(cast))
    assert "Roles with a gap District administrator" in page.words
    form = fill_form(page)
    page = form.submit(kind="legal_counsel", person=person.public_id)
    assert "The role is filled." in page.words
    assert [h.person for h in holders(second, COUNSEL)] == [person]
    page.form("/end").submit()
    assert holders(second, COUNSEL) == []


def test_the_people_of_each_of_its_schools_can_be_chosen(dana: Browser, cast: Cast) -> None:
    person = a_person(a_site("Zebra", cast.district))
    page = dana.get(district_roles(cast))
    assert person.public_id not in page.text
    site = Site.get(Site.name == "Zebra")
    chosen = dana.get(district_roles(cast), query={"site": [site.public_id]})
    assert person.public_id in chosen.text


def test_somebody_of_another_district_is_given_no_role(dana: Browser, cast: Cast) -> None:
    a_person(cast.lincoln)
    stranger = a_person(cast.other_school)
    form = fill_form(dana.get(district_roles(cast)))
    form.values["person"] = [stranger.public_id]
    assert form.submit(kind="legal_counsel").status == 422
    assert Assignment.select().count() == 0


def test_the_board_shows_the_schools_with_gaps(dana: Browser, cast: Cast) -> None:
    slots.create_required(cast.lincoln)
    page = dana.get(district_roles(cast)).follow("Sites with gaps")
    assert "Lincoln Elementary 4 gaps Site lead" in page.words.replace("Gap ", "")
    for kind in slots.REQUIRED:
        a_person(cast.lincoln, slot=kind)
    page = dana.get(f"/districts/{cast.district.public_id}/gaps")
    assert "Every site has somebody for each role." in page.words


def test_nobody_else_opens_the_pages_of_a_district(browser: Browser, cast: Cast) -> None:
    for who in (cast.rosa, cast.ines, cast.amina):
        browser.sign_in(who)
        assert browser.get(district_roles(cast)).status == 403
    browser.sign_in(cast.dana)
    other = cast.other_school.district
    assert browser.get(f"/districts/{other.public_id}/roles").status == 404
    assert browser.get("/districts/none/gaps").status == 404


def test_a_role_that_lies_ahead_is_shown_with_its_first_day(rosa: Browser, cast: Cast) -> None:
    person, since = a_person(cast.lincoln, name="Ana"), clock.now() + dt.timedelta(days=9)
    slots.assign(actor(cast.rosa), cast.lincoln, SlotKind.SITE_LEAD, person, Term(since=since))
    page = rosa.get(roles(cast.lincoln))
    assert "Ana from" in page.words
    assert "Roles with a gap Site lead" in page.words
