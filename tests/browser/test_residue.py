"""What a shared computer keeps of whoever signed out: nothing that names anybody."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import Walk

pytestmark = pytest.mark.browser
Start = Callable[..., Walk]
KEPT = """async () => ({
  caches: "caches" in self ? await caches.keys() : [],
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: indexedDB.databases ? (await indexedDB.databases()).map(d => d.name) : [],
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
})"""


def read_about_somebody(lead: Walk) -> str:
    """Open the roster and a person's page; return the name that it shows."""
    lead.sign_in("lead")
    lead.tap("main a[href*='/roster']")
    lead.tap("main table a")
    name = lead.page.inner_text("h1").strip()
    assert len(name) > 3
    return name


@pytest.mark.parametrize("offline", [False, True], ids=["with a network", "without a network"])
def test_going_back_after_signing_out_shows_nobody(walk: Start, offline: bool) -> None:
    lead = walk()
    name = read_about_somebody(lead)
    assert name in lead.page.content()
    lead.page.goto(f"{lead.demonstration.url}/account")
    lead.tap("form[action='/sign-out'] button")
    lead.page.context.set_offline(offline)
    for _ in range(4):
        # Without a network there is no page to go back to, which is as it should be.
        with contextlib.suppress(Error):
            lead.page.go_back(timeout=3_000)
        shown = settled(lead)
        assert name not in shown
        assert "number ends in" not in shown


def test_a_browser_keeps_nothing_of_ours_beside_its_cookies(walk: Start) -> None:
    lead = walk()
    read_about_somebody(lead)
    empty = {"caches": [], "local": [], "session": [], "databases": [], "workers": 0}
    assert lead.page.evaluate(KEPT) == empty
    lead.page.goto(f"{lead.demonstration.url}/account")
    lead.tap("form[action='/sign-out'] button")
    assert lead.page.evaluate(KEPT) == empty
    kept = {cookie["name"] for cookie in lead.page.context.cookies()}
    assert not kept & {"__Host-farolito"} or not signed_in(lead)


def settled(lead: Walk) -> str:
    """Return what the page shows once the browser has stopped going anywhere."""
    for _ in range(20):
        with contextlib.suppress(Error):
            return lead.page.content()
        lead.page.wait_for_timeout(200)
    raise AssertionError("The browser never came to rest.")


def signed_in(lead: Walk) -> bool:
    """Return whether home still opens."""
    lead.page.goto(f"{lead.demonstration.url}/home")
    return "/sign-in" not in lead.page.url
