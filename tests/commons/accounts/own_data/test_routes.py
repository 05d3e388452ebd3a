"""The pages of one's own data: read, take, erase, and the receipt."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine

from commons import clock
from commons.accounts.models import Account
from commons.permissions import CONSOLE
from commons.retention import place_hold
from commons.roster.models import Erasure, Person
from tests.builders import Cast
from tests.commons.accounts.own_data.life import Life
from tests.page import Browser


@pytest.fixture
def family(browser: Browser, zenobia: Life) -> Browser:
    browser.sign_in(zenobia.account)
    return browser


def test_home_and_account_and_the_public_page_lead_there(family: Browser) -> None:
    assert family.get("/home").follow("What is held about you").path == "/own-data"
    assert family.get("/account").follow("See it, take it with you").path == "/own-data"
    assert family.get("/privacy").follow("erase what is held about you").path == "/own-data"


def test_everything_is_on_the_page_in_words(family: Browser, olga: Life) -> None:
    page = family.get("/own-data")
    for words in ("Zenobia Quetzal", "+1 818-555-0177", "the heron flies at nine", "today"):
        assert words in page.words
    assert [canary for canary in olga.canaries if canary in page.text] == []
    assert "None" not in page.words


def test_what_somebody_typed_is_shown_as_they_typed_it(family: Browser, zenobia: Life) -> None:
    key = zenobia.person.public_id
    Person.update(**Person.sealed(key, name="<b>Zed</b>")).where(Person.public_id == key).execute()
    page = family.get("/own-data")
    assert "<b>Zed</b>" in page.words
    assert "<b>Zed" not in page.text


def test_a_time_of_another_year_says_which(family: Browser, zenobia: Life) -> None:
    long_ago = dt.datetime(2019, 3, 4, 18, tzinfo=dt.UTC)
    Person.update(created_at=long_ago).where(Person.id == zenobia.person.id).execute()
    assert "Monday 4 March, 10:00 am (2019)" in family.get("/own-data").words


def test_many_rows_are_shortened_on_the_page_and_whole_in_the_file(
    family: Browser, zenobia: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commons.accounts.own_data import routes
    from commons.messaging import outbox

    monkeypatch.setattr(routes, "MOST_ROWS", 2)
    for _time in range(3):
        outbox.say(zenobia.person, "hello", "answer")
    assert "2 of 4 are shown here." in family.get("/own-data").words
    sections = json.loads(family.get("/own-data/file").text)["sections"]
    assert len(next(s for s in sections if s["key"] == "messages")["rows"]) == 4


def test_the_file_is_for_keeping_and_is_kept_by_no_browser(family: Browser, olga: Life) -> None:
    answer = family.get("/own-data/file")
    headers = answer.response.headers
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Cache-Control"] == "no-store"
    sections = {section["key"]: section for section in json.loads(answer.text)["sections"]}
    assert sections["methods"]["rows"][0]["Number or address"] == "+1 818-555-0177"
    assert [canary for canary in olga.canaries if canary in answer.text] == []


def test_erasing_signs_out_and_hands_out_a_receipt_that_stays_readable(
    family: Browser, zenobia: Life
) -> None:
    page = family.get("/own-data").follow("Erase everything").form("/own-data/erase").submit()
    receipt = Erasure.get().receipt
    assert page.path == "/own-data/receipt"
    assert receipt in page.words
    assert [canary for canary in zenobia.canaries if canary in page.text] == []
    assert family.get("/own-data").path == "/sign-in"
    again = Browser(family.client.application).get(f"/own-data/receipt?number={receipt}")
    assert receipt in again.words


def test_a_receipt_that_was_never_given_is_not_found(browser: Browser, cast: Cast) -> None:
    assert browser.get("/own-data/receipt?number=AAAA-AAAA").status == 404
    assert browser.get("/own-data/receipt").status == 404


def test_looking_at_the_page_of_erasing_erases_nothing(family: Browser) -> None:
    assert "cannot be undone" in family.get("/own-data/erase").words
    assert Erasure.select().count() == 0


def test_after_five_minutes_one_proves_again_who_one_is(family: Browser) -> None:
    page = family.get("/own-data/erase")
    with time_machine.travel(clock.now().timestamp() + 301, tick=False):
        assert page.form("/own-data/erase").submit().path == "/account/prove-again"
        assert family.get("/own-data/erase").path == "/account/prove-again"
    assert Erasure.select().count() == 0


def test_a_legal_hold_says_so_and_leaves_everything(family: Browser, cast: Cast) -> None:
    place_hold(CONSOLE, f"site:{cast.lincoln.public_id}", "court")
    page = family.get("/own-data/erase").form("/own-data/erase").submit()
    assert page.status == 409
    assert "A legal hold covers what is held about you." in page.words
    assert Person.select().where(Person.leaving_at.is_null(False)).count() == 0


def test_the_only_lead_reads_what_to_do_first(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.ines)
    page = browser.get("/own-data/erase").form("/own-data/erase").submit()
    assert page.status == 409
    assert "You are the only one who leads Brookside Middle." in page.words
    assert Account.get_or_none(Account.id == cast.ines.id) is not None


def test_a_second_press_meets_the_sign_in_page(family: Browser) -> None:
    page = family.get("/own-data/erase")
    page.form("/own-data/erase").submit()
    second = page.form("/own-data/erase").submit()
    assert second.path == "/sign-in" or second.status in (400, 403)
    assert Erasure.select().count() == 1


def test_a_one_time_link_may_lead_straight_there(browser: Browser, zenobia: Life) -> None:
    from commons.accounts.own_data.visiting import link_for

    link = link_for(zenobia.account).split("farolito.test", 1)[-1]
    page = browser.get(link).form("/sign-in").submit()
    assert page.path == "/own-data"
