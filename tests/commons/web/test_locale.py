"""A page is in the language that was asked for, and says so."""

import pytest

from commons.accounts.models import Account
from commons.database import transaction
from tests import builders, page


def language_of(found: page.Page) -> tuple[str | None, str | None]:
    return found.root.get("lang"), found.root.get("dir")


def test_the_browsers_language_is_spoken(browser: page.Browser) -> None:
    found = browser.get("/", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    assert language_of(found) == ("es", "ltr")


def test_a_link_changes_the_language_and_it_stays(browser: page.Browser) -> None:
    browser.get("/?language=es")
    assert language_of(browser.get("/sign-in")) == ("es", "ltr")


def test_right_to_left_languages_turn_the_page(browser: page.Browser) -> None:
    assert language_of(browser.get("/?language=fa")) == ("fa", "rtl")


@pytest.mark.parametrize("word", ["xx", "../../etc/passwd", "zh-Hans-XYZ", "%00", "a" * 5000])
def test_a_language_nobody_knows_is_no_error(browser: page.Browser, word: str) -> None:
    assert browser.get("/", query={"language": word}).status == 200


def test_the_accounts_language_comes_before_the_browsers(
    browser: page.Browser, cast: builders.Cast
) -> None:
    with transaction():
        Account.update(language="es").where(Account.id == cast.rosa.id).execute()
    browser.sign_in(cast.rosa)
    assert language_of(browser.get("/home", headers={"Accept-Language": "en"}))[0] == "es"


def test_the_link_to_another_language_keeps_the_page(browser: page.Browser) -> None:
    links = browser.get("/privacy?x=1").links()
    assert "/privacy?x=1&language=es" in links
