"""What goes wrong becomes a calm page with a reference, and never shows how it went wrong."""

from typing import Any

import pytest
from flask import Flask
from peewee import OperationalError

from commons.errors import Conflict, Forbidden, NotFound, RateLimited, Unavailable
from tests import page

FAULTS = {
    "forbidden": (Forbidden("Not yours."), 403),
    "not-found": (NotFound("Not here."), 404),
    "conflict": (Conflict("Somebody was faster."), 409),
    "limited": (RateLimited("Wait a while.", 60), 429),
    "unavailable": (Unavailable("It does not answer."), 503),
}


@pytest.fixture
def failing(app: Flask) -> Any:
    """The application with a view that fails as it is told to."""

    def raise_it(error: Exception) -> Any:
        def view() -> str:
            raise error

        return view

    views = app.view_functions["home.index"]
    yield lambda error: app.view_functions.__setitem__("home.index", raise_it(error))
    app.view_functions["home.index"] = views


@pytest.mark.parametrize("name", FAULTS)
def test_a_named_error_is_a_page_with_its_sentence(
    failing: Any, browser: page.Browser, name: str
) -> None:
    error, status = FAULTS[name]
    failing(error)
    found = browser.get("/")
    assert found.status == status
    assert str(error) in found.words


def test_a_limit_says_when_to_come_back(failing: Any, browser: page.Browser) -> None:
    failing(RateLimited("Wait a while.", 60))
    assert browser.get("/").response.headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("secret words"), OperationalError("secret words")]
)
def test_an_unexpected_error_is_the_plain_page_without_its_words(
    failing: Any, browser: page.Browser, error: Exception
) -> None:
    failing(error)
    found = browser.get("/")
    assert found.status in (500, 503)
    assert "What was saved before is safe" in found.words
    assert "Reference" in found.words
    assert "secret" not in found.text


def test_the_plain_page_needs_neither_language_nor_session(
    failing: Any, browser: page.Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.template_context_processors, None, [lambda: 1 / 0])
    failing(ValueError("x"))
    assert browser.get("/").status == 500


def test_a_page_that_is_not_there_has_a_way_on(browser: page.Browser) -> None:
    found = browser.get("/nothing-here")
    assert found.status == 404
    assert "/" in found.links()
