"""A family signs in by Signal in a real browser: by itself with script, by a button without."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from commons.demonstration.people import people
from tests.browser.conftest import Walk

pytestmark = pytest.mark.browser
Start = Callable[..., Walk]
FAMILIES = [row for row in people("jacaranda") if row.group == "family" and row.reachable]


def say(walk: Walk, number: str, text: str) -> None:
    """Write to the relay from one of the simulator's phones."""
    parts = urlsplit(walk.demonstration.phones)
    request = urllib.request.Request(
        f"{parts.scheme}://{parts.netloc}/simulator/api/messages",
        json.dumps({"number": number, "text": text}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


def begin(walk: Walk) -> tuple[str, str]:
    """Come from the first page; return the code and the number."""
    walk.page.goto(walk.demonstration.url)
    walk.tap("main a[href*='/sign-in/signal']")
    walk.look("signal-start")
    walk.tap("main button[type=submit]")
    walk.look("signal-code")
    number = re.search(r"^\d\d$", walk.page.inner_text("main"), re.M)
    assert number is not None
    return walk.page.inner_text("#code"), number.group()


def test_the_page_goes_on_by_itself(walk: Start) -> None:
    family = walk()
    code, number = begin(family)
    say(family, FAMILIES[0].phone, code)
    say(family, FAMILIES[0].phone, number)
    expect(family.page).to_have_url(re.compile("/home$"), timeout=20_000)
    family.look("signal-home")
    family.page.goto(f"{family.demonstration.url}/account")
    family.look("signal-account")


def test_without_script_a_button_goes_on(walk: Start) -> None:
    family = walk(script=False, language="fa")
    code, number = begin(family)
    say(family, FAMILIES[1].phone, code)
    say(family, FAMILIES[1].phone, number)
    for _ in range(60):
        if "/sign-in" not in family.page.url:
            break
        family.page.wait_for_timeout(250)
        family.tap("main button[type=submit]")
    assert family.page.url.endswith("/home")
