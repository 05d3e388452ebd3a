"""The service says whether it answers and reaches its database."""

from commons.database import database
from tests import page


def test_it_answers_when_the_database_does(browser: page.Browser) -> None:
    answer = browser.get("/healthz")
    assert (answer.status, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.response.headers
    assert not database.is_closed()
