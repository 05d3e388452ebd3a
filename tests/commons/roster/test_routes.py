"""The pages of a site's roster."""

import io
from typing import Any

import pytest

from commons.roster import slots
from commons.roster.models import Consent, ConsentState, Group, Person, RosterEntry, SlotKind
from commons.sites.models import Site
from tests.builders import Cast, a_person
from tests.page import ADDRESS, Browser, Page

TABLE = b"name,phone,language,group\nAna Lee,213 555 0142,es,family\nBo,12,en,staff\n"


@pytest.fixture
def rosa(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.rosa)
    return browser


def roster(site: Site) -> str:
    return f"/sites/{site.public_id}/roster"


def page_of(site: Site, person: Person) -> str:
    return f"{roster(site)}/people/{person.public_id}"


def upload(browser: Browser, page: Page, data: bytes) -> Page:
    form: dict[str, Any] = dict(page.form("/import").values)
    form["file"] = (io.BytesIO(data), "roster.csv")
    address = page.form("/import").action
    response = browser.client.post(
        address, data=form, base_url=ADDRESS, content_type="multipart/form-data"
    )
    if response.status_code == 303:
        return browser.get(response.headers["Location"])
    return Page(browser, address, response)


def test_the_roster_shows_little_of_each_person(rosa: Browser, cast: Cast) -> None:
    slots.create_required(cast.lincoln)
    a_person(cast.lincoln, name="Ana Lee", number="+12135550142")
    a_person(cast.lincoln, Group.FAMILY, name="Bo Kim", consent=ConsentState.INVITED)
    page = rosa.get(roster(cast.lincoln))
    assert "1 of 2 people can be reached now." in page.words
    assert "Ana Yes Staff · English · number ends in 42" in page.words
    assert "They have not agreed to alerts yet." in page.words
    assert "Backup lead" in page.words
    assert "Roles with a gap" in page.words
    assert "Lee" not in page.words
    assert "Ana" not in page.follow("Families").words


def test_an_empty_roster_says_so(rosa: Browser, cast: Cast) -> None:
    assert "Nobody is here yet." in rosa.get(roster(cast.lincoln)).words


def test_a_long_roster_turns_its_pages(rosa: Browser, cast: Cast) -> None:
    for number in range(52):
        a_person(cast.lincoln, name=f"P{number}x Example")
    first = rosa.get(roster(cast.lincoln))
    assert "P51x" not in first.words
    second = first.follow("Next page")
    assert "P51x" in second.words
    assert "P0x" in second.follow("Previous page").words


def test_a_person_is_added(rosa: Browser, cast: Cast) -> None:
    form = rosa.get(roster(cast.lincoln)).follow("Add a person").form("/new-person")
    page = form.fill(name="Ana Lee", number="213 555 0142", language="ko", group="family").submit()
    assert page.heading == "Ana Lee"
    assert "Has not agreed yet" in page.words
    assert Person.get().language == "ko"


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(rosa: Browser, cast: Cast) -> None:
    form = rosa.get(f"{roster(cast.lincoln)}/new-person").form("/new-person")
    page = form.fill(name="Ana Lee", number="12", group="family").submit()
    assert page.status == 422
    assert page.words.count("Enter a phone number with its area code") == 2
    assert page.form("/new-person").values["name"] == ["Ana Lee"]


def test_a_yes_without_its_source_is_asked_again(rosa: Browser, cast: Cast) -> None:
    form = rosa.get(f"{roster(cast.lincoln)}/new-person").form("/new-person")
    filled = form.fill(name="Ana", number="213 555 0142", group="family", agreed="y")
    page = filled.submit()
    assert page.status == 422
    assert "Say how we know that they agreed" in page.words


def test_a_number_of_somebody_else_is_told_beside_the_number(rosa: Browser, cast: Cast) -> None:
    a_person(cast.other_school, name="Bo Kim", number="+12135550142")
    form = rosa.get(f"{roster(cast.lincoln)}/new-person").form("/new-person")
    page = form.fill(name="Ana", number="213 555 0142", group="family").submit()
    assert page.status == 422
    assert "somebody with another name" in page.words
    assert "Bo" not in page.words


def test_a_number_is_shown_once_for_a_reason(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, number="+12135550142")
    page = rosa.get(page_of(cast.lincoln, person))
    assert "555" not in page.words
    assert "Say in a few words" in page.form("/number").submit().words
    assert "+1 213-555-0142" in page.form("/number").submit(reason="Their phone is off").words


