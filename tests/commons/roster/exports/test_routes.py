"""The roster as a file, through the pages."""

from pyrage import passphrase as age

from commons.roster.models import ExportRequest
from tests.builders import Cast, a_person
from tests.page import ADDRESS, Browser


def exports(cast: Cast) -> str:
    return f"/sites/{cast.lincoln.public_id}/roster/exports"


def test_two_people_and_one_file(browser: Browser, cast: Cast) -> None:
    a_person(cast.lincoln, name="=Ana", number="+12135550142")
    browser.sign_in(cast.rosa)
    page = browser.get(exports(cast)).form("/exports").submit()
    assert "You have asked." in page.words
    home = browser.sign_in(cast.mara)
    assert "Rosa Example asks for the roster as a file." in home.words
    page = home.follow("Look at it").form("/allow").submit()
    assert "You have allowed it." in page.words
    browser.sign_in(cast.rosa)
    page = browser.get(exports(cast)).form("/passphrase").submit()
    assert page.response.headers["Cache-Control"] == "no-store"
    words = next(page.root.iter("code")).text
    form = page.form("/take")
    answer = browser.client.post(form.action, data=form.values, base_url=ADDRESS)
    assert answer.headers["Content-Disposition"].endswith('.csv.age"')
    text = age.decrypt(answer.get_data(), words).decode("utf-8-sig")
    assert '"\'=Ana","\'+12135550142","en","staff"' in text
    assert '"Rosa Example"' in text
    assert browser.client.post(form.action, data=form.values, base_url=ADDRESS).status_code == 409


def test_whoever_asked_is_offered_no_yes_of_their_own(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get(f"/sites/{cast.lincoln.public_id}/roster").follow("Roster as a file")
    page = page.form("/exports").submit()
    assert "/allow" not in page.text
    assert "/take" not in page.text
    assert ExportRequest.select().count() == 1


def test_a_counselor_has_no_such_page(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.carmen)
    assert browser.get(exports(cast)).status == 403
    assert "Roster as a file" not in browser.get(f"/sites/{cast.lincoln.public_id}/roster").words
