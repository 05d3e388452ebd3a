"""The pages that look for a number and that show who looked."""

import re

from commons.roster import service as roster
from tests.builders import Cast, a_person, actor
from tests.page import Browser

NUMBER = "+12135550142"


def look_up(cast: Cast) -> str:
    return f"/sites/{cast.lincoln.public_id}/roster/look-up"


def answer(browser: Browser, cast: Cast, number: str) -> str:
    page = browser.get(look_up(cast)).form("/look-up").submit(number=number)
    assert page.status == 200
    return re.sub(r'value="[^"]*"|"X-CSRFToken": "[^"]*"', "", page.text)


def test_present_and_absent_differ_in_one_line(browser: Browser, cast: Cast) -> None:
    a_person(cast.lincoln, number=NUMBER)
    browser.sign_in(cast.rosa)
    one = answer(browser, cast, "213 555 0142").splitlines()
    other = answer(browser, cast, "213 555 0143").splitlines()
    assert len(one) == len(other)
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    assert len(different) == 1
    assert "The number is on the roster." in different[0][0]
    assert "not on the roster" in different[0][1]


def test_a_number_of_another_school_looks_like_one_that_nobody_has(
    browser: Browser, cast: Cast
) -> None:
    a_person(cast.other_school, number=NUMBER)
    browser.sign_in(cast.rosa)
    assert answer(browser, cast, "213 555 0142") == answer(browser, cast, "213 555 0143")


def test_what_is_no_number_is_asked_again(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get(f"/sites/{cast.lincoln.public_id}/roster").follow("Is a number")
    page = page.form("/look-up").submit(number="12")
    assert page.status == 422
    assert "Enter a phone number" in page.words


def test_the_eleventh_look_is_told_to_wait(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.rosa)
    form = browser.get(look_up(cast)).form("/look-up")
    answers = [form.submit(number="213 555 0142").status for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_administrators_read_who_looked_and_why(browser: Browser, cast: Cast) -> None:
    person = a_person(cast.lincoln, number=NUMBER)
    roster.reveal_number(actor(cast.rosa), cast.lincoln, person, "Their phone is off")
    browser.sign_in(cast.mara)
    page = browser.get(f"/sites/{cast.lincoln.public_id}/roster").follow("Who looked")
    assert "Rosa Example 1 Their phone is off" in page.words
    browser.sign_in(cast.rosa)
    assert browser.get(f"/sites/{cast.lincoln.public_id}/roster/looks").status == 403


def test_a_week_without_looks_says_so(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.mara)
    page = browser.get(f"/sites/{cast.lincoln.public_id}/roster/looks")
    assert "Nobody looked at a number" in page.words