def test_an_agreement_is_written_down_and_taken_back(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, consent=ConsentState.INVITED)
    page = rosa.get(page_of(cast.lincoln, person))
    assert page.form("/consent").submit().status == 422
    page = page.form("/consent").submit(source="paper form")
    assert "Their agreement is written down." in page.words
    page = page.form("/stop").submit()
    assert "They will get no more alerts" in page.words
    assert Consent.get().state == ConsentState.WITHDRAWN


def test_a_role_is_given_and_ended(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln)
    page = rosa.get(page_of(cast.lincoln, person)).form("/roles").submit(kind="site_lead")
    assert "They fill the role from now on." in page.words
    page = page.form("/site_lead/end").submit()
    assert slots.kinds_of(cast.lincoln) == {}


def test_somebody_who_leaves_is_taken_off(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln)
    page = rosa.get(page_of(cast.lincoln, person)).form("/remove").submit()
    assert "no longer on the roster" in page.words
    assert RosterEntry.get().until is not None


def test_somebody_is_erased_for_good(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln)
    rosa.get(page_of(cast.lincoln, person)).form("/forget").submit()
    assert Person.select().count() == 0


def test_a_list_is_previewed_and_then_imported(rosa: Browser, cast: Cast) -> None:
    page = rosa.get(roster(cast.lincoln)).follow("Import a list")
    preview = upload(rosa, page, TABLE)
    assert "Nothing has been stored yet" in preview.words
    assert "3 Enter a phone number with its area code" in preview.words
    assert Person.select().count() == 0
    done = upload(rosa, preview, TABLE)
    assert "The roster is imported: 1 new, 0 changed." in done.words
    assert Person.select().count() == 1


def test_another_file_than_the_previewed_one_is_previewed_first(rosa: Browser, cast: Cast) -> None:
    preview = upload(rosa, rosa.get(f"{roster(cast.lincoln)}/import"), TABLE)
    page = upload(rosa, preview, TABLE + b"Cy,323 555 0101,en,staff\n")
    assert "This is another file than before." in page.words
    assert Person.select().count() == 0


def test_a_file_with_a_forbidden_column_is_refused_by_name(rosa: Browser, cast: Cast) -> None:
    page = rosa.get(f"{roster(cast.lincoln)}/import")
    refused = upload(rosa, page, b"name,phone,Nationality\nAna,213 555 0142,x\n")
    assert refused.status == 422
    assert "The column “Nationality” must not be in the file." in refused.words


def test_no_file_is_asked_for(rosa: Browser, cast: Cast) -> None:
    page = rosa.get(f"{roster(cast.lincoln)}/import").form("/import").submit()
    assert page.status == 422
    assert "Choose the file with the roster." in page.words


def test_a_counselor_reads_and_changes_nothing(browser: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, slot=SlotKind.SITE_LEAD)
    browser.sign_in(cast.carmen)
    page = browser.get(page_of(cast.lincoln, person))
    assert "Site lead" not in page.words
    own = {"/sign-out", "/account/stay"}
    assert {form.get("action") for form in page.root.iter("form")} == own
    assert browser.get(f"{roster(cast.lincoln)}/new-person").status == 403


@pytest.mark.parametrize("name", ["ines", "dana", "noor", "dev", "amina"])
def test_nobody_else_sees_the_roster(browser: Browser, cast: Cast, name: str) -> None:
    person = a_person(cast.lincoln, name="Zoraida Lee")
    browser.sign_in(getattr(cast, name))
    for address in (roster(cast.lincoln), page_of(cast.lincoln, person)):
        page = browser.get(address)
        assert page.status == (404 if name == "ines" else 403)
        assert "Zoraida" not in page.words


def test_a_person_of_another_school_is_not_found_here(rosa: Browser, cast: Cast) -> None:
    person = a_person(cast.other_school)
    assert rosa.get(page_of(cast.lincoln, person)).status == 404


def test_what_somebody_typed_about_a_consent_is_for_those_who_keep_the_records(
    browser: Browser, cast: Cast
) -> None:
    person = a_person(cast.lincoln)
    for who, seen in ((cast.rosa, True), (cast.carmen, False)):
        browser.sign_in(who)
        assert ("How we know" in browser.get(page_of(cast.lincoln, person)).words) is seen
