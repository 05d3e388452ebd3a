"""Who gets through to a view, and where one is sent."""

from __future__ import annotations

from typing import Any

import pytest

from commons import permissions
from commons.accounts import memberships, service, sessions
from commons.errors import ConfigurationError
from commons.permissions import CONSOLE, Role

ADDRESS = "https://farolito.test"


def cookie(browser: Any) -> str:
    kept = browser.client.get_cookie("__Host-farolito", domain="farolito.test")
    return kept.value if kept else ""


def test_whoever_is_signed_out_is_sent_to_sign_in_and_comes_back(browser: Any) -> None:
    answer = browser.client.get("/account?from=mail", base_url=ADDRESS)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/account?from%3Dmail"


def test_parts_of_pages_and_programs_are_told_to_sign_in(browser: Any) -> None:
    part = browser.get("/account", headers={"HX-Request": "true"}).response
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/sign-in")
    assert browser.get("/account", headers={"Accept": "application/json"}).status == 401


def test_an_account_without_a_role_reaches_only_its_own_things(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.stranger)
    assert browser.get("/account").status == 200
    assert browser.get("/own-data").status == 200
    assert browser.get("/sites").status == 403


def test_a_revoked_role_reaches_the_next_request(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    assert browser.get("/sites").status == 200
    memberships.revoke(CONSOLE, cast.rosa, Role.SITE_LEAD, site=cast.lincoln)
    assert browser.get("/sites").status == 403


def test_a_suspended_account_is_signed_out_at_the_next_request(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    service.suspend(CONSOLE, cast.rosa)
    assert browser.get("/account").heading == "Sign in"


def test_a_cookie_replayed_after_signing_out_is_worth_nothing(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    kept, page = cookie(browser), browser.get("/account")
    page.form("sign-out").submit()
    browser.client.set_cookie("__Host-farolito", kept, domain="farolito.test")
    assert browser.get("/account").heading == "Sign in"


def test_the_cookie_changes_at_sign_in_and_holds_no_trace_of_the_network(
    browser: Any, cast: Any, app: Any
) -> None:
    browser.get("/sign-in")
    before = cookie(browser)
    browser.sign_in(cast.rosa)
    after = cookie(browser)
    assert before != after
    serializer = app.session_interface.get_signing_serializer(app)
    old, new = serializer.loads(before), serializer.loads(after)
    assert "_id" not in new
    assert old.get("csrf_token") != new.get("csrf_token")


def test_the_cookie_is_locked_to_this_host(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    kept = browser.client.get_cookie("__Host-farolito", domain="farolito.test")
    assert (kept.secure, kept.http_only, kept.path) == (True, True, "/")
    assert (kept.same_site, kept.origin_only) == ("Strict", True)


def test_a_link_followed_from_another_site_asks_once_more_with_the_cookie(
    browser: Any, cast: Any
) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    page = browser.get("/account?a=1", headers=foreign)
    assert (page.status, page.heading) == (200, "One moment")
    assert 'content="0; url=/account?a=1"' in page.text
    assert "Set-Cookie" not in page.response.headers


def test_a_route_without_an_entry_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="no entry for the route"):
        permissions.check_routes([*permissions.table().routes, "accounts.secret_door"])


def test_every_request_writes_at_most_once_a_minute(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    seen = sessions.listed(cast.rosa)[0].seen_at
    browser.get("/account")
    assert sessions.listed(cast.rosa)[0].seen_at == seen
