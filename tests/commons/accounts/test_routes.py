"""The pages of signing in and of one's own account."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pyotp import TOTP
from time_machine import TimeMachineFixture

from commons import clock
from commons.accounts import devices, passwords, service, sessions
from commons.accounts.models import Account
from commons.permissions import CONSOLE
from tests.page import Browser

ADDRESS = "https://farolito.test"
NOT_RIGHT = "The sign-in name, password or code is not right. Check all three."


def enter(browser: Any, who: Any, *, path: str = "/sign-in", **other: str) -> Any:
    values = {"sign_in_name": who.name, "password": who.password, "code": who.code(), **other}
    return browser.get(path).form("/sign-in").submit(**values)


def test_password_and_code_sign_in_and_lead_where_one_wanted_to_go(browser: Any, rosa: Any) -> None:
    page = enter(browser, rosa, path="/account?from=mail")
    assert (page.status, page.path, page.heading) == (200, "/account", "Your account")


@pytest.mark.parametrize(
    "wanted", ["https://evil.test/", "//evil.test", "/\\evil.test", "evil.test", "/\t/evil.test"]
)
def test_signing_in_never_leads_to_another_site(browser: Any, rosa: Any, wanted: str) -> None:
    form = browser.get("/sign-in", query={"next": wanted}).form("/sign-in")
    form.fill(sign_in_name=rosa.name, password=rosa.password, code=rosa.code())
    answer = browser.client.post("/sign-in", data=form.values, base_url=ADDRESS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home")


def test_a_refusal_stands_above_and_beside_and_gives_nothing_back(browser: Any, rosa: Any) -> None:
    page = enter(browser, rosa, password="not the password at all")
    assert page.status == 422
    assert page.words.count(NOT_RIGHT) == 2
    assert "not the password at all" not in page.text


def test_an_empty_form_says_what_to_enter(browser: Any, db: str) -> None:
    page = browser.get("/sign-in").form("/sign-in").submit()
    assert page.status == 422
    assert page.words.count("Enter your password.") == 2


def test_too_many_tries_get_a_page_that_says_when_to_come_back(browser: Any, rosa: Any) -> None:
    for _ in range(5):
        enter(browser, rosa, password="not the password at all")
    page = enter(browser, rosa)
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0


def test_looking_at_a_link_does_not_use_it_up(browser: Any, cast: Any) -> None:
    token = service.make_sign_in_link(CONSOLE, cast.rosa)
    browser.get(f"/sign-in/{token}")
    page = browser.get(f"/sign-in/{token}").form("/sign-in").submit()
    assert (page.status, page.path) == (200, "/home")


def test_a_used_link_says_so(browser: Any, cast: Any) -> None:
    token = service.make_sign_in_link(CONSOLE, cast.rosa)
    form = browser.get(f"/sign-in/{token}").form("/sign-in")
    form.submit()
    page = browser.get(f"/sign-in/{token}")
    assert (page.status, page.heading) == (404, "This sign-in link no longer works")


def test_over_plain_http_the_page_says_why_signing_in_fails(app: Any) -> None:
    sentence = "only over https"
    plain = app.test_client().get("/sign-in", base_url="http://farolito.test")
    near = app.test_client().get("/sign-in", base_url="http://127.0.0.1:8000")
    assert sentence in plain.get_data(as_text=True)
    assert sentence not in near.get_data(as_text=True)


def test_signing_out_ends_the_session_and_clears_the_browser(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    values = browser.get("/account").form("sign-out").values
    answer = browser.client.post("/sign-out", data=values, base_url=ADDRESS)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.client.get_cookie("__Host-farolito", domain="farolito.test") is None
    assert sessions.listed(cast.rosa) == []
    assert "You are signed out" in browser.get(answer.headers["Location"]).words


def test_signing_in_as_somebody_else_ends_the_session_before(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    browser.sign_in(cast.ines)
    assert sessions.listed(cast.rosa) == []
    assert "Ines Example" in browser.get("/account").words


def test_name_language_and_colors_are_saved(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    form = browser.get("/account").form("preferences")
    page = form.submit(name="Rosa E.", language="en", theme="dark")
    assert "Your name, language and colors are saved." in page.words
    kept = Account.get_by_id(cast.rosa.id)
    assert (kept.reveal("name"), kept.language, kept.theme) == ("Rosa E.", "en", "dark")
    assert page.root.get("data-theme") == "dark"


def test_an_empty_name_is_refused_beside_its_field(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get("/account").form("preferences").submit(name="")
    assert page.status == 422
    assert page.words.count("Enter the name that others see.") == 2


def test_a_password_is_set_after_signing_in_with_a_link(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    form = browser.get("/account/password").form("password")
    assert form.submit(password="violin harbor umbrella", again="violin").status == 422
    page = form.submit(password="violin harbor umbrella", again="violin harbor umbrella")
    assert "Your new password is set." in page.words
    stored = Account.get_by_id(cast.rosa.id).password_hash
    assert passwords.matches(stored, "violin harbor umbrella")


def test_an_authenticator_app_is_connected_with_its_first_code(browser: Any, cast: Any) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get("/account/second-factor")
    secret = next(e.text for e in page.root.iter("bdi") if e.get("id") == "key")
    again = page.form("second-factor").submit(code="12345")
    assert again.status == 422
    assert secret in again.words
    code = TOTP(secret).at(clock.now())
    assert "is connected" in again.form("second-factor").submit(code=code).words


def test_an_old_sign_in_must_be_proved_again_before_the_password_changes(
    browser: Any, rosa: Any, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    browser.sign_in(rosa.account)
    time_machine.shift(dt.timedelta(minutes=6))
    page = browser.get("/account/password")
    assert page.heading == "Show that it is you"
    assert page.form("prove").submit(password="wrong", code=rosa.code()).status == 422
    page = page.form("prove").submit(password=rosa.password, code=rosa.code())
    assert page.heading == "Set a new password"


def test_sessions_are_listed_and_ended(browser: Any, cast: Any) -> None:
    sessions.open_session(cast.rosa, "phone")
    sessions.open_session(cast.rosa, "computer")
    browser.sign_in(cast.rosa)
    page = browser.get("/account")
    assert page.words.count("Last used") == 3
    page = page.form("/end").submit()
    assert "That session has ended." in page.words
    page = page.form("end-others").submit()
    assert page.words.count("Last used") == 1


def test_the_session_of_somebody_else_cannot_be_ended(browser: Any, cast: Any) -> None:
    token = sessions.open_session(cast.ines)
    live = sessions.find(token)
    assert live is not None
    browser.sign_in(cast.rosa)
    values = browser.get("/account").form("preferences").values
    page = browser.post(f"/account/sessions/{live.session.public_id}/end", values)
    assert page.status == 404
    assert sessions.find(token) is not None


def test_a_browser_that_signed_in_is_known_also_after_signing_out(browser: Any, rosa: Any) -> None:
    page = enter(browser, rosa)
    kept = browser.client.get_cookie("__Host-device", domain="farolito.test")
    assert (kept.secure, kept.http_only, kept.same_site, kept.path) == (True, True, "Strict", "/")
    assert devices.is_known(rosa.account, kept.value)
    page.form("sign-out").submit()
    still = browser.client.get_cookie("__Host-device", domain="farolito.test")
    assert still.value == kept.value


def test_a_guesser_elsewhere_does_not_lock_out_a_known_browser(
    app: Any, browser: Any, rosa: Any, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    enter(browser, rosa).form("sign-out").submit()
    time_machine.shift(dt.timedelta(minutes=1))
    elsewhere = Browser(app)
    for _ in range(6):
        page = enter(elsewhere, rosa, password="not the password at all")
    assert page.status == 429
    assert enter(browser, rosa).path == "/home"


def test_a_second_word_is_set_and_typed_as_if_it_were_a_mistake(
    browser: Any, rosa: Any, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    enter(browser, rosa)
    page = browser.get("/account/second-word").form("second-word")
    assert page.submit(word="short", again="short").status == 422
    done = page.submit(word="marigold tram", again="marigold tram")
    assert "Your second word is set." in done.words
    done.form("sign-out").submit()
    time_machine.shift(dt.timedelta(minutes=1))
    mistaken = enter(browser, rosa, password="not the password at all")
    frozen = enter(browser, rosa, password="marigold tram")
    assert (frozen.status, frozen.words) == (mistaken.status, mistaken.words)
    assert enter(browser, rosa).status == 422


def test_a_session_is_extended_with_one_press_before_it_ends(
    browser: Any, cast: Any, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    browser.sign_in(cast.mara)
    page = browser.get("/account")
    warning = next(e for e in page.root.iter("div") if e.get("data-idle-seconds"))
    assert int(warning.get("data-idle-seconds", "0")) == 14 * 60
    form = page.form("/account/stay")
    for _ in range(3):
        time_machine.shift(dt.timedelta(minutes=14))
        assert browser.post(form.action, form.values).status == 204
    time_machine.shift(dt.timedelta(minutes=15))
    assert browser.get("/account").heading == "Sign in"
