"""Templates get times in words, numbers in their language, and files that can be kept."""

import datetime as dt
from typing import Any

import time_machine

from commons import i18n
from commons.web import rendering
from tests import page

MOMENT = dt.datetime(2026, 11, 24, 22, 42, tzinfo=dt.UTC)


def test_a_time_has_words_for_people_and_a_value_for_machines(app: Any) -> None:
    with app.test_request_context("/"), time_machine.travel(MOMENT, tick=False):
        found = rendering.when(MOMENT)
    assert found == (
        '<time datetime="2026-11-24T22:42+00:00">today 2:42 pm, Tuesday 24 November</time>'
    )
    assert rendering.when(None) == ""


def test_numbers_are_written_as_in_the_language() -> None:
    assert rendering.number(12345) == "12,345"
    with i18n.use("hy"):
        assert rendering.number(12345) == "12\xa0345"


def test_a_first_page_is_small_on_the_wire(app: Any) -> None:
    first = app.test_client().get("/", base_url=page.ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert len(first.get_data()) < 15_000
