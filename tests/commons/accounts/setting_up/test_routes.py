"""From the link in one's hand to the first page, and nothing else on the way."""

from __future__ import annotations

from typing import Any

from pyotp import TOTP

from commons import clock, permissions
from commons.accounts import invitations, proposals
from commons.permissions import PUBLIC, Role
from tests import builders

STRONG = "violin harbor umbrella plum"


def invited(cast: Any) -> invitations.Invited:
    return invitations.invite(
        builders.actor(cast.mara),
        sign_in_name="ana@school.test",
        name="Ana Example",
        role=Role.COUNSELOR,
        site=cast.lincoln,
    )


def key(page: Any) -> str:
    return next(e.text for e in page.root.iter("bdi") if e.get("id") == "key")


def test_a_link_leads_through_password_and_app_to_the_home_page(browser: Any, cast: Any) -> None:
    done = invited(cast)
    assert done.proposal is not None
    proposals.confirm(builders.actor(cast.dana), done.proposal.public_id)
    page = browser.get(f"/sign-in/{done.token}").form("/sign-in").submit()
    assert (page.path, page.heading) == ("/account/set-up", "Choose a password")
    assert page.form("set-up").submit(password=STRONG, again="another").status == 422
    page = page.form("set-up").submit(password=STRONG, again=STRONG)
    assert page.heading == "Connect an authenticator app"
    secret = key(page)
    again = page.form("set-up").submit(code="12345")
    assert (again.status, key(again)) == (422, secret)
    page = again.form("set-up").submit(code=TOTP(secret).at(clock.now()))
    assert (page.status, page.path) == (200, "/home")
    assert "Lincoln Elementary" in page.words


def test_whoever_waits_for_the_second_person_is_told_so(browser: Any, cast: Any) -> None:
    page = browser.get(f"/sign-in/{invited(cast).token}").form("/sign-in").submit()
    page = page.form("set-up").submit(password=STRONG, again=STRONG)
    page = page.form("set-up").submit(code=TOTP(key(page)).at(clock.now()))
    assert page.heading == "Your account is set up"
    assert browser.get("/sites").status == 403


def test_until_then_every_guarded_page_leads_back_to_the_steps(
    app: Any, browser: Any, cast: Any
) -> None:
    done = invited(cast)
    assert done.proposal is not None
    proposals.confirm(builders.actor(cast.dana), done.proposal.public_id)
    browser.get(f"/sign-in/{done.token}").form("/sign-in").submit()
    for path in ("/home", "/account", "/account/second-factor", "/account/prove-again", "/sites",
                 f"/sites/{cast.lincoln.public_id}/roster", "/accounts", "/alerts/"):  # fmt: skip
        answer = browser.get(path, follow=False)
        assert (answer.status, answer.response.headers["Location"]) == (303, "/account/set-up")
    values = browser.get("/account/set-up").form("set-up").values
    guarded = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods
        and not rule.arguments
        and not permissions.table().routes[rule.endpoint].startswith(PUBLIC)
    ]
    assert guarded
    for rule in guarded:
        answer = browser.post(rule.rule, values, follow=False)
        assert answer.response.headers["Location"] == "/account/set-up", rule.rule


def test_parts_of_pages_are_sent_there_too(browser: Any, cast: Any) -> None:
    browser.get(f"/sign-in/{invited(cast).token}").form("/sign-in").submit()
    part = browser.get("/home", headers={"HX-Request": "true"}).response
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/account/set-up")


def test_nobody_else_has_anything_to_set_up(browser: Any, cast: Any) -> None:
    assert browser.get("/account/set-up").heading == "Sign in"
    browser.sign_in(cast.rosa)
    assert browser.get("/account/set-up").path == "/home"


def test_signing_out_stays_possible(browser: Any, cast: Any) -> None:
    page = browser.get(f"/sign-in/{invited(cast).token}").form("/sign-in").submit()
    assert "You are signed out" in page.form("sign-out").submit().words
