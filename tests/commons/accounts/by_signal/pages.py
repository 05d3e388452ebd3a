"""What a browser does to sign in by Signal."""

from __future__ import annotations

from typing import Any

from tests import page

START = "/sign-in/signal"


def begin(browser: page.Browser, **given: Any) -> page.Page:
    """Ask for a code and return the page that shows it."""
    return browser.get(START, query={"again": "yes"}).form(START).submit(**given)


def code_of(found: page.Page) -> str:
    return next(e.text or "" for e in found.root.iter("bdi") if e.get("id") == "code")


def number_of(found: page.Page) -> str:
    texts = [e.text or "" for e in found.root.iter("bdi")]
    return next(text for text in texts if len(text) == 2 and text.isdigit())


def another(number: str) -> str:
    """Any two-digit number but this one."""
    return str(10 + (int(number) - 9) % 90)


def wrong_choice(question: str, right: str) -> str:
    """The position of a number in the relay's question that is not the page's."""
    lines = [line.split() for line in question.splitlines() if line[:1].isdigit()]
    return next(line[0] for line in lines if line[-1].isdigit() and line[-1] != right)


def go_on(browser: page.Browser, found: page.Page) -> page.Page:
    """Press the button of the page that waits."""
    return found.form("/go-on").submit()


def sign_in(browser: page.Browser, phone: Any, **given: Any) -> page.Page:
    """The whole way: the code, the number, the button."""
    found = begin(browser, **given)
    phone.pick(code_of(found), number_of(found))
    return go_on(browser, found)
